"""Which submissions share what few have: passages of their files, and findings; and how rare that is."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple, TypeVar

from ...findings import Finding
from ...messages import to_json
from ...results import SubmissionResult
from .fragments import fragments

__all__ = ["Cohort", "Member", "Pair", "Passage", "Place", "Shared"]

_GAP = 3
"""Lines between two fragments that are one passage."""


Name = TypeVar("Name", int, str)


class Place(NamedTuple):
    """Lines of a file."""

    file: str
    first: int
    last: int


@dataclass(slots=True)
class Member:
    """One submission of this cohort, or of an earlier one."""

    id: str
    cohort: str = ""
    """Empty: the one that is looked at."""
    fragments: dict[int, Place] = field(default_factory=dict)
    """Where each is first."""
    mistakes: dict[str, tuple[str, Finding]] = field(default_factory=dict)
    """Its findings by what they say without places, and the items that they are of."""

    def add_text(self, path: str, text: str, left_out: Container[int]) -> None:
        """What is in one of its files, without what everybody was given."""
        for fragment in fragments(text):
            if fragment.hash not in left_out:
                self.fragments.setdefault(fragment.hash, Place(path, fragment.first, fragment.last))

    def add_mistakes(self, result: SubmissionResult) -> None:
        """What was found to be wrong with it: what it says, and not where."""
        for item in result.items:
            for finding in item.findings:
                what = [item.id, to_json(finding.expected), to_json(finding.found)]
                self.mistakes.setdefault(json.dumps(what, sort_keys=True), (item.id, finding))


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a file of each that share rare fragments."""

    first: Place
    second: Place
    owners: int
    """How many submissions have the rarest of it."""
    weight: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What is wrong with an item in a way in which few have it."""

    item: str
    finding: Finding
    owners: int
    weight: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two submissions and what they share. The second may be of an earlier cohort."""

    first: Member
    second: Member
    passages: tuple[Passage, ...]
    mistakes: tuple[Shared, ...]

    @property
    def weight(self) -> float:
        """The more, the rarer and the more it is. It is no probability, and says nothing about a single pair."""
        return sum(each.weight for each in self.passages) + sum(each.weight for each in self.mistakes)


class Cohort:
    """All submissions that are compared."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._members = list(members)
        self._few = max(3, round(0.02 * len(self._members)))
        """Up to so many have what is called rare."""
        self._fragments = _owners((number, each.fragments) for number, each in enumerate(self._members))
        self._elsewhere: defaultdict[int, set[int]] = defaultdict(set)
        self._mistakes = _owners((number, each.mistakes) for number, each in enumerate(self._members))

    def rare(self) -> frozenset[int]:
        """The fragments that few have."""
        return frozenset(hash for hash, _owners in self._rare(self._fragments))

    def also_has(self, number: int, hashes: Iterable[int]) -> None:
        """The member of this number has these fragments too, somewhere where nobody copies them from.

        What many have in their notes came from the course, though few have it in a script.
        """
        for hash in hashes:
            if number not in self._fragments[hash]:
                self._elsewhere[hash].add(number)

    @property
    def floor(self) -> float:
        """What one mistake weighs that two alone have. Pairs below it are many, and share what anybody writes."""
        return self._rarity(2)

    def pairs(self) -> list[Pair]:
        """Those that share something rare, what weighs most first."""
        shared: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        wrong: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        for hash, owners in self._rare(self._fragments):
            if self._count(hash) > self._few:
                continue
            for pair in combinations(owners, 2):
                shared[pair].append(hash)
        for mistake, owners in self._rare(self._mistakes):
            for pair in combinations(owners, 2):
                wrong[pair].append(mistake)
        found = []
        for numbers in shared.keys() | wrong.keys():
            first, second = sorted((self._members[number] for number in numbers), key=lambda each: bool(each.cohort))
            if not first.cohort:
                passages = tuple(self._passages(first, second, shared.get(numbers, ())))
                found.append(Pair(first, second, passages, tuple(self._shared(first, wrong.get(numbers, ())))))
        return sorted(found, key=lambda pair: (-pair.weight, pair.first.id, pair.second.id))

    def _rare(self, owners_by_name: Mapping[Name, list[int]]) -> Iterator[tuple[Name, list[int]]]:
        return ((name, owners) for name, owners in owners_by_name.items() if 2 <= len(owners) <= self._few)

    def _count(self, hash: int) -> int:
        return len(self._fragments[hash]) + len(self._elsewhere.get(hash, ()))

    def _rarity(self, owners: int) -> float:
        """What two alone have of all weighs most; with each one more it is likelier that somebody else wrote it."""
        return math.log(len(self._members) / owners) / (owners - 1)

    def _passages(self, first: Member, second: Member, hashes: Iterable[int]) -> Iterator[Passage]:
        """The fragments put together to passages. A long one weighs more than a short one, but not so many times.

        What is long was likely given to both by somebody; several odd things in different places were hardly so.
        """
        places = sorted((first.fragments[hash], second.fragments[hash], hash) for hash in hashes)
        runs: list[list[tuple[Place, Place, int]]] = []
        for place in places:
            if runs and _goes_on(runs[-1], place):
                runs[-1].append(place)
            else:
                runs.append([place])
        for run in runs:
            owners = [self._count(hash) for _first, _second, hash in run]
            weight = sum(map(self._rarity, owners)) / len(run) * _length(len(run))
            yield Passage(_span(each[0] for each in run), _span(each[1] for each in run), min(owners), weight)

    def _shared(self, first: Member, mistakes: Iterable[str]) -> Iterator[Shared]:
        """One for each item: three findings of one fault are no three faults."""
        by_item: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for mistake in sorted(mistakes):
            by_item[first.mistakes[mistake][0]].append((len(self._mistakes[mistake]), mistake))
        for item, found in sorted(by_item.items()):
            owners, rarest = min(found)
            yield Shared(item, first.mistakes[rarest][1], owners, self._rarity(owners))


def _owners(named: Iterable[tuple[int, Iterable[Name]]]) -> dict[Name, list[int]]:
    """The numbers of the members that have each."""
    owners: defaultdict[Name, list[int]] = defaultdict(list)
    for number, names in named:
        for name in names:
            owners[name].append(number)
    return dict(owners)


def _length(count: int) -> float:
    """What a passage of so many fragments weighs, where they are equally rare: of one hardly anything."""
    return math.log(1 + count) - 0.4


def _goes_on(run: Sequence[tuple[Place, Place, int]], place: tuple[Place, Place, int]) -> bool:
    """Whether the next fragments of both are near the last ones of the run."""
    return all(
        now.file == before.file and -_GAP <= now.first - before.last <= _GAP
        for before, now in zip(run[-1][:2], place[:2], strict=True)
    )


def _span(places: Iterable[Place]) -> Place:
    lines = list(places)
    return Place(lines[0].file, min(each.first for each in lines), max(each.last for each in lines))
