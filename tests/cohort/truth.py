"""What must come of a submission's items, where it is known which of them have a fault."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from graphlib import TopologicalSorter

from pytest_dockerlab import catalogue
from pytest_dockerlab.homework import Item, Level, Tier
from pytest_dockerlab.results import Verdict

__all__ = ["Truth", "are_told_apart", "items_of", "verdicts"]

Truth = frozenset[tuple[Verdict, str | None]]
"""The verdicts, with the items that they are because of, one of which is right: nearly always it is one."""


def items_of(homeworks: Sequence[str]) -> dict[str, Item]:
    """The items of these homeworks, each behind those that it needs."""
    known = catalogue.load()
    items = {item.id: item for homework in known.homeworks if homework.slug in homeworks
             for item in known.items_of(homework)}  # fmt: skip
    first = {id: [each for each in item.needs_items if each in items] for id, item in items.items()}
    return {id: items[id] for id in TopologicalSorter(first).static_order()}


def verdicts(homeworks: Sequence[str], faulty: Collection[str], tier: Tier = Tier.FILES) -> Mapping[str, Truth]:
    """By item's id, for the example with a fault in each of the items ``faulty``."""
    found: dict[str, Truth] = {}
    for id, item in items_of(homeworks).items():
        stopped = next((need for need in item.needs_items if not _is_passed(found[need])), None)
        wrong = Verdict.ADVISED if item.level is Level.ADVISORY else Verdict.FAILED
        if stopped is not None:
            [(_verdict, cause)] = found[stopped]
            found[id] = frozenset({(Verdict.UNVERIFIED, cause or stopped)})
        elif item.is_planned or not item.tier.within(tier) or item.tier is Tier.REMOTE:
            found[id] = frozenset({(Verdict.UNVERIFIED, None)})
        elif id in faulty:
            found[id] = frozenset({(wrong, None)})
        else:
            # What folds itself under the teller of a fault does so where that fault is in its way: not by each.
            tellers = [teller for teller in item.told_by if teller in faulty]
            found[id] = frozenset({(Verdict.PASSED, None), *((Verdict.UNVERIFIED, teller) for teller in tellers)})
    return found


def are_told_apart(items: Mapping[str, Item], one: str, other: str) -> bool:
    """Whether faults of both are told, neither hiding the other nor what depends on it twice."""
    return one != other and one not in _above(items, other) and other not in _above(items, one)


def _above(items: Mapping[str, Item], id: str) -> set[str]:
    """What an item needs or is told by, with what these need, and itself."""
    direct = [each for each in (*items[id].needs_items, *items[id].told_by) if each in items]
    return {id}.union(*(_above(items, each) for each in direct))


def _is_passed(truth: Truth) -> bool:
    return (Verdict.PASSED, None) in truth
