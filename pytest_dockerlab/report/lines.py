"""A report as lines: pieces of text, each with a style. Knows no pytest.

Text of a submission is hostile here too: control characters never reach the terminal. No word is broken in two: one
that is longer than a line goes over its end, so that a path can be copied whole.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..messages import Message, text

__all__ = ["Line", "Lines", "Style", "plain", "printable"]

Style = str  # "pass", "fail", "advice", "skip", "error", "title", "dim", ""
Line = list[tuple[str, Style]]

_NARROWEST = 20
_UNBROKEN = "\xa0"
"""A blank that is no place to break a line: :func:`printable` leaves none of anybody else's."""
_LABELLED = 18
"""The column of what stands behind a label."""
# GitHub's runner reads the first form behind blanks, the second one anywhere; Azure's reads ##vso[ too.
_WORKFLOW_COMMAND = re.compile(r"(?<!\S)(?=::[A-Za-z])|(?<=##)(?=\[)|(?<=##vso)(?=\[)")


def printable(value: str) -> str:
    """``value`` without control characters (escape sequences, bidirectional overrides): they are shown as ``\\x1b``.

    Nor are there workflow commands in it, at the beginning of a line or of a word that may come there: they are shown
    as ``\\::error`` and ``##\\[error]``
    (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
    """
    value = _WORKFLOW_COMMAND.sub(r"\\", value)
    if value.isprintable():  # as nearly all is, and a gradebook has very much of it
        return value
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii") for c in value)


def plain(line: Line) -> str:
    """A line without its styles."""
    return "".join(piece for piece, _style in line).rstrip()


@dataclass(slots=True)
class Lines:
    """Makes lines in one language, for a terminal of one width."""

    language: str = "en"
    width: int = 100

    def say(self, value: object) -> str:
        """A message or a value, safe to print."""
        return printable(text(value, self.language))

    def rows(self, value: str, *, first: int = 0, others: int | None = None) -> list[str]:
        """``value`` in rows, in each of which columns are taken already; a value that has lines keeps them."""
        others = first if others is None else others
        found: list[str] = []
        for line in value.splitlines() or [""]:
            taken = others if found else first
            width = max(self.width, max(taken, others) + _NARROWEST)
            wrapped = textwrap.wrap(
                line,
                width,
                initial_indent=" " * taken,
                subsequent_indent=" " * others,
                break_long_words=False,
                break_on_hyphens=False,
            ) or [" " * taken]
            found += [row[taken if at == 0 else others :] for at, row in enumerate(wrapped)]
        return [row.replace(_UNBROKEN, " ") for row in found]

    def listed(self, values: Iterable[object]) -> str:
        """Short values beside each other, of which none is to be broken in two."""
        return " · ".join(self.say(value).replace(" ", _UNBROKEN) for value in values)

    def behind(self, lead: Line, value: str, style: Style = "", *, indent: int | None = None) -> Iterator[Line]:
        """``value`` behind ``lead``, its further rows from column ``indent``, or from where the first one begins."""
        first = sum(len(piece) for piece, _style in lead)
        indent = first if indent is None else indent
        for at, row in enumerate(self.rows(value, first=first, others=indent)):
            yield [*(lead if at == 0 else [(" " * indent, "")]), (row, style)]

    def field(self, label: Message, value: object) -> Iterator[Line]:
        """A value behind its label."""
        lead = f"      {self.say(label)}".ljust(_LABELLED - 1) + " "
        return self.behind([(lead, "dim")], self.say(value), indent=_LABELLED)
