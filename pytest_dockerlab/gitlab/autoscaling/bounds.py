"""The most that a configuration allows, whatever the jobs: by its documentation, without a simulation."""

from __future__ import annotations

from dataclasses import dataclass

from .settings import Settings

__all__ = ["InstanceSettings", "most_machines"]


def most_machines(settings: Settings) -> int:
    """Machines of docker+machine at once: a job each for all workers, the idle ones beside them, no more than limit."""
    return sum(
        min(runner.limit or settings.concurrent + idle, settings.concurrent + idle)
        for runner in settings.runners
        for idle in [max(runner.idle.count, *(period.idle.count for period in runner.periods), 0)]
    )


@dataclass(frozen=True, slots=True)
class InstanceSettings:
    """One ``[[runners]]`` of the executors docker-autoscaler and instance; 0 is no limit, as there."""

    concurrent: int
    limit: int = 0
    max_instances: int = 0
    capacity: int = 1
    idle_jobs: int = 0
    """Jobs, not instances, for which there shall be room ahead."""

    @property
    def bounds(self) -> dict[str, int]:
        """Jobs at once, by the setting that allows no more."""
        each = {
            "concurrent": self.concurrent,
            "limit": self.limit,
            "max_instances": self.max_instances * self.capacity,
        }
        return {name: jobs for name, jobs in each.items() if jobs > 0}

    @property
    def most_jobs(self) -> int:
        """Jobs at once."""
        return min(self.bounds.values())

    @property
    def most_instances(self) -> int:
        """Instances at once: for those jobs, and for those to come."""
        wanted = -(-(self.most_jobs + self.idle_jobs) // self.capacity)
        return min(wanted, self.max_instances) if self.max_instances > 0 else wanted

    @property
    def instances_at_work(self) -> int:
        """Of them, those that have a job when there are as many jobs as may be."""
        return -(-self.most_jobs // self.capacity)
