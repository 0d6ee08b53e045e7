"""What gitlab-runner decides when it looks at its machines, and since which version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .settings import Idle

__all__ = [
    "CURRENT",
    "RECORDED",
    "Counts",
    "Rules",
    "enough_waiting",
    "is_at_limit",
    "may_create",
    "may_create_on_demand",
]

RECORDED = (10, 5)
"""The version that was recorded, of the days when the homework was written."""
CURRENT = (19, 4)
"""The version whose source was read last."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What differs from version to version."""

    sees_directories_only: bool
    """A machine whose directory is not written yet is unseen, and another one is ordered in its place."""
    removes_by_idle_only: bool
    """Whether a machine is surplus is told by those that are idle, not by those that are created too."""
    provisions_again: bool
    """A creation that failed is tried again, by provisioning the machine."""
    own_machine_only: bool
    """A job without a machine waits for the one that is created for it, not for any that is free before."""
    on_demand_above_limit: bool
    """Without an idle count machines are created for jobs whatever their number: ``limit`` is for jobs only."""
    acquires_first: bool
    """Machines are looked after before it is asked whether there may be another job."""
    knows_off_peak: bool
    knows_periods: bool
    knows_growth_rate: bool
    knows_scale_factor: bool
    knows_strict_interval: bool

    @classmethod
    def of(cls, version: tuple[int, ...]) -> Rules:
        """The rules of a version of the runner, as in ``(10, 5)``."""
        return cls(
            sees_directories_only=version < (12, 5),
            removes_by_idle_only=version < (14, 6),
            provisions_again=version < (14, 3),
            own_machine_only=version < (13, 6),
            on_demand_above_limit=version < (16, 5),
            acquires_first=version < (17, 9),
            knows_off_peak=version < (14, 0),
            knows_periods=version >= (13, 0),
            knows_growth_rate=version >= (13, 6),
            knows_scale_factor=version >= (14, 6),
            knows_strict_interval=version >= (18, 9),
        )


@dataclass(slots=True)
class Counts:
    """How many machines are in which state."""

    idle: int = 0
    acquired: int = 0
    creating: int = 0
    used: int = 0
    removing: int = 0

    def copy(self) -> Counts:
        """The same at this moment."""
        return Counts(self.idle, self.acquired, self.creating, self.used, self.removing)

    @property
    def available(self) -> int:
        """Machines that have no job, and will be there for one."""
        return self.idle + self.acquired + self.creating

    @property
    def total(self) -> int:
        """All machines."""
        return self.available + self.used + self.removing


def enough_waiting(idle: Idle, counts: Counts) -> bool:
    """Whether there are as many machines without a job as shall be."""
    available = counts.available
    if available >= idle.count:
        return True
    if idle.scale_factor <= 0:
        return False
    return available >= max(idle.count_min, 1) and available >= int(counts.used * idle.scale_factor)


def is_at_limit(limit: int, counts: Counts) -> bool:
    """Whether there is no room for another machine."""
    return 0 < limit <= counts.total


def may_create(idle: Idle, limit: int, growth_rate: int, counts: Counts) -> bool:
    """Whether another machine is ordered, for jobs to come."""
    return not (0 < growth_rate <= counts.creating or is_at_limit(limit, counts) or enough_waiting(idle, counts))


def may_create_on_demand(idle: Idle, limit: int, growth_rate: int, counts: Counts) -> bool:
    """Whether a job may be asked for, that has a machine created for itself."""
    if 0 < growth_rate <= counts.creating or is_at_limit(limit, counts):
        return False
    return idle.count <= 0 or not enough_waiting(idle, counts)


def is_surplus(rules: Rules, idle: Idle, before: Counts) -> bool:
    """Whether a machine is one too many when its idle time is over; ``before`` are those older than it."""
    return before.idle >= idle.count if rules.removes_by_idle_only else enough_waiting(idle, before)
