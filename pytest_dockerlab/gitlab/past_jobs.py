"""What a project's jobs tell of the past: how many ran at once, which waited in vain, and why some were canceled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .answers import Job, Pipeline
from .concurrency import Peak, peak

__all__ = ["Canceled", "Crew", "canceled", "crews", "is_over", "was_dropped"]

_APART = timedelta(hours=1)
"""What begins so long after the end of all before it belongs to another day's work: settings may be others by then."""
_OVER = frozenset({"success", "failed", "canceled", "skipped"})
_DROPPED = ("stuck_or_timeout_failure", "runner_provisioning_timeout")


@dataclass(frozen=True, slots=True)
class Crew:
    """The jobs that one process of one runner took in one go: ``limit`` and ``concurrent`` are for them together."""

    runner: int
    """0 where it was deleted since."""
    description: str
    jobs: tuple[Job, ...]
    peak: Peak

    def at_the_peak(self) -> list[Job]:
        """The jobs that ran when most of them did, and then the others, those nearest to it first."""
        at = self.peak.at
        if at is None:
            return list(self.jobs)

        def distance(job: Job) -> timedelta:
            begin, end = _span(job)
            if begin <= at and (end is None or at < end):
                return timedelta(-1)
            return min(abs(begin - at), abs((end or begin) - at))

        return sorted(self.jobs, key=distance)


@dataclass(frozen=True, slots=True)
class Canceled:
    """Jobs that were canceled: by a newer push to the same branch before they began, else by somebody."""

    by_newer_push: int = 0
    by_somebody: int = 0


def is_over(status: str) -> bool:
    """Whether a pipeline or job of this status will not change any more."""
    return status in _OVER


def crews(jobs: Iterable[Job]) -> list[Crew]:
    """The jobs that ran, by who took them and when, the newest first."""
    taken: dict[tuple[int, int | None], list[Job]] = defaultdict(list)
    for job in jobs:
        if job.started_at is not None:
            taken[job.runner or 0, job.manager].append(job)
    found = [
        Crew(runner, next((job.runner_description for job in each if job.runner_description), None) or "",
             tuple(each), peak(map(_span, each)))
        for (runner, _manager), theirs in taken.items()
        for each in _in_one_go(theirs)
    ]  # fmt: skip
    return sorted(found, key=lambda crew: _span(crew.jobs[-1])[0], reverse=True)


def _in_one_go(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    together: list[Job] = []
    until = datetime.min.replace(tzinfo=UTC)
    for job in sorted(jobs, key=lambda job: _span(job)[0]):
        begin, end = _span(job)
        if together and begin - until > _APART:
            yield together
            together = []
        until = max(until, end or begin) if together else end or begin
        together.append(job)
    yield together


def was_dropped(job: Job) -> bool:
    """Whether GitLab gave it up because no runner took it."""
    return job.status == "failed" and job.started_at is None and job.failure_reason in _DROPPED


def canceled(jobs: Iterable[Job], pipelines: Sequence[Pipeline]) -> Canceled:
    """Why jobs were canceled. GitLab does not say it: a job that had not begun when its branch had a newer pipeline."""
    known = {each.id: each for each in pipelines}
    found = Canceled()
    for job in jobs:
        if job.status != "canceled":
            continue
        own = known.get(job.pipeline) if job.pipeline is not None else None
        if job.started_at is None and own is not None and any(_replaces(each, own) for each in pipelines):
            found = Canceled(found.by_newer_push + 1, found.by_somebody)
        else:
            found = Canceled(found.by_newer_push, found.by_somebody + 1)
    return found


def _replaces(newer: Pipeline, older: Pipeline) -> bool:
    if newer.ref != older.ref or newer.sha == older.sha or newer.id <= older.id:
        return False
    # lists of GitLab 10 have no times
    return newer.created_at is None or older.updated_at is None or newer.created_at <= older.updated_at


def _span(job: Job) -> tuple[datetime, datetime | None]:
    assert job.started_at is not None
    return job.started_at, job.finished_at if is_over(job.status) else None
