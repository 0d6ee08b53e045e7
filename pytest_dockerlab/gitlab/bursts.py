"""A burst: pipelines at once, each on a branch of our own, which are gone afterwards.

Each branch is one commit on top of the default branch, in which the pipeline's file is one of ours: a single job that
waits. So nothing of the project's own pipeline runs for it, no deployment above all. The pipelines stay in GitLab's
records, those that were not over canceled.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..errors import DockerlabError
from ..interrupts import ended_in_order
from ..messages import _
from ..net.deadline import Deadline
from . import own_branches
from .answers import Job, Pipeline
from .errors import GitlabError, GitlabNotFound, GitlabRefuses, GitlabTimeout
from .past_jobs import is_over
from .project import GitlabProject

__all__ = ["JOB", "BranchesLeft", "Burst", "BurstPlan", "BurstRun", "NotHere", "burst"]

JOB = "dockerlab-burst"
_TO_REMOVE = 60.0
_LATE = 3.0
"""Seconds in which a branch may come up that GitLab was asked for when the burst was interrupted."""
_PAUSE = 5.0


class NotHere(DockerlabError):
    """This project cannot have a burst. ``reason`` is for people."""

    def __init__(self, reason: Any) -> None:
        super().__init__(reason)
        self.reason = reason


class BranchesLeft(DockerlabError):
    """Branches of ours that could not be removed."""

    def __init__(self, project: str, branches: Sequence[str], why: object) -> None:
        super().__init__(
            _(
                "branches of ours ARE STILL IN {project}: {branches} ({why}); "
                "delete them there, or with dockerlab clean",
                project=project,
                branches=list(branches),
                why=str(why),
            )
        )
        self.branches = tuple(branches)


@dataclass(frozen=True, slots=True)
class BurstPlan:
    """How many pipelines, for how many seconds the job of each lasts, and the tags by which it finds its runner."""

    count: int
    seconds: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BurstRun:
    """One branch of a burst: its pipeline and job, ``None`` while GitLab has made none."""

    branch: str
    pipeline: Pipeline | None = None
    job: Job | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.pipeline is not None and is_over(self.pipeline.status)


class Burst:
    """A burst in a project; use :func:`burst`, which removes it."""

    def __init__(self, project: GitlabProject, plan: BurstPlan, run_id: str, owner: str) -> None:
        self._project = project
        self._plan = plan
        self._id = own_branches.id_of(run_id)
        self._owner = owner
        self._path = f"/projects/{project.id}/repository"
        self.branches = tuple(own_branches.branch_name(self._id, number) for number in range(1, plan.count + 1))
        self._asked_for: str | None = None
        """The branch that GitLab was asked for, and has not said a word of yet."""
        self.runs: dict[str, BurstRun] = {}
        """By branch, as of the last look; those that were begun alone."""

    def push(self, deadline: Deadline) -> None:
        """Make the branches. Raises :class:`NotHere` and :class:`~.errors.GitlabError`."""
        start, path = self._project.default_branch, self._project.ci_file
        if start is None:
            raise NotHere(_("the project has no commit"))
        if "@" in path or "://" in path:
            raise NotHere(_("its pipeline is not described in the project itself, but in {file}", file=path))
        action = {"action": self._action(path, start), "file_path": path, "content": self._pipeline_file()}
        message = own_branches.commit_message(self._project, self._id, self._owner)
        for branch in self.branches:
            self.runs[branch] = BurstRun(branch)  # whatever becomes of the request, it may be there
            commit = {"branch": branch, "start_branch": start, "commit_message": message, "actions": [action]}
            self._create(branch, commit, deadline)

    def look(self) -> list[BurstRun]:
        """What has become of the pipelines by now."""
        for branch, run in self.runs.items():
            if run.is_over:
                continue
            pipeline = run.pipeline
            if pipeline is None:
                pipeline = next(iter(self._project.pipelines(branch, limit=1)), None)
            else:
                pipeline = self._project.pipeline(pipeline.id)
            jobs = self._project.jobs(pipeline.id, limit=20) if pipeline is not None else []
            self.runs[branch] = BurstRun(branch, pipeline, next((each for each in jobs if each.name == JOB), None))
        return list(self.runs.values())

    def wait(self, deadline: Deadline, told: Callable[[list[BurstRun]], None] = lambda runs: None) -> list[BurstRun]:
        """What has become of them when all are over, or at the deadline; ``told`` hears of it meanwhile.

        Trouble that may pass is waited out.
        """
        trouble: GitlabError | None = None
        for _attempt in deadline.attempts(longest_pause=_PAUSE):
            try:
                runs, trouble = self.look(), None
            except GitlabError as error:
                if not error.may_pass:
                    raise
                trouble = error
                continue
            told(runs)
            if all(run.is_over for run in runs):
                return runs
        if trouble is not None:
            raise trouble
        return list(self.runs.values())

    def remove(self, seconds: float = _TO_REMOVE) -> None:
        """Cancel what is not over, and delete the branches, whatever happens meanwhile.

        Raises :class:`BranchesLeft` where some of them are still there.
        """
        interrupt: BaseException | None = None
        failure: BaseException = TimeoutError()
        left = list(self.runs)
        for _attempt in Deadline(seconds).attempts(longest_pause=1.0):
            while left:
                try:
                    self._remove(left[0])
                    left.pop(0)
                except Exception as error:  # noqa: BLE001 - whatever it is, another attempt may succeed
                    failure = error
                    break
                except BaseException as error:  # noqa: BLE001 - who wants us to end, waits until they are gone
                    failure = interrupt = error
            if not left:
                break
        if left:
            raise BranchesLeft(self._project.path, left, failure)
        self.runs.clear()
        if interrupt is not None:
            raise interrupt

    def _remove(self, branch: str) -> None:
        late = Deadline(_LATE if branch == self._asked_for else 0.0)
        for _attempt in late.attempts():
            if own_branches.remove(self._project, branch, self._id):
                return

    def _action(self, path: str, ref: str) -> str:
        try:
            self._project.instance.get(f"{self._path}/files/{quote(path, safe='')}", ref=ref)
        except GitlabNotFound:
            return "create"
        return "update"

    def _create(self, branch: str, commit: dict[str, Any], deadline: Deadline) -> None:
        self._asked_for = branch
        for _attempt in deadline.attempts(longest_pause=_PAUSE):
            try:
                with self._project.instance.reading():
                    self._project.api.commits.create(commit)
                break
            except GitlabError as error:
                # What was too slow, or got lost on the way back, may be there all the same, and then it is refused.
                may_be_there = error.may_pass or isinstance(error, (GitlabTimeout, GitlabRefuses))
                if may_be_there and own_branches.owner_of(self._project, branch, self._id) is not None:
                    break
                if isinstance(error, GitlabRefuses) or not may_be_there:
                    self._asked_for = None
                    raise
                if deadline.is_over:
                    raise
                with contextlib.suppress(TimeoutError):
                    time.sleep(min(error.retry_after or 0.0, deadline.left()))
        self._asked_for = None

    def _pipeline_file(self) -> str:
        tags = f"  tags: [{', '.join(_quoted(tag) for tag in self._plan.tags)}]\n" if self._plan.tags else ""
        return f"{JOB}:\n  variables:\n    GIT_STRATEGY: none\n  script:\n    - sleep {self._plan.seconds}\n{tags}"


@contextlib.contextmanager
def burst(project: GitlabProject, plan: BurstPlan, run_id: str, owner: str) -> Iterator[Burst]:
    """A burst that is removed at the end, after Ctrl-C and SIGTERM too; ``owner`` says which process it belongs to."""
    made = Burst(project, plan, run_id, owner)
    with ended_in_order():
        try:
            yield made
        finally:
            made.remove()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
