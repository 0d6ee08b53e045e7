"""What the gradebook says, before it is written anywhere: every number that is shown or exported is one of these.

The total is made once, here, by the score of results.json after the instructor's overrides. It is never cut for
lateness: what is known of the deadline stands beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...homework import Kind, Level, Tier
from ...results import Verdict
from ..graded import Status
from ..workflows import State
from .overrides import Override

__all__ = ["Cause", "Entry", "Gradebook", "GradedHomework", "GradedItem", "Mark", "Workflow"]

_DISTANCE = (State.SAME, State.ABSENT, State.DIFFERS)


@dataclass(frozen=True, slots=True)
class GradedHomework:
    """A homework that was graded."""

    slug: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class GradedItem:
    """A column of the gradebook: an item, as this course has it."""

    id: str
    title: str
    kind: Kind
    level: Level
    tier: Tier
    max_points: float

    @property
    def slug(self) -> str:
        """The homework's slug; ``manual`` where only people mark it."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a verdict is what it is, apart from where: what many submissions have in common."""

    sentence: str
    """A message id."""
    args: tuple[tuple[str, str], ...]
    """What stands in its places, rendered: in each submission something else, in most cases."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one submission has for one item."""

    verdict: Verdict
    points: float
    max_points: float
    because_of: str | None = None
    """The item whose verdict is the cause of this one."""
    why: str = ""
    """The first finding, or why nothing could be found. Parts of it are the submission's: escape it."""
    cause: Cause | None = None
    remedy: str = ""
    """What to do."""
    findings: int = 0
    is_rehearsal: bool = False
    """It was asked of a fake, and does not count."""
    automatic: Mark | None = None
    """What the check said, where a person said otherwise; a manual item has none."""
    override: Override | None = None
    """Who decided it and why, where a person did."""

    @property
    def is_verified(self) -> bool:
        """Whether something about the submission is known by it."""
        return self.verdict.is_verified and not self.is_rehearsal


@dataclass(frozen=True, slots=True)
class Workflow:
    """Whether a file that has a submission checked is the course's template of it."""

    homework: str
    path: str
    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the roster, and what it has."""

    id: str
    columns: Mapping[str, str]
    """The row's cells, those of columns that we do not know too."""
    members: tuple[Mapping[str, str], ...]
    """The same for each person of it: a group's repository has several."""
    status: Status
    reason: str
    """Why there is no result, where there is none."""
    points: float
    bonus: float
    total: float | None
    """Points and bonus, after overrides. ``None``: nothing about the submission is known, not even by hand, so that it
    has no score, and not 0 points."""
    maximum: float
    verified_maximum: float
    """Of the maximum: what is known by now."""
    is_final: bool
    """No required item is left that was asked for and not verified."""
    is_settled: bool
    """It is final, or only for items that nobody could look at because another one failed: what is missing is the
    student's."""
    marks: Mapping[str, Mark]
    """By item. Where there is no result each mark says so, unless it was given by hand."""
    late: str
    """What is known of the deadline; empty where nothing is to be said of it."""
    is_late: bool
    """By the date that its commit gives itself."""
    commits: Mapping[str, str]
    """The commit that was checked, by homework's slug."""
    is_folder: bool = False
    """It has no git: what lay in its folder was checked."""
    workflows: tuple[Workflow, ...] = ()
    """Of what the course has a template for. A fact: no point depends on it."""

    @property
    def workflow(self) -> State | None:
        """The one that is furthest from the course's; ``None`` where there is no template, or nothing is known."""
        return max((each.state for each in self.workflows), key=_DISTANCE.index, default=None)


@dataclass(frozen=True, slots=True)
class Gradebook:
    """All of it, its texts in one language."""

    language: str
    course: str
    tier: Tier | None
    """The highest that was asked for; ``None`` before the first result."""
    homeworks: Sequence[GradedHomework]
    items: Sequence[GradedItem]
    """First what is asked of a submission, then what people mark by hand, and the labs last."""
    rows: Sequence[Entry]
    """In the order of the roster."""
    maximum: float
    """Of the required items: the score of whoever has all of them."""
    started: str
    """When the first submission was looked at: ISO 8601, UTC; empty before."""
    docker_hosts: Sequence[str]
    warnings: Sequence[str]
    """What makes rows hard to compare."""

    @property
    def columns(self) -> list[GradedItem]:
        """The items of a table: a lab without points is nobody's."""
        return [item for item in self.items if item.kind is Kind.SUBMISSION or item.max_points]

    def verdicts_of(self, item: GradedItem) -> Counter[Verdict]:
        """How many submissions have which verdict for it."""
        return Counter(row.marks[item.id].verdict for row in self.rows if item.id in row.marks)

    @property
    def statuses(self) -> Counter[Status]:
        """How many rows have come how far."""
        return Counter(row.status for row in self.rows)
