"""The pairs with the lines that they share, ready to be shown: secrets masked, long passages cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...findings import Finding
from ...homework import Item
from ...messages import Message, _
from ...submission.text.secrets import quoted
from .pairs import Pair, Place

__all__ = ["ShownPair", "ShownPassage", "shown"]

_MAX_PASSAGES = 12
_MAX_LINES = 25
_MAX_WIDTH = 200


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """Lines of both: numbers and texts."""

    places: tuple[str, str]
    lines: tuple[Sequence[tuple[int, str]], Sequence[tuple[int, str]]]
    owners: int
    weight: float


@dataclass(frozen=True, slots=True)
class ShownPair:
    """Two submissions, and what they share."""

    names: tuple[str, str]
    weight: float
    passages: Sequence[ShownPassage]
    further: int
    """Passages that are not shown."""
    mistakes: Sequence[tuple[str, Message, int]]
    """Findings that both have: item, what was found, and how many have it."""


def shown(pair: Pair, texts_of: Callable[[str, str], Mapping[str, str]], items: Mapping[str, Item]) -> ShownPair:
    """The pair for a reader. ``texts_of`` has the files of a submission, by its id and cohort."""
    chosen = sorted(pair.passages, key=lambda each: -each.weight)[:_MAX_PASSAGES]
    first = _masked(texts_of(pair.first.id, pair.first.cohort), [each.first for each in chosen])
    second = _masked(texts_of(pair.second.id, pair.second.cohort), [each.second for each in chosen])
    passages = [
        ShownPassage(
            places=(_named(each.first), _named(each.second)),
            lines=(_lines(first, each.first), _lines(second, each.second)),
            owners=each.owners,
            weight=round(each.weight, 1),
        )
        for each in chosen
    ]
    return ShownPair(
        names=(_name(pair.first.id, pair.first.cohort), _name(pair.second.id, pair.second.cohort)),
        weight=round(pair.weight, 1),
        passages=passages,
        further=len(pair.passages) - len(chosen),
        mistakes=[
            (each.item, _said(each.finding, items[each.item].title if each.item in items else ""), each.owners)
            for each in pair.mistakes
        ],
    )


def _said(finding: Finding, title: str) -> Message:
    expected = finding.expected or Message(title)
    if finding.found is None:
        return _("{expected}", expected=expected)
    return _("{expected}: found {found}", expected=expected, found=finding.found)


def _name(id: str, cohort: str) -> str:
    return f"{id} ({cohort})" if cohort else id


def _named(place: Place) -> str:
    return f"{place.file}:{place.first}" + (f"–{place.last}" if place.last != place.first else "")


def _masked(texts: Mapping[str, str], places: Iterable[Place]) -> dict[str, list[str]]:
    """The lines of the files that are shown, each masked once: of a long file that takes a while."""
    return {file: quoted(texts.get(file, "")).splitlines() for file in {place.file for place in places}}


def _lines(files: Mapping[str, list[str]], place: Place) -> list[tuple[int, str]]:
    lines = files[place.file][place.first - 1 : min(place.last, place.first + _MAX_LINES - 1)]
    return [(number, line[:_MAX_WIDTH]) for number, line in enumerate(lines, place.first)]
