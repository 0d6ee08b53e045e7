"""What a simulation is given: settings, jobs, and how long things take."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .periods import is_in_period
from .rules import Rules

__all__ = ["USUAL_TIMES", "CreationFailures", "Idle", "Job", "MachineSettings", "Period", "Settings", "Times", "burst"]


@dataclass(frozen=True, slots=True)
class Idle:
    """How many machines wait for work, and how long those beyond that: what a period replaces as a whole."""

    count: int = 0
    time: float = 0
    scale_factor: float = 0.0
    count_min: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """Other values for some of the time: of the periods that are on, the last one holds."""

    expressions: tuple[str, ...]
    idle: Idle
    timezone: str = ""

    def is_on(self, when: datetime.datetime) -> bool:
        """Whether it is on at that time. Raises :class:`.periods.UnreadablePeriod`."""
        return any(is_in_period(each, self.timezone, when) for each in self.expressions)


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """One ``[[runners]]`` of the executor docker+machine; 0 is no limit, as there."""

    limit: int = 0
    idle: Idle = Idle()
    max_builds: int = 0
    max_growth_rate: int = 0
    request_concurrency: int = 1
    strict_check_interval: bool = False
    periods: tuple[Period, ...] = ()
    off_peak: Period | None = None

    @property
    def expressions(self) -> int:
        """How many cron expressions its periods have."""
        return sum(len(each.expressions) for each in (*self.periods, *([self.off_peak] if self.off_peak else [])))

    def as_read_by(self, rules: Rules) -> MachineSettings:
        """The same without what this version does not know, or no longer."""
        return replace(
            self,
            idle=_idle_as_read_by(rules, self.idle),
            max_growth_rate=self.max_growth_rate if rules.knows_growth_rate else 0,
            strict_check_interval=self.strict_check_interval and rules.knows_strict_interval,
            periods=tuple(replace(each, idle=_idle_as_read_by(rules, each.idle)) for each in self.periods)
            if rules.knows_periods
            else (),
            off_peak=self.off_peak if rules.knows_off_peak else None,
        )

    def idle_at(self, when: datetime.datetime) -> Idle:
        """The values that hold at a time."""
        if self.off_peak is not None and not self.periods and self.off_peak.is_on(when):
            return self.off_peak.idle
        for period in reversed(self.periods):
            if period.is_on(when):
                return period.idle
        return self.idle


def _idle_as_read_by(rules: Rules, idle: Idle) -> Idle:
    return idle if rules.knows_scale_factor else Idle(idle.count, idle.time)


@dataclass(frozen=True, slots=True)
class Settings:
    """A runner's whole configuration, as far as it decides over machines."""

    runners: tuple[MachineSettings, ...]
    concurrent: int = 1
    check_interval: float = 3


@dataclass(frozen=True, slots=True)
class CreationFailures:
    """Machines whose creation fails, by their numbers. Before 14.3 they are provisioned again, up to three times."""

    which: frozenset[int]
    after: float = 2.0
    leaves_directory: bool = True
    is_provisioned: bool = False
    provision: float = 0.3


@dataclass(frozen=True, slots=True)
class Times:
    """How many seconds things take."""

    creation: float = 60.0
    removal: float = 25.0
    acquire: float = 0.02
    """One call of docker-machine, in which nobody else can ask for a machine."""
    use: float = 0.1
    """From a job that was handed out to its machine in use: four calls."""
    request: float = 0.01
    """GitLab's answer to a request for a job."""
    directory: float = 0.0
    """Until docker-machine has written the directory of a machine: before 12.5 it is unseen as long."""
    failures: CreationFailures | None = None


USUAL_TIMES = Times()


@dataclass(frozen=True, slots=True)
class Job:
    """A job in the queue: since when, and how long it runs on its machine."""

    at: float
    seconds: float


def burst(count: int, seconds: float | Sequence[float], at: float = 0.0) -> tuple[Job, ...]:
    """So many jobs at once."""
    lengths = seconds if isinstance(seconds, Sequence) else [seconds] * count
    return tuple(Job(at, length) for length in lengths[:count])
