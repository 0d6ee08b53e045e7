"""What a regrade has changed, for people: a line for each item of each submission, and the same as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from ...messages import Message, _, text
from ..gradebook.overrides import Overrides
from ..gradebook.table import formula_safe
from .merging import Change, Value

__all__ = ["changes_csv", "lines"]

_OF_A_VALUE = ("verdict", "points", "max", "level")
_COLUMNS = (
    "id",
    "item",
    *(f"{name} before" for name in _OF_A_VALUE),
    *(f"{name} now" for name in _OF_A_VALUE),
    "reason",
    "what stands",
)


def lines(changes: Sequence[Change], overrides: Overrides, language: str) -> Iterator[str]:
    """One for each change, and how many there are."""
    for change in changes:
        said = _("{id}: {item}: {before} → {after} ({why}){note}", id=change.submission, item=change.item,
                 before=_shown(change.before), after=_shown(change.after), why=change.why,
                 note=_note(change, overrides))  # fmt: skip
        if change.problem is not None:
            said = _("{id}: {item}: could not be looked at again, and stays {before}: {problem}",
                     id=change.submission, item=change.item, before=_shown(change.before),
                     problem=change.problem)  # fmt: skip
        yield text(said, language)
    kept = sum(change.is_kept for change in changes)
    failed = sum(change.problem is not None for change in changes)
    changed = len(changes) - kept - failed
    yield text(_("{changed} changed, {kept} kept, {failed} could not be looked at again", changed=changed, kept=kept,
                 failed=failed), language)  # fmt: skip


def changes_csv(changes: Sequence[Change], overrides: Overrides, language: str) -> str:
    """The table, for a spreadsheet."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for change in changes:
        before, after = change.before, change.after
        why = change.why if change.problem is None else change.problem
        stands = _note(change, overrides) or (_shown(after) if change.problem is None else _shown(before))
        cells = [change.submission, change.item, *_cells(before), *_cells(after)]
        cells += [text(why, language), text(stands, language).strip("; ")]
        writer.writerow(formula_safe(cell) for cell in cells)
    return "\ufeff" + written.getvalue()


def _cells(value: Value | None) -> list[str]:
    if value is None:
        return [""] * len(_OF_A_VALUE)
    return [str(value.verdict), f"{value.points:g}", f"{value.maximum:g}", str(value.level)]


def _shown(value: Value | None) -> Message:
    if value is None:
        return _("nothing")
    return _("{verdict} ({points} of {max}, {level})", verdict=Message(str(value.verdict)), points=f"{value.points:g}",
             max=f"{value.maximum:g}", level=Message(str(value.level)))  # fmt: skip


def _note(change: Change, overrides: Overrides) -> Message | str:
    override = overrides.marks.get((change.submission, change.item))
    if override is not None:
        decided = override.verdict if override.verdict is not None else f"{override.points:g}"
        return _("; overrides.csv stands: {decided}, {who}", decided=Message(str(decided)), who=override.who)
    return _("; the better value is kept") if change.is_kept else ""
