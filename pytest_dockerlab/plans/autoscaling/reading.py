"""A runner's configuration as settings of the autoscaling model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...gitlab.autoscaling.bounds import InstanceSettings
from ...gitlab.autoscaling.settings import Idle, MachineSettings, Period, Settings
from ...submission.gitlab_runner.executors import OF_INSTANCES, OF_MACHINES

if TYPE_CHECKING:
    from ...submission.gitlab_runner.configuration import RunnerConfiguration
    from ...submission.gitlab_runner.sections import MachineSection, RunnerSection
    from ...submission.gitlab_runner.sections import Period as SectionPeriod

__all__ = ["instance_settings", "machine_settings"]


def machine_settings(configuration: RunnerConfiguration) -> Settings | None:
    """What decides over machines of docker+machine; ``None`` where no section has that executor."""
    runners = tuple(
        _machines(each, each.machine)
        for each in configuration.runners
        if each.executor in OF_MACHINES and each.machine is not None
    )
    if not runners:
        return None
    return Settings(runners, max(configuration.concurrent, 1), max(configuration.check_interval, 1))


def instance_settings(configuration: RunnerConfiguration) -> Iterator[tuple[int, InstanceSettings]]:
    """What bounds the instances of every section that scales a group of them, by the section's index."""
    for index, runner in enumerate(configuration.runners):
        scaler = runner.autoscaler
        if runner.executor in OF_INSTANCES and scaler is not None:
            yield (
                index,
                InstanceSettings(
                    max(configuration.concurrent, 1),
                    runner.limit,
                    scaler.max_instances,
                    max(scaler.capacity_per_instance, 1),
                    max((policy.idle_count for policy in scaler.policies), default=0),
                ),
            )


def _machines(runner: RunnerSection, machine: MachineSection) -> MachineSettings:
    return MachineSettings(
        limit=runner.limit,
        idle=_idle(machine),
        max_builds=machine.max_builds,
        max_growth_rate=machine.max_growth_rate,
        request_concurrency=runner.request_concurrency,
        periods=tuple(Period(each.periods, _idle(each), each.timezone) for each in machine.autoscaling),
        off_peak=Period(
            machine.off_peak_periods,
            Idle(machine.off_peak_idle_count, machine.off_peak_idle_time),
            machine.off_peak_timezone,
        )
        if machine.off_peak_periods
        else None,
    )


def _idle(section: MachineSection | SectionPeriod) -> Idle:
    factor = section.idle_scale_factor
    return Idle(
        section.idle_count,
        section.idle_time,
        factor if math.isfinite(factor) else 0.0,
        section.idle_count_min,
    )
