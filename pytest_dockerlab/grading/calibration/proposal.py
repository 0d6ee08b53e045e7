"""What the course file could say, so that checks and people agree more often: levels and points, as TOML."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...homework import Level
from ...messages import Message, _, text
from .agreement import Agreement, Case, ItemAgreement

__all__ = ["FEWEST", "FEWEST_FOR_POINTS", "Proposal", "numbers_in", "propose"]

FEWEST = 8
"""Of fewer submissions nothing is concluded."""
FEWEST_FOR_POINTS = 15
"""So many numbers of people points need: there are as many of them as there are items."""
_OBJECTS_TO_BAD = 0.5
_PRIOR = 5.0
"""So many submissions weigh the points as they are."""
_SWEEPS = 100
_STEP = 0.25
_PARTS = 5
"""So often the points are fitted to the others of a part, and tried on it."""
_CLEARLY = 2.0
"""So many standard errors a gain is clearly one."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Levels and points of all items, and why those that differ do."""

    levels: Mapping[str, Level]
    points: Mapping[str, float]
    why: Mapping[str, Message]
    """Of each item whose level is another."""
    difference: tuple[float, float] | None
    """Between people's shares of the maximum and ours, on the average: with the points as they are, and with those
    that fit others best. ``None``: people gave no numbers, or too few."""
    defaults: Mapping[str, Level]
    kept: tuple[str, ...] = ()
    """The items whose level is not proposed, since the checks would not agree with people more often."""
    are_points_fitted: bool = False
    """The points proposed come clearly nearer to people's than those that are."""

    def toml(self, language: str, about: Sequence[Message]) -> str:
        """The tables ``levels`` and ``points`` for the course file, in place of those that it has."""
        lines = [f"# {text(each, language)}" for each in about]
        levels = {id: level for id, level in self.levels.items() if level is not self.defaults[id]}
        lines += ["", "[levels]"] if levels else []
        for id, level in levels.items():
            why = f"  # {text(self.why[id], language)}" if id in self.why else ""
            lines.append(f'"{id}" = "{level}"{why}')
        points = {id: value for id, value in self.points.items() if value != _usual(self.levels[id])}
        lines += ["", "[points]", *(f'"{id}" = {value:g}' for id, value in points.items())] if points else []
        if not levels and not points:
            lines += ["", f"# {text(_('levels and points as they are without a course file'), language)}"]
        return "\n".join(lines) + "\n"


def propose(agreement: Agreement, tolerance: float) -> Proposal:
    """Levels by which no required item objects to more than the share ``tolerance`` of accepted work.

    Points change only where people gave numbers: to those that come nearest to theirs, and not far from what they are.
    """
    levels, why, kept = _levels(agreement, tolerance)
    now = {id: item.max_points for id, item in agreement.items.items()}
    points = {id: now[id] if levels[id] is item.level else _usual(levels[id]) for id, item in agreement.items.items()}
    graded = numbers_in(agreement)
    if len(graded) < FEWEST_FOR_POINTS:
        return Proposal(levels, points, why, None, _defaults(agreement), kept)
    counting = {id: points[id] for id in points if points[id] and levels[id] is Level.REQUIRED}
    present = {id: value for id, value in now.items() if agreement.items[id].level is Level.REQUIRED}
    before = [_difference(case, present) for case in graded]
    after = _tried(graded, counting)
    is_clear = _is_clearly_less(after, before)
    if is_clear:
        points |= _fitted(graded, counting)
    difference = (statistics.fmean(before), statistics.fmean(after))
    return Proposal(levels, points, why, difference, _defaults(agreement), kept, is_clear)


def numbers_in(agreement: Agreement) -> list[Case]:
    """What people graded as a whole with a number."""
    return [case for cases in agreement.cases.values() for case in cases if case.grade.is_number]


