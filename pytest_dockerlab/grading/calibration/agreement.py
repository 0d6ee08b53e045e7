"""Where checks and people agree: of each item, and of a homework as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ...homework import Kind, Level
from ...results import ItemResult, SubmissionResult, Verdict
from ..graded import Graded
from .past import ALL, Past, PastGrade

__all__ = ["Agreement", "Case", "Disagreement", "ItemAgreement", "agreement"]

_OBJECTS = (Verdict.FAILED, Verdict.ADVISED)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A check and a person said otherwise of one submission."""

    id: str
    verdict: Verdict
    said: str
    """What the person said, as it is in the file of grades."""


@dataclass(slots=True)
class ItemAgreement:
    """What one item says of work that people have graded."""

    id: str
    title: str
    level: Level
    default_level: Level
    max_points: float
    verdicts: dict[bool, Counter[Verdict]] = field(default_factory=lambda: {True: Counter(), False: Counter()})
    """Of work that was accepted, and of that which was not."""
    agreed: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)
    is_graded_itself: bool = False
    """People graded this very item, not only the whole."""

    @property
    def compared(self) -> int:
        """Of how many submissions something was said by both."""
        return self.agreed + len(self.disagreements)

    def known(self, is_accepted: bool) -> int:
        """Of how many that were accepted, or not, the check says that it is right or wrong."""
        return self.verdicts[is_accepted][Verdict.PASSED] + self.objections(is_accepted)

    def objections(self, is_accepted: bool) -> int:
        """To how many that were accepted, or not, it objects."""
        return sum(self.verdicts[is_accepted][verdict] for verdict in _OBJECTS)

    def unknown(self) -> int:
        """Of how many it says nothing that could be known."""
        return sum(said[verdict] for said in self.verdicts.values() for verdict in (Verdict.UNVERIFIED, Verdict.ERROR))


@dataclass(frozen=True, slots=True)
class Case:
    """One submission as a whole: what a person said, and what the checks say of which items."""

    id: str
    is_accepted: bool
    grade: PastGrade
    items: frozenset[str]
    objecting: frozenset[str]
    passed: frozenset[str]

    def agrees(self, levels: Mapping[str, Level]) -> bool:
        """Whether it is accepted by items of these ``levels`` too: whether no required one objects."""
        return self.is_accepted != any(levels[item] is Level.REQUIRED for item in self.objecting)


@dataclass(slots=True)
class Agreement:
    """All of it."""

    items: dict[str, ItemAgreement]
    cases: dict[str, list[Case]]
    """By what was graded as a whole: a homework, or :data:`ALL`."""
    not_graded_then: list[str]
    """Submissions of which the file of grades says nothing."""
    not_graded_now: list[str]
    """Those of the file of which there is no result."""
    accepted_from: float

    @property
    def levels(self) -> Mapping[str, Level]:
        """The level of each item as it was graded."""
        return {id: item.level for id, item in self.items.items()}


def agreement(
    graded: Iterable[Graded], past: Past, default_level: Callable[[str], Level | None], accepted_from: float
) -> Agreement:
    """Hold results, which are read once, against grades.

    :param default_level: of an item, where no course file says otherwise.
    :param accepted_from: from which share of the maximum on a number means accepted.
    """
    made = Agreement({}, {}, [], [], accepted_from)
    seen = set()
    for each in graded:
        if each.result is None:
            continue
        seen.add(each.id)
        if any(each.id in grades for grades in past.grades.values()):
            _add(made, each.result, past, default_level)
        else:
            made.not_graded_then.append(each.id)
    made.not_graded_now = [id for id in past.ids if id not in seen]
    return made


def _add(made: Agreement, result: SubmissionResult, past: Past, default_level: Callable[[str], Level | None]) -> None:
    items = [item for item in result.items if item.kind is Kind.SUBMISSION and not item.is_planned]
    is_one_homework = len({_slug(item.id) for item in items}) == 1
    for item in items:
        if item.id not in made.items:
            default = default_level(item.id) or item.level
            made.items[item.id] = ItemAgreement(item.id, item.title, item.level, default, item.max_points)
        about, grade = _grade_of(item.id, result.id, past)
        is_accepted = grade is not None and grade.share >= made.accepted_from
        # of several homeworks that are rejected together nobody knows which
        if grade is not None and (is_accepted or about != ALL or is_one_homework):
            _compare(made.items[item.id], item, result.id, grade, is_accepted, is_itself=about == item.id)
    for about, grades in past.grades.items():
        whole = [item for item in items if about in (ALL, _slug(item.id))]
        if whole and result.id in grades:
            grade = grades[result.id]
            case = Case(
                result.id,
                grade.share >= made.accepted_from,
                grade,
                items=frozenset(item.id for item in whole),
                objecting=frozenset(item.id for item in whole if item.verdict in _OBJECTS and item.is_verified),
                passed=frozenset(item.id for item in whole if item.verdict is Verdict.PASSED and item.is_verified),
            )
            made.cases.setdefault(about, []).append(case)


def _grade_of(item: str, id: str, past: Past) -> tuple[str, PastGrade | None]:
    for about in (item, _slug(item), ALL):
        grade = past.grades.get(about, {}).get(id)
        if grade is not None:
            return about, grade
    return ALL, None


def _compare(
    made: ItemAgreement, item: ItemResult, id: str, grade: PastGrade, is_accepted: bool, *, is_itself: bool
) -> None:
    verdict = item.verdict if item.rehearsal is None else Verdict.UNVERIFIED
    made.verdicts[is_accepted][verdict] += 1
    made.is_graded_itself |= is_itself
    objects = verdict in _OBJECTS
    if objects != is_accepted and (objects or verdict is Verdict.PASSED):
        made.agreed += 1
    # that one item of what was rejected is right contradicts nobody, unless it was the item that was rejected
    elif objects or (is_itself and verdict is Verdict.PASSED):
        made.disagreements.append(Disagreement(id, verdict, grade.said))


def _slug(item: str) -> str:
    return item.partition("/")[0]
