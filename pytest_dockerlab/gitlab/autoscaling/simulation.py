"""What came of a simulation: the machines, the jobs, and how many machines were in which state when."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .settings import Job

__all__ = ["Event", "JobRun", "Machine", "Simulation", "States", "What"]


class What(enum.Enum):
    """What can happen."""

    ORDERED = "ordered"
    READY = "ready"
    FAILED = "creation failed"
    REMOVING = "removing"
    REMOVED = "removed"
    HANDED_OUT = "job handed out"
    STARTED = "job started"
    FINISHED = "job finished"
    GIVEN_UP = "job given up"


class Event(NamedTuple):
    """Something that happened to a machine or a job, which are numbered from 1."""

    at: float
    what: What
    machine: int | None = None
    job: int | None = None
    reason: str = ""


class States(NamedTuple):
    """How many machines are in which state, from a moment on. Those just asked for are idle."""

    at: float
    idle: int = 0
    creating: int = 0
    used: int = 0
    removing: int = 0

    @property
    def kept(self) -> int:
        """Machines that are not being removed."""
        return self.idle + self.creating + self.used

    @property
    def all(self) -> int:
        """All machines, as ``limit`` counts them."""
        return self.kept + self.removing


@dataclass(slots=True)
class Machine:
    """A machine's life; what has not happened is ``None``."""

    number: int
    section: int
    """Which ``[[runners]]`` it belongs to, from 0."""
    ordered: float | None = None
    """``None`` for one that was there before."""
    ready: float | None = None
    removal: float | None = None
    gone: float | None = None
    reason: str = ""
    jobs: list[int] = field(default_factory=list)


@dataclass(slots=True)
class JobRun:
    """A job's life; what has not happened is ``None``."""

    number: int
    job: Job
    handed_out: float | None = None
    started: float | None = None
    finished: float | None = None
    machine: int | None = None

    @property
    def wait(self) -> float | None:
        """Seconds in the queue and on the way to a machine."""
        return None if self.started is None else self.started - self.job.at

    @property
    def has_run(self) -> bool:
        """Whether it ran to its end."""
        return self.started is not None and self.finished is not None


@dataclass(frozen=True, slots=True)
class Simulation:
    """All that happened, in the order it did; times in seconds from the runner's start."""

    states: tuple[States, ...]
    machines: tuple[Machine, ...]
    jobs: tuple[JobRun, ...]
    events: tuple[Event, ...]
    end: float
    """When something changed last."""

    def peak(self, count: Callable[[States], int] = lambda states: states.kept, since: float = 0.0) -> int:
        """The most there were at once, of machines that were not being removed or of what ``count`` counts."""
        return max(
            (count(states) for states, until in self._spans() if until > since or states is self.final), default=0
        )

    @property
    def final(self) -> States:
        """What is left."""
        return self.states[-1]

    @property
    def created(self) -> int:
        """Machines that became ready."""
        return sum(machine.ready is not None for machine in self.machines)

    @property
    def failed(self) -> int:
        """Machines that did not."""
        return sum(event.what is What.FAILED for event in self.events)

    @property
    def removed(self) -> int:
        """Machines that are gone."""
        return sum(machine.gone is not None for machine in self.machines)

    @property
    def machines_used(self) -> int:
        """Machines that ran a job."""
        return sum(bool(machine.jobs) for machine in self.machines)

    @property
    def jobs_run(self) -> int:
        """Jobs that ran to their end."""
        return sum(job.has_run for job in self.jobs)

    @property
    def waits(self) -> tuple[float, ...]:
        """How long each job waited that started."""
        return tuple(job.wait for job in self.jobs if job.wait is not None)

    @property
    def machine_seconds(self) -> float:
        """What is paid for: the seconds of every machine from its order until it is gone, or until the end."""
        return sum(states.all * (until - states.at) for states, until in self._spans())

    @property
    def used_seconds(self) -> float:
        """Those of them in which a job ran."""
        return sum(states.used * (until - states.at) for states, until in self._spans())

    def at(self, when: float) -> States:
        """The states at a moment."""
        found = States(when)
        for states in self.states:
            if states.at > when:
                break
            found = states
        return found

    def _spans(self) -> Iterator[tuple[States, float]]:
        yield from zip(
            self.states, [*(each.at for each in itertools.islice(self.states, 1, None)), self.end], strict=True
        )
