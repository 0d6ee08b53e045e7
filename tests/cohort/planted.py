"""Draws a cohort: who has which faults, and what is different there and as right."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_dockerlab.findings import Finding
from pytest_dockerlab.homework import Item, Tier
from tests.mutants.homeworks import HERE, OR_HERE, Homework, Unfitting, example
from tests.mutants.kinds import NOWHERE, Change, Fault, Place
from tests.mutants.study import CHANGES, FAULTS

from .truth import Truth, are_told_apart, items_of, verdicts

__all__ = ["DOCKER", "Planted", "cohort"]

DOCKER = ("docker-1", "docker-2", "docker-3", "docker-4")
_FAULTS = (0, 1, 1, 1, 2, 2, 3)
"""How many somebody has, each as often as it stands here."""
_CHANGES = (0, 0, 1, 2)


@dataclass(frozen=True, slots=True)
class Planted:
    """One submission: what it consists of, and what must come of it."""

    id: str
    homework: Homework
    faults: Mapping[str, Fault]
    """By the item that must tell it."""
    changes: tuple[Change, ...]
    verdicts: Mapping[str, Truth]
    """By item's id."""
    must: Mapping[str, frozenset[Place]]
    may: Mapping[str, frozenset[Place]]
    """Where each fault must be told, and where it may be told besides."""

    @property
    def name(self) -> str:
        """What was done to it, for people."""
        faults = [f"{item}: {fault.name}" for item, fault in self.faults.items()]
        return " + ".join([*faults, *(change.name for change in self.changes)]) or "the example"

    def is_told_at(self, item: str, findings: Sequence[Finding]) -> bool:
        """Whether the findings of a faulty item are where they must be."""
        places: set[Place] = {(each.at.file, each.at.line) if each.at else (None, None) for each in findings}
        if self.faults[item].at:  # the file as a whole is as well said by its first line
            places = {(file, None if line == 1 else line) for file, line in places}
        return bool(places) and self.must[item] <= places <= self.must[item] | self.may[item]


def cohort(count: int, seed: int = 1, homeworks: tuple[str, ...] = DOCKER, tier: Tier = Tier.FILES) -> list[Planted]:
    """As many submissions as ``count``. ``homeworks`` is one of the groups of ``tests/mutants``."""
    draw, items = random.Random(seed), items_of(homeworks)
    faults: dict[str, list[Fault]] = {}
    for slug in homeworks:
        for fault in FAULTS[slug]:
            if not fault.also:
                faults.setdefault(f"{slug}/{fault.item}", []).append(fault)
    found: list[Planted] = []
    while len(found) < count:
        drawn = [(item, draw.choice(faults[item])) for item in draw.sample(list(faults), draw.choice(_FAULTS))]
        changes = draw.sample(CHANGES[homeworks], draw.choice(_CHANGES))
        changes.sort(key=CHANGES[homeworks].index)
        try:
            together, touched = _together(drawn, items)
            marks = _marks(together)
            for change in changes:
                change.make(together)
        except Unfitting:
            continue
        if _marks(together) != marks:  # a change took a fault away
            continue
        found.append(
            Planted(
                f"s{len(found) + 1:04}",
                together,
                dict(drawn),
                tuple(changes),
                verdicts(homeworks, dict(drawn), tier),
                {item: frozenset(_places(fault, together, touched[item], HERE)) for item, fault in drawn},
                {item: frozenset(_places(None, together, touched[item], OR_HERE)) for item, _fault in drawn},
            )
        )
    return found


def _together(faults: Sequence[tuple[str, Fault]], items: Mapping[str, Item]) -> tuple[Homework, dict[str, set[str]]]:
    """The example with all of them, and the files that each has touched. Raises :class:`Unfitting` for two that meet:
    in a file, or in what is said of them."""
    homework, touched = example(), dict[str, set[str]]()
    for item, fault in faults:
        if not all(are_told_apart(items, item, other) for other in touched):
            raise Unfitting(f"{item} and another are told together")
        planted = fault.plant()
        mine = set(_differences(planted))
        if any(mine & theirs for theirs in touched.values()):
            raise Unfitting("two faults in one file")
        for path in mine:
            _take(homework, planted, path)
        touched[item] = mine
    return homework, touched


def _differences(planted: Homework) -> Iterator[str]:
    before = example()
    for path in before.files | planted.files:
        is_other = before.files.get(path) != planted.files.get(path) or before.place(path) != planted.place(path)
        if is_other or path in planted.encodings or path in planted.not_executable:
            yield path


def _take(homework: Homework, planted: Homework, path: str) -> None:
    """Make a file what it is in another homework."""
    homework.files.pop(path, None)
    if path in planted.files:
        homework.files[path] = planted.files[path]
    if path in planted.places:
        homework.places[path] = planted.places[path]
    if path in planted.encodings:
        homework.encodings[path] = planted.encodings[path]
    if path in planted.not_executable:
        homework.not_executable.add(path)


def _marks(homework: Homework) -> int:
    return len(homework.marks(HERE)) + len(homework.marks(OR_HERE))


def _places(fault: Fault | None, homework: Homework, touched: set[str], mark: str) -> set[Place]:
    if fault is not None and fault.at is not None:
        return {(None, None) if fault.at == NOWHERE else (homework.place(fault.at), None)}
    mine = {homework.place(path) for path in touched}
    return {(file, line) for file, line in homework.marks(mark) if file in mine}
