"""What Gradescope shows a student: of each item what is to be read, and the score in words."""

from __future__ import annotations

from collections.abc import Mapping

from ....messages import Message, _
from ....report.lines import printable
from ....report.terminal import number
from ....results import ItemResult, Verdict
from ...gradebook.model import Entry
from ..item_text import item_text

__all__ = ["said_of", "summary_of"]


def said_of(entry: Entry, results: Mapping[str, ItemResult], language: str) -> dict[str, str]:
    """A text for each item of which more is to be said than that it passed."""
    return {
        id: f"{Message(str(mark.verdict)).render(language)}\n{item_text(mark, results.get(id), language)}"
        for id, mark in entry.marks.items()
        if mark.verdict is not Verdict.PASSED or mark.override
    }


def summary_of(entry: Entry, language: str) -> str:
    """The score in words, and whether it is final."""
    parts = [
        _(
            "Score: {points} of {verified} verified, {maximum} in all",
            points=number(entry.points),
            verified=number(entry.verified_maximum),
            maximum=number(entry.maximum),
        )
    ]
    if entry.bonus:
        parts.append(_("bonus: {points}", points=number(entry.bonus)))
    if not entry.is_final:
        parts.append(_("not final: not every required item could be verified"))
    if entry.late:
        parts.append(_("{why}", why=entry.late))
    return "\n".join(printable(part.render(language)) for part in parts)
