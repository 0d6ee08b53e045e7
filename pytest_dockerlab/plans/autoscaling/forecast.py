"""A burst of jobs for a runner at rest, and what the model says comes of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from ...gitlab.autoscaling.bounds import most_machines
from ...gitlab.autoscaling.settings import USUAL_TIMES, Settings, Times, burst
from ...gitlab.autoscaling.simulation import Simulation, States
from ...gitlab.autoscaling.simulator import NOON, simulate
from ...messages import Message, _

__all__ = ["JOB_SECONDS", "Forecast", "forecast"]

JOB_SECONDS = 600.0
"""Long enough for every machine to be created before the first job is over, in most configurations."""
_QUIET = 60.0
_COUNTS: tuple[tuple[Message, Callable[[States], int]], ...] = (
    (_("machines"), lambda states: states.all),
    (_("at work"), lambda states: states.used),
    (_("idle"), lambda states: states.idle),
    (_("being created"), lambda states: states.creating),
    (_("being removed"), lambda states: states.removing),
)


@dataclass(frozen=True)
class Forecast:
    """A simulated burst. Times count from the moment in which the jobs came."""

    settings: Settings
    version: tuple[int, ...]
    simulation: Simulation
    begin: float
    """The burst, by the simulation's clock."""

    @property
    def idle_before(self) -> int:
        """Machines that waited for the jobs."""
        return self.simulation.at(self.begin).idle

    @property
    def peak(self) -> int:
        """The most machines at once, but for those that are being removed."""
        return self.simulation.peak(since=self.begin)

    @property
    def peak_of_all(self) -> int:
        """With those."""
        return self.simulation.peak(lambda states: states.all, since=self.begin)

    @property
    def peak_used(self) -> int:
        """The most jobs that ran at once."""
        return self.simulation.peak(lambda states: states.used, since=self.begin)

    @property
    def bound(self) -> int:
        """The most machines there may be by the documentation."""
        return most_machines(self.settings)

    @property
    def idle_after(self) -> int:
        """Machines that are left."""
        return self.simulation.final.all

    @property
    def longest_wait(self) -> float:
        """How long the job waited that waited longest."""
        return max(self.simulation.waits, default=0.0)

    @property
    def rest(self) -> float:
        """From the burst until nothing changed any more."""
        return max(self.simulation.end - self.begin, 0.0)

    @property
    def machine_seconds(self) -> float:
        """The seconds of all machines from the burst on."""
        states = self.states
        ends = [*(each.at for each in states[1:]), self.rest]
        return sum(each.all * (end - each.at) for each, end in zip(states, ends, strict=True))

    @property
    def states(self) -> tuple[States, ...]:
        """How many machines were in which state, from the burst on."""
        before = self.simulation.at(self.begin)
        later = (each._replace(at=each.at - self.begin) for each in self.simulation.states if each.at > self.begin)
        return (before._replace(at=0.0), *later)

    @property
    def series(self) -> dict[str, list[tuple[float, float]]]:
        """The states as they changed, by their names, which are messages' ids."""
        found: dict[str, list[tuple[float, float]]] = {}
        for name, count in _COUNTS:
            points: list[tuple[float, float]] = []
            for states in self.states:
                if not points or points[-1][1] != count(states):
                    points.append((round(states.at, 1), count(states)))
            found[name.id] = [*points, (round(self.rest, 1), points[-1][1])]
        return found


def forecast(
    settings: Settings,
    jobs: int,
    version: tuple[int, ...],
    *,
    seconds: float = JOB_SECONDS,
    times: Times = USUAL_TIMES,
    clock: datetime.datetime = NOON,
) -> Forecast:
    """So many jobs at once for a runner that has created the machines it keeps waiting.

    Raises :class:`.timeline.TooLong`, and :class:`.periods.UnreadablePeriod`.
    """
    begin = simulate(settings, (), times, version, clock=clock).end + _QUIET
    return Forecast(
        settings, version, simulate(settings, burst(jobs, seconds, begin), times, version, clock=clock), begin
    )
