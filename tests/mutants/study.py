"""Asks every check of a mutated homework, and says what came of what was planted."""

from __future__ import annotations

import functools
import multiprocessing
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from graphlib import TopologicalSorter
from pathlib import Path

from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course
from pytest_dockerlab.homework import Item, Kind, Tier
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask_all, said

from . import docker_1, docker_2, docker_3, docker_4, gitlab_ci_1, layouts, monitoring_1
from .homeworks import HERE, OR_HERE, Homework, Unfitting, example
from .kinds import Change, Fault, Place

__all__ = ["CHANGES", "FAULTS", "Case", "Judged", "Outcome", "asked_items", "cases", "judge", "study"]

_OF_HOMEWORK = {
    "docker-1": docker_1,
    "docker-2": docker_2,
    "docker-3": docker_3,
    "docker-4": docker_4,
    "gitlab-ci-1": gitlab_ci_1,
    "monitoring-1": monitoring_1,
}
FAULTS: dict[str, list[Fault]] = {slug: module.FAULTS for slug, module in _OF_HOMEWORK.items()}
_DOCKER, _GITLAB = ("docker-1", "docker-2", "docker-3", "docker-4"), ("gitlab-ci-1",)
_MONITORING = ("monitoring-1",)
CHANGES: dict[tuple[str, ...], list[Change]] = {
    _DOCKER: [*(change for slug in _DOCKER for change in _OF_HOMEWORK[slug].CHANGES), *layouts.CHANGES],
    _GITLAB: gitlab_ci_1.CHANGES,
    _MONITORING: monitoring_1.CHANGES,
}
"""What is right for these homeworks, whose items are asked together."""

_VARIANTS = 2
"""How often each fault is planted once more, on the example with some neutral changes."""
_COMBINED = 200
"""Homeworks with several neutral changes and no fault."""
_TRIES = 200
_TOLD = (Verdict.FAILED, Verdict.ADVISED)


class Outcome(StrEnum):
    """What came of a case. All but the first are what the study is there to find."""

    RIGHT = "right"
    MISSED = "missed"
    ANOTHER = "told by another"
    PLACE = "wrong line"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Case:
    """A homework of the study: the example with a fault or none, and some neutral changes."""

    item: str | None
    fault: Fault | None
    changes: tuple[Change, ...] = ()
    homeworks: tuple[str, ...] = _DOCKER
    """Whose items are asked."""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        fault = [f"{self.item}: {self.fault.name}"] if self.fault is not None else []
        return " + ".join([*fault, *(change.name for change in self.changes)]) or "the example"

    def make(self) -> Homework:
        """The homework. Raises :class:`Unfitting`."""
        homework = self.fault.plant() if self.fault is not None else example()
        count = _marks(homework)
        for change in self.changes:
            change.make(homework)
        if _marks(homework) != count:
            raise Unfitting("a neutral change took the fault away")
        return homework


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, what came of it, and what was told instead, for people."""

    case: Case
    outcome: Outcome
    told: str = ""


def _marks(homework: Homework) -> int:
    return len(homework.marks(HERE)) + len(homework.marks(OR_HERE))


def cases(seed: int = 1) -> list[Case]:
    """Each fault alone and on variants, each neutral change alone, and several of them together."""
    found = []
    for homeworks, changes in CHANGES.items():
        right = Case(None, None, (), homeworks)
        found.append(right)
        for slug in homeworks:
            for fault in FAULTS[slug]:
                case = Case(f"{slug}/{fault.item}", fault, (), homeworks)
                found.append(case)
                found += _drawn(case, random.Random(f"{seed} {case.name}"), _VARIANTS)
        found += [Case(None, None, (change,), homeworks) for change in changes]
        combined = _COMBINED * len(homeworks) // len(_OF_HOMEWORK)
        found += _drawn(right, random.Random(f"{seed} neutral"), combined, least=2)
    return found


def _drawn(case: Case, draw: random.Random, count: int, least: int = 1) -> Iterator[Case]:
    """The case with some neutral changes that fit it and each other."""
    right = CHANGES[case.homeworks]
    for _try in range(_TRIES):
        changes = draw.sample(right, draw.randint(least, 3))
        variant = replace(case, changes=tuple(sorted(changes, key=right.index)))
        try:
            variant.make()
        except Unfitting:
            continue
        yield variant
        count -= 1
        if not count:
            return


def judge(case: Case) -> Judged:
    """Ask every check of the files tier, and compare."""
    homework = case.make()
    with tempfile.TemporaryDirectory(prefix="dockerlab-mutant-") as folder:
        homework.write(Path(folder))
        results = ask_all(Submission("mutant", WorkTree(Path(folder))), asked_items(case.homeworks), hw_course=Course())
    moved = {id: result for id, result in results.items() if result.verdict is not Verdict.PASSED}
    if case.fault is None:
        return Judged(case, Outcome.MOVED if moved else Outcome.RIGHT, _told(moved))
    own = moved.pop(str(case.item), None)
    others = {
        id: result for id, result in moved.items() if (result.because_of or id) not in (case.item, case.fault.also)
    }
    if own is None or own.verdict not in _TOLD:
        outcome = Outcome.ANOTHER if others else Outcome.MISSED
        return Judged(case, outcome, _told(others if own is None else {own.id: own, **others}))
    if others:
        return Judged(case, Outcome.ANOTHER, _told({own.id: own, **others}))
    if not case.fault.is_told_at({_place(finding.at) for finding in own.findings}, homework):
        expected = ", ".join(f"{file}:{line}" for file, line in sorted(case.fault.must(homework), key=str))
        return Judged(case, Outcome.PLACE, f"expected at {expected}\n{_told({own.id: own})}")
    return Judged(case, Outcome.RIGHT, _told({own.id: own}))


def study(wanted: Sequence[Case], processes: int) -> Iterator[Judged]:
    """Judge them all, in as many processes, in their order."""
    if processes == 1:
        yield from map(judge, wanted)
        return
    # What is planted are functions: a forked process has them, and only numbers travel.
    global _wanted
    _wanted = wanted
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for case, (outcome, told) in zip(wanted, pool.imap(_judge, range(len(wanted)), chunksize=4), strict=True):
            yield Judged(case, outcome, told)


_wanted: Sequence[Case] = ()


def _judge(number: int) -> tuple[Outcome, str]:
    judged = judge(_wanted[number])
    return judged.outcome, judged.told


@functools.cache
def asked_items(homeworks: tuple[str, ...]) -> tuple[Item, ...]:
    """The items of the files tier, each behind those that it needs or may be told by."""
    known = catalogue.load()
    items = [item for homework in known.homeworks if homework.slug in homeworks for item in known.items_of(homework)]
    asked = {
        item.id: item
        for item in items
        if item.kind is Kind.SUBMISSION and item.tier is Tier.FILES and not item.is_planned
    }
    first = {id: [each for each in (*item.needs_items, *item.told_by) if each in asked] for id, item in asked.items()}
    return tuple(asked[id] for id in TopologicalSorter(first).static_order())


def _place(at: object) -> Place:
    return (getattr(at, "file", None), getattr(at, "line", None))


def _told(results: dict[str, ItemResult]) -> str:
    lines = []
    for id, result in results.items():
        folded = f" because of {result.because_of}" if result.because_of else ""
        lines.append(f"{id}: {result.verdict}{folded} {result.reason or ''}".rstrip())
        lines += [f"  {finding.at}: {said(finding)}" for finding in result.findings]
        if result.verdict is Verdict.ERROR:
            lines.append(f"  {result.details}")
    return "\n".join(lines)