def _levels(agreement: Agreement, tolerance: float) -> tuple[dict[str, Level], dict[str, Message], tuple[str, ...]]:
    """The levels, why those that are others are, and whose would be without agreeing with people more often."""
    levels, why, kept = dict(agreement.levels), {}, []
    cases = [case for cases in agreement.cases.values() for case in cases]

    def agreed(tried: Mapping[str, Level]) -> int:
        return sum(case.agrees(tried) for case in cases)

    for id, item in agreement.items.items():
        level, reason = _level(item, tolerance)
        if reason is None:
            continue
        if item.is_graded_itself or agreed(levels | {id: level}) >= agreed(levels):
            levels[id], why[id] = level, reason
        else:
            kept.append(id)
    by_the_whole = [id for id in why if not agreement.items[id].is_graded_itself]
    before = levels | {id: agreement.levels[id] for id in by_the_whole}
    if cases and by_the_whole and agreed(levels) <= agreed(before):
        return before, {id: why[id] for id in why if id not in by_the_whole}, (*by_the_whole, *kept)
    return levels, why, tuple(kept)


def _level(item: ItemAgreement, tolerance: float) -> tuple[Level, Message | None]:
    objected, known = item.objections(True), item.known(True)
    if item.level is Level.REQUIRED and item.is_graded_itself:
        if item.compared >= FEWEST and len(item.disagreements) > tolerance * item.compared:
            words = {"count": len(item.disagreements), "all": item.compared}
            return Level.ADVISORY, _("it and people disagree on {count} of {all}", **words)
    elif item.level is Level.REQUIRED and known >= FEWEST and objected > tolerance * known:
        return Level.ADVISORY, _("it objects to {count} of {all} that were accepted", count=objected, all=known)
    bad = item.known(False)
    if item.level is Level.ADVISORY and min(known, bad) >= FEWEST and objected <= tolerance * known:
        found = item.objections(False)
        if found >= _OBJECTS_TO_BAD * bad:
            words = {"count": found, "all": bad, "accepted": objected}
            return Level.REQUIRED, _(
                "it objects to {count} of {all} that were rejected, and to {accepted} that were accepted", **words
            )
    return item.level, None


def _usual(level: Level) -> float:
    return 0.0 if level is Level.ADVISORY else 1.0


def _defaults(agreement: Agreement) -> Mapping[str, Level]:
    return {id: item.default_level for id, item in agreement.items.items()}


def _fitted(cases: Sequence[Case], points: Mapping[str, float]) -> dict[str, float]:
    """Least squares, one item after the other, none below 0: what they are now counts as some submissions do."""
    fitted = dict(points)
    aims = [case.grade.share * _of(case.items, points) for case in cases]
    sums = [_of(case.passed, points) for case in cases]
    passing = {id: [place for place, case in enumerate(cases) if id in case.passed] for id in points}
    for _sweep in range(_SWEEPS):
        moved = 0.0
        for id, those in passing.items():
            missing = sum(aims[place] - sums[place] + fitted[id] for place in those)
            value = max(0.0, (missing + _PRIOR * points[id]) / (len(those) + _PRIOR))
            step, fitted[id] = value - fitted[id], value
            moved = max(moved, abs(step))
            for place in those:
                sums[place] += step
        if moved < _STEP / 100:
            break
    return {id: round(value / _STEP) * _STEP for id, value in fitted.items()}


def _tried(cases: Sequence[Case], points: Mapping[str, float]) -> list[float]:
    """How far each is from what people gave, with points that were fitted without it."""
    differences = [0.0] * len(cases)
    for part in range(_PARTS):
        others = [case for place, case in enumerate(cases) if place % _PARTS != part]
        fitted = _fitted(others, points)
        for place in range(part, len(cases), _PARTS):
            differences[place] = _difference(cases[place], fitted)
    return differences


def _is_clearly_less(after: Sequence[float], before: Sequence[float]) -> bool:
    gains = [was - then for was, then in zip(before, after, strict=True)]
    return statistics.fmean(gains) > _CLEARLY * statistics.stdev(gains) / math.sqrt(len(gains))


def _difference(case: Case, points: Mapping[str, float]) -> float:
    return abs(case.grade.share - _of(case.passed, points) / (_of(case.items, points) or 1.0))


def _of(items: frozenset[str], points: Mapping[str, float]) -> float:
    return sum(points[id] for id in items if id in points)
