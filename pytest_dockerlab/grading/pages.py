"""The pages of a grading: ``OUT/pages``, a page and its Markdown for each submission that has a result."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Iterable

from ..feedback import Feedback, Shown
from ..findings import Finding
from ..homework import Kind, Level, Tier
from ..messages import LANGUAGES, Message, _
from ..report.page.html import html
from ..report.page.markdown import markdown
from ..report.page.viewing import Override, Totals, page_view
from ..results import ItemResult, SubmissionResult, Verdict
from ..run.output_files import write_text
from .gradebook.members import cell_of
from .gradebook.model import Entry, Gradebook, Mark
from .graded import Graded
from .out import Out

__all__ = ["for_students", "write_pages"]

_NOT_ASKED_FOR = (_("tier {tier} was not requested").id, _("no address was given for it").id)
"""Reasons whose remedy is an option of whoever grades."""


def write_pages(
    out: Out,
    graded: Iterable[Graded],
    gradebook: Gradebook,
    feedback: Feedback,
    past: Callable[[Graded], Collection[str]] = lambda _graded: (),
) -> list[Message]:
    """Write the page of each submission, and take away that of one which has no result any more.

    :param graded: what came of each row, as the gradebook was made of it.
    :param past: the homeworks whose deadline has passed for a row.

    Returns what could not be shown, a message for each submission: the others have their pages. Raises ``OSError``.
    """
    entries = {entry.id: entry for entry in gradebook.rows}
    out.pages.mkdir(parents=True, exist_ok=True)
    problems = []
    for each in graded:
        files = out.page_of(each.id), out.page_of(each.id, "md")
        if each.result is None or each.id not in entries:
            for file in files:
                file.unlink(missing_ok=True)
            continue
        try:
            texts = _page(each, entries[each.id], gradebook, Shown(feedback, past(each)))
        except Exception as error:  # noqa: BLE001 - the data came from elsewhere, and spoils its own page at most
            for file in files:
                with contextlib.suppress(OSError):
                    file.unlink()
            problems.append(_("no page for {id}: {why}", id=each.id, why=f"{type(error).__name__}: {error}"))
            continue
        for file, text in zip(files, texts, strict=True):
            write_text(file, text)
    return problems


def _page(graded: Graded, entry: Entry, gradebook: Gradebook, shown: Shown) -> tuple[str, str]:
    assert graded.result is not None
    assert graded.run is not None
    language = cell_of(graded.columns, "language").lower()
    result = for_students(graded.result)
    known = {item.id for item in result.items}
    manual = [_by_hand(id, mark) for id, mark in entry.marks.items() if id not in known]
    view = page_view(
        dataclasses.replace(result, items=[*result.items, *manual]),
        graded.run,
        language=language if language in LANGUAGES else gradebook.language,
        who=cell_of(graded.columns, "name"),
        shown=shown,
        totals=Totals(entry.points, entry.bonus, entry.verified_maximum, entry.maximum, entry.is_settled),
        overrides={
            id: _override(mark) for id, mark in entry.marks.items() if mark.override is not None and id in known
        },
        notes=[graded.late] if graded.late is not None else [],
    )
    return html(view), markdown(view)


def for_students(result: SubmissionResult) -> SubmissionResult:
    """The result for those who have not asked for it, and cannot ask for more."""
    return dataclasses.replace(result, items=list(map(_for_students, result.items)))


def _for_students(item: ItemResult) -> ItemResult:
    is_asked_for = item.verdict is not Verdict.UNVERIFIED or item.reason is None or item.reason.id not in _NOT_ASKED_FOR
    if is_asked_for:
        return item
    return dataclasses.replace(item, reason=_("it was not looked at in this grading"), remedy=None)


def _override(mark: Mark) -> Override:
    assert mark.override is not None
    return Override(mark.verdict, mark.points, mark.override.reason, mark.override.who, mark.override.when)


def _by_hand(id: str, mark: Mark) -> ItemResult:
    """An item that only people mark, as a result like the others."""
    result = ItemResult(
        id,
        id.partition("/")[2],
        Kind.SUBMISSION,
        Level.REQUIRED if mark.max_points else Level.OPTIONAL,
        Tier.FILES,
        mark.verdict,
        points=mark.points,
        max_points=mark.max_points,
    )
    said = _("{why}", why=mark.why)
    if mark.verdict in (Verdict.FAILED, Verdict.ADVISED):
        result.findings = [Finding(found=said)]
    else:
        result.reason = said
    return result
