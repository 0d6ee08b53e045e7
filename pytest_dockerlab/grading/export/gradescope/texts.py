"""What Gradescope shows a student: of each item what is to be read, and the score in words. Plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ....feedback import Shown
from ....messages import Message, _, shortened
from ....report.lines import printable
from ....report.page.view import FindingView, ItemView
from ....report.page.viewing import page_view
from ....report.terminal import number
from ....results import SubmissionResult, Verdict
from ...gradebook.model import Entry
from ...pages import for_students
from ..item_text import decided

__all__ = ["said_of", "summary_of"]

_LONGEST = 8_000


def said_of(
    entry: Entry, result: SubmissionResult, run: Mapping[str, Any], language: str, shown: Shown
) -> dict[str, str]:
    """A text for each item of which more is to be said than that it passed, and no more than the course shows."""
    view = page_view(for_students(result), run, language=language, shown=shown)
    groups = [(group.items, *(fold.items for fold in group.folds)) for group in view.groups]
    items = {item.id: item for group in groups for some in group for item in some}
    said = {}
    for id, mark in entry.marks.items():
        lines = [*decided(mark, language)]
        if mark.verdict is not Verdict.PASSED and id in items:
            lines += _lines(items[id], language)
        if lines or mark.verdict is not Verdict.PASSED:
            said[id] = shortened("\n".join([Message(str(mark.verdict)).render(language), *lines]), _LONGEST)
    return said


def _lines(item: ItemView, language: str) -> Iterator[str]:
    for finding in item.findings:
        yield from _finding(finding, language)
    yield from _labelled(language, why=item.reason, to_do=item.remedy)


def _finding(finding: FindingView, language: str) -> Iterator[str]:
    if finding.place:
        yield finding.place
    for line in finding.lines:
        yield f"  {'>' if line.is_meant else ' '} {line.number:4}  {line.text}".rstrip()
    yield from _labelled(language, found=finding.found, expected=finding.expected, to_do=finding.hint)


_LABELS = {"why": _("why"), "found": _("found"), "expected": _("expected"), "to_do": _("to do")}


def _labelled(language: str, **values: str) -> Iterator[str]:
    for name, value in values.items():
        if value:
            yield f"  {_LABELS[name].render(language)}: {value}"


def summary_of(entry: Entry, language: str, *, is_held_back: bool) -> str:
    """The score in words, and whether it is final.

    :param is_held_back: whether it would tell what is not shown yet.
    """
    if is_held_back:
        return _("the score is shown after the deadline").render(language)
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
