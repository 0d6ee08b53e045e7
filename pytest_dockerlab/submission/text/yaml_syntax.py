"""What libyaml says of a file that is no YAML: where it is at fault, and why, in one clause for whoever wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...messages import Message, _

if TYPE_CHECKING:
    import yaml

__all__ = ["syntax_fault"]

_NO_COLON = _("a key without a colon")
# libyaml's own words (scanner.c, parser.c): what it expected, or met
_CLAUSES = (
    (
        "mapping values are not allowed",
        _("a colon where no value can begin: put the text in quotes, or correct the indentation"),
    ),
    ("did not find expected key", _("the indentation, or what stands behind a closing quote, does not fit")),
    ("did not find expected '-' indicator", _("the list goes on without a dash")),
    ("did not find expected ',' or", _("a comma or the closing bracket is missing before this")),
    ("could not find expected ':'", _NO_COLON),
    ("found unexpected end of stream", _("a quote that is not closed")),
    ("block sequence entries are not allowed", _("the first dash of a list stands in a line of its own")),
)


def syntax_fault(error: yaml.MarkedYAMLError, content: str) -> tuple[Message, int | None]:
    """Why ``content`` is no YAML, and the line, from 1."""
    # What is not closed, or has no colon, is at fault where it begins; it is noticed behind it.
    begun = (error.context or "").startswith(("while scanning a simple key", "while scanning a quoted scalar"))
    mark = (begun and error.context_mark) or error.problem_mark or error.context_mark
    problem = error.problem or error.context or "?"
    if mark is None:
        return _("invalid YAML: {why}", why=problem), None
    lines = content.split("\n")
    copied = next((number for number in (mark.line, mark.line - 1) if _has_odd_spaces(lines, number)), None)
    if copied is not None:
        return _("invalid YAML: a no-break space, as copied text has; indent with the plain one"), copied + 1
    conflict = next((number for number, text in enumerate(lines) if text.startswith(("<<<<<<< ", ">>>>>>> "))), None)
    if conflict is not None:
        return _("invalid YAML: git's mark of a conflict; choose one of the two texts"), conflict + 1
    at = _line_at_fault(lines, mark.line)
    line = lines[at] if at < len(lines) else ""
    column = mark.column if at == mark.line else len(line) - len(line.lstrip())
    why: Message | str
    if at != mark.line:
        why = _NO_COLON
    elif "cannot start any token" in problem:
        character = line[column : column + 1]
        why = _("a tab; indent with spaces") if character == "\t" else _(
            "{character} cannot begin a value: put the text in quotes", character=character
        )  # fmt: skip
    else:
        why = next((clause for words, clause in _CLAUSES if words in problem), problem)
    return _("invalid YAML in column {column}: {why}", column=column + 1, why=why), at + 1


def _has_odd_spaces(lines: list[str], number: int) -> bool:
    """Whether a line is indented with spaces that look like one, and are none for YAML."""
    line = lines[number] if 0 <= number < len(lines) else ""
    return not line[: len(line) - len(line.lstrip())].isascii()


def _line_at_fault(lines: list[str], noticed: int) -> int:
    """The line before, where that has no colon: the scanner takes it for the first part of the key that follows."""
    before, line = [*lines[max(noticed - 1, 0) : noticed + 1], ""][:2]
    is_a_key = re.match(r"\s*[^\s#-]", before) is not None and ":" in line
    is_beside = len(before) - len(before.lstrip()) == len(line) - len(line.lstrip())
    return noticed - (is_a_key and is_beside and not re.search(r":(\s|$)", before))
