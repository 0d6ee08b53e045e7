"""What is said of one item where a format has room for a text: all findings, and above them what a person decided."""

from __future__ import annotations

from collections.abc import Iterator

from ...messages import Message, _, shortened
from ...report.lines import printable
from ...report.terminal import plain_text
from ...results import ItemResult
from ..gradebook.model import Mark

__all__ = ["decided", "item_text"]

_LONGEST = 8_000


def item_text(mark: Mark, result: ItemResult | None, language: str, *, title: str = "") -> str:
    """Plain text without control characters; of a long one the beginning.

    :param result: what the check said, where there is a result.
    """
    lines = [*decided(mark, language)]
    if result is not None:
        lines.append(plain_text(result, language))
    elif mark.override is None:
        lines += [printable(part) for part in (title, mark.why) if part]
    return shortened("\n".join(lines), _LONGEST)


def decided(mark: Mark, language: str) -> Iterator[str]:
    """What a person decided, and what the check had said: nothing, where nobody did."""
    if (override := mark.override) is None:
        return
    who = ", ".join(part for part in (override.who, override.when) if part)
    said = [_("decided by hand: {why}", why=override.reason + (f" ({who})" if who else ""))]
    if mark.automatic is not None:
        said.append(_("the check said: {verdict}", verdict=Message(str(mark.automatic.verdict))))
    yield from (printable(message.render(language)) for message in said)
