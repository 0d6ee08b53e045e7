"""What is said of one item where a format has room for a text: all findings, and above them what a person decided."""

from __future__ import annotations

from ...messages import Message, _, text
from ...report.lines import printable
from ...report.terminal import plain_text
from ...results import ItemResult
from ..gradebook.model import Mark

__all__ = ["item_text", "short"]

_LONGEST = 8_000


def item_text(mark: Mark, result: ItemResult | None, language: str, *, title: str = "") -> str:
    """Plain text without control characters; of a long one the beginning.

    :param result: what the check said, where there is a result.
    """

    def say(value: object) -> str:
        return printable(text(value, language))

    lines = []
    if (override := mark.override) is not None:
        who = ", ".join(part for part in (override.who, override.when) if part)
        lines.append(say(_("decided by hand: {why}", why=override.reason)) + (f" ({say(who)})" if who else ""))
        if mark.automatic is not None:
            lines.append(say(_("the check said: {verdict}", verdict=Message(str(mark.automatic.verdict)))))
    if result is not None:
        lines.append(plain_text(result, language))
    elif override is None:
        lines += [say(part) for part in (title, mark.why) if part]
    return short("\n".join(lines), _LONGEST)


def short(text: str, longest: int) -> str:
    """The beginning of a text that is too long."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
