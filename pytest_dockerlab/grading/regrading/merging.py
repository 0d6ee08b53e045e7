"""New results of some items, put in the place of the old ones; and what that changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...homework import Kind, Level, Tier
from ...messages import Message, _
from ...results import ItemResult, SubmissionResult, Verdict
from .asked import AskedNow

__all__ = ["KEPT", "Change", "Value", "merged"]

KEPT = _("looked at again").id
"""The name of the evidence that an old value was kept."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an item came to."""

    verdict: Verdict
    points: float
    maximum: float
    level: Level

    @classmethod
    def of(cls, result: ItemResult) -> Value:
        """That of a result."""
        return cls(result.verdict, result.points, result.max_points, result.level)

    @property
    def worth(self) -> float:
        """What part of its points it earns, or would earn."""
        if self.maximum:
            return self.points / self.maximum
        return 1.0 if self.verdict is Verdict.PASSED else 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """One item of one submission that came out differently, or could not be looked at again."""

    submission: str
    item: str
    before: Value | None
    after: Value | None
    """``None``: it is an item no more."""
    why: Message
    is_kept: bool = False
    """Whether the old value stays, because it is the better one."""
    problem: Message | None = None
    """Why it could not be looked at again: the old value stays."""


def merged(
    old: SubmissionResult,
    new: SubmissionResult | None,
    reasons: Mapping[str, Message],
    now: AskedNow,
    *,
    never_lower: bool,
) -> tuple[SubmissionResult, list[Change]]:
    """The results of a submission with the ``new`` ones of the items that have ``reasons``, and what that changes.

    An old result stays where the new one is an error, where only the docker host or an endpoint may be to blame, and
    with ``never_lower`` where it is the better one. Points of all others are those of the course file.
    """
    before = {each.id: each for each in old.items}
    after = {each.id: each for each in new.items if each.id in reasons} if new is not None else {}
    problems = _problems(before, after, reasons)
    items, changes = [], []
    for item in now.items:
        known = before.get(item.id)
        value = Value.of(known) if known is not None else None
        why = reasons.get(item.id) or _("its points were changed in the course file")
        if item.id in problems:
            changes.append(Change(old.id, item.id, value, value, why, problem=problems[item.id]))
            items += [known] if known is not None else []
            continue
        found = after.get(item.id) or known
        assert found is not None, "an item without a result has a reason, and without a new one a problem"
        found = _with_points(found, now.course.points_of(item))
        came_to = Value.of(found)
        is_kept = False
        if never_lower and known is not None and value is not None and came_to.worth < value.worth:
            found, is_kept = _kept(known, found), True
        items.append(found)
        if is_kept or value != came_to:
            changes.append(Change(old.id, item.id, value, came_to, why, is_kept=is_kept))
    for id in [each.id for each in old.items if each.id not in now.digests]:
        why = _("it is no part of the homework any more")
        changes.append(Change(old.id, id, Value.of(before[id]), None, why))
    return replace(old, items=items), changes


def _problems(
    before: Mapping[str, ItemResult], after: Mapping[str, ItemResult], reasons: Iterable[str]
) -> dict[str, Message]:
    """Why the new results of some items do not count, or where there are none."""
    nothing = _("nothing more is known")
    problems = {}
    for id in reasons:
        known, found = before.get(id), after.get(id)
        if found is None:
            problems[id] = _("there is no new result")
            continue
        if known is None or known.verdict is Verdict.ERROR or found.because_of is not None:
            continue
        is_lost = found.verdict is Verdict.UNVERIFIED and known.is_verified and _asks_others(found)
        if is_lost or found.verdict is Verdict.ERROR:
            problems[id] = found.reason or nothing
    for id, found in after.items():
        if found.because_of in problems and id not in problems:
            problems[id] = problems[found.because_of]
    return problems


def _asks_others(result: ItemResult) -> bool:
    """Whether a docker host or something else that was not there this time may be to blame."""
    return result.tier is not Tier.FILES or result.kind is Kind.LAB


def _with_points(result: ItemResult, points: float) -> ItemResult:
    """The same result where the item is worth so much."""
    earned = points if result.verdict is Verdict.PASSED and result.rehearsal is None else 0.0
    if (result.points, result.max_points) == (earned, points):
        return result
    return replace(result, points=earned, max_points=points)


def _kept(known: ItemResult, found: ItemResult) -> ItemResult:
    """The old result, which is the better one; and it says so."""
    note = _("{verdict}: the better value of before is kept", verdict=Message(str(found.verdict)))
    kept = replace(known, digest=found.digest, evidence={**known.evidence, KEPT: note})
    return _with_points(kept, found.max_points)
