"""What stands on the page of one submission, in words of its reader's language: all that templates and Markdown get."""

from __future__ import annotations

from dataclasses import dataclass, field

from .curves import CurvesPicture
from .layers import LayersPicture
from .networks import NetworksPicture

__all__ = ["FindingView", "Fold", "Group", "ItemView", "Line", "PageView", "Picture"]

Picture = NetworksPicture | LayersPicture | CurvesPicture


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the submission; ``is_meant``: the finding speaks of it."""

    number: int
    text: str
    is_meant: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One thing wrong."""

    place: str
    lines: tuple[Line, ...]
    expected: str
    found: str
    hint: str


@dataclass(slots=True)
class ItemView:
    """One item. Empty text and empty lists are what there is nothing of, or what is not shown."""

    id: str
    title: str
    style: str
    symbol: str
    verdict: str
    tags: list[str]
    points: str
    number: int = 0
    """Its place in the results: for names in the page that are nobody else's words."""
    findings: list[FindingView] = field(default_factory=list)
    reason: str = ""
    remedy: str = ""
    evidence: list[tuple[str, str]] = field(default_factory=list)
    dependents: list[str] = field(default_factory=list)
    override: tuple[str, str] | None = None
    """What the instructor says, and what the automatic verdict was."""
    pictures: list[Picture] = field(default_factory=list)
    explanation: str = ""
    """HTML, of the course's own pages."""

    @property
    def has_more(self) -> bool:
        """Whether there is something that can be looked at."""
        return bool(self.findings or self.reason or self.remedy or self.evidence or self.pictures or self.override)


@dataclass(slots=True)
class Fold:
    """Items of which no more has to be said than how many they are: labs that passed, what one thing is missing for."""

    title: str
    remedy: str
    items: list[ItemView]


@dataclass(slots=True)
class Group:
    """Items with verdicts of one kind; ``items`` stand by themselves."""

    style: str
    title: str
    items: list[ItemView]
    folds: list[Fold] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self.items) + sum(len(fold.items) for fold in self.folds)


@dataclass(slots=True)
class PageView:
    """The page."""

    language: str
    title: str
    homeworks: list[str]
    course: str
    submission: str
    who: str
    revisions: list[str]
    when: str
    score: str
    bar: tuple[float, float] | None
    """Of what is required: the part that was earned, and the part that was verified."""
    score_notes: list[str]
    counts: list[tuple[str, str]]
    groups: list[Group]
    nothing_to_correct: str
    """Where that is so."""
    notes: list[str]
    made_by: str
