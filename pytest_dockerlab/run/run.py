"""A run: what is asked, of whom, and with which settings. Decided by the controller (preparation.py)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..course import Course
from ..homework import Homework, Item, Kind
from ..messages import Message, _
from ..options import Settings
from ..report.github.commands import is_wanted
from ..results import Asked, ItemResult, Verdict
from ..source import Source

if TYPE_CHECKING:
    from ..submission.submission import Submission

__all__ = ["ONLY_SET_UP", "RUN", "WORKER_INPUT", "Run"]

WORKER_INPUT = "dockerlab"
RUN: pytest.StashKey[Run] = pytest.StashKey()
ONLY_SET_UP = _("the command line asks for set-up only")


@dataclass(slots=True)
class Run:
    """One run: what is asked, of whom. The controller makes it; a worker gets it from the controller."""

    settings: Settings
    items: list[Item]
    homeworks: list[Homework]
    sources: list[Source]
    course: Course
    folder: Path
    started: float
    is_worker: bool = False
    asked: Asked = field(default_factory=Asked)
    """What the user named, of which ``items`` came; a worker has no use for it."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    """What marks everything that the run makes on a docker host."""
    owner: str = ""
    """The controller's process, as what it makes on a docker host is labelled."""
    may_fail_labs: bool = False
    """Whether the docker host is the student's own, so that a lab's finding is about what they did there."""
    slice_files: tuple[Path, ...] = ()
    """Where grading wants the results of each of ``sources``."""
    labs: Mapping[str, ItemResult] = field(default_factory=dict)
    """What is known of the docker host already: these are not asked again."""
    notes: list[str] = field(default_factory=list)
    unreadable: list[Message] = field(default_factory=list)
    """Of a run of all homeworks: those that could not be read."""
    nodes: dict[tuple[str, str | None], Any] = field(default_factory=dict)
    """Every check that was collected, by item and submission, also one that was deselected: another may need it."""
    left_out: set[str] = field(default_factory=set)
    """The node ids of those that were deselected, by the command line or by a plugin."""
    _submissions: dict[tuple[str, str | None], Submission] = field(default_factory=dict)

    @property
    def tells_github(self) -> bool:
        """Whether it says to GitHub what came of it. A slice of a grading tells its grading."""
        return not self.slice_files and is_wanted(self.settings.github)

    @property
    def is_students_host(self) -> bool:
        """Whether what lies on the docker host is the student's: of a roster's many students it is nobody's."""
        return self.may_fail_labs and not self.settings.roster

    def asked_of(self) -> Iterator[tuple[str, Item, str | None]]:
        """The node id of every check, with its item, and the submission that it is asked of (``None`` for a lab)."""
        for item in self.items:
            for source in [None] if item.kind is Kind.LAB else [source.id for source in self.sources]:
                yield item.node_id(source), item, source

    def submission(self, source: Source, slug: str) -> Submission:
        """The submission of ``source`` at the revision for homework ``slug``.

        Only those of one source are kept: in a run over hundreds they come one after another.
        """
        from ..submission.submission import Submission

        revision = source.revisions[slug]
        key = source.id, None if revision["worktree"] else revision["commit"]
        if key not in self._submissions:
            if any(id != source.id for id, _commit in self._submissions):
                self._submissions.clear()
            self._submissions[key] = Submission(source.id, source.tree(slug))
        return self._submissions[key]

    def error(self, item: Item, submission: str | None, reason: Message) -> ItemResult:
        """The result of an item that came to nothing: no check judged it."""
        return ItemResult(
            id=item.id,
            title=item.title,
            kind=item.kind,
            level=self.course.level_of(item),
            tier=item.tier,
            verdict=Verdict.ERROR,
            submission=submission if item.kind is Kind.SUBMISSION else None,
            reason=reason,
            max_points=self.course.points_of(item),
        )

    def unverified(self, item: Item, submission: str | None, reason: Message) -> ItemResult:
        """The result of an item that was not asked, on purpose."""
        result = self.error(item, submission, reason)
        result.verdict = Verdict.UNVERIFIED
        return result

    def to_json(self) -> dict[str, Any]:
        """Plain data for the workers."""
        return {
            "settings": self.settings.to_json(),
            "items": [item.id for item in self.items],
            "sources": [source.to_json() for source in self.sources],
            "folder": str(self.folder),
            "started": self.started,
            "id": self.id,
            "owner": self.owner,
            "may_fail_labs": self.may_fail_labs,
        }
