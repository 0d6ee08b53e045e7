"""A runner's configuration as settings of the model, and the burst that is foretold for it."""

from __future__ import annotations

import pytest

from pytest_dockerlab.gitlab.autoscaling.bounds import InstanceSettings, most_machines
from pytest_dockerlab.gitlab.autoscaling.rules import CURRENT, RECORDED
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, MachineSettings, Period, Settings
from pytest_dockerlab.plans.autoscaling.forecast import forecast
from pytest_dockerlab.plans.autoscaling.reading import instance_settings, machine_settings
from pytest_dockerlab.submission.gitlab_runner.configuration import read_configuration

EVERYTHING = """\
concurrent = 8
check_interval = 2

[[runners]]
  executor = "shell"

[[runners]]
  executor = "docker+machine"
  limit = 6
  request_concurrency = 2
  [runners.machine]
    IdleCount = 4
    IdleTime = 600
    MaxBuilds = 10
    MaxGrowthRate = 3
    IdleScaleFactor = 1.5
    IdleCountMin = 2
    OffPeakPeriods = ["* * 0-8 * * mon-fri *"]
    OffPeakTimezone = "Europe/Moscow"
    OffPeakIdleCount = 1
    OffPeakIdleTime = 60
    [[runners.machine.autoscaling]]
      Periods = ["* * * * * sat,sun *"]
      Timezone = "UTC"
      IdleCount = 9

[[runners]]
  executor = "docker-autoscaler"
  limit = 5
  [runners.autoscaler]
    capacity_per_instance = 2
    max_instances = 4
    [[runners.autoscaler.policy]]
      idle_count = 3
"""


def test_every_setting_that_decides_over_machines_is_read() -> None:
    settings = machine_settings(read_configuration(EVERYTHING, "config.toml"))
    assert settings == Settings(
        (
            MachineSettings(
                limit=6,
                idle=Idle(4, 600, 1.5, 2),
                max_builds=10,
                max_growth_rate=3,
                request_concurrency=2,
                periods=(Period(("* * * * * sat,sun *",), Idle(9), "UTC"),),
                off_peak=Period(("* * 0-8 * * mon-fri *",), Idle(1, 60), "Europe/Moscow"),
            ),
        ),
        8,
        2,
    )


def test_what_bounds_a_group_is_read_with_its_section() -> None:
    [(index, group)] = instance_settings(read_configuration(EVERYTHING, "config.toml"))
    assert (index, group) == (2, InstanceSettings(8, 5, 4, 2, 3))


@pytest.mark.parametrize(
    "text",
    ["", "concurrent = 5\n", '[[runners]]\nexecutor = "docker"\n[runners.machine]\nIdleCount = 1\n',
     '[[runners]]\nexecutor = "docker+machine"\n'],
)  # fmt: skip
def test_where_no_runner_creates_machines_there_are_no_settings(text: str) -> None:
    assert machine_settings(read_configuration(text, "config.toml")) is None


def test_numbers_that_no_runner_takes_are_as_if_they_were_not_there() -> None:
    text = EVERYTHING.replace("concurrent = 8", "concurrent = 0").replace("= 1.5", "= inf")
    settings = machine_settings(read_configuration(text.replace("check_interval = 2", "check_interval = -1"), "c.toml"))
    assert settings is not None
    assert (settings.concurrent, settings.check_interval, settings.runners[0].idle.scale_factor) == (1, 3, 0.0)


@pytest.mark.parametrize(
    ("group", "jobs", "instances", "at_work"),
    [
        (InstanceSettings(10, 0, 10, 1, 5), 10, 10, 10),
        (InstanceSettings(10, 4, 10, 1, 5), 4, 9, 4),
        (InstanceSettings(10, 0, 3, 2, 0), 6, 3, 3),
        (InstanceSettings(10, 0, 0, 1, 5), 10, 15, 10),
        (InstanceSettings(10, 0, 1, 10, 0), 10, 1, 1),
        (InstanceSettings(5, 0, 2, 5, 5), 5, 2, 1),
    ],
)
def test_the_bound_of_a_group(group: InstanceSettings, jobs: int, instances: int, at_work: int) -> None:
    assert (group.most_jobs, group.most_instances, group.instances_at_work) == (jobs, instances, at_work)


@pytest.mark.parametrize(
    ("runners", "concurrent", "most"),
    [
        ([MachineSettings(limit=40, idle=Idle(10))], 20, 30),
        ([MachineSettings(limit=25, idle=Idle(10))], 20, 25),
        ([MachineSettings(idle=Idle(0))], 20, 20),
        ([MachineSettings(limit=80), MachineSettings(limit=50)], 100, 130),
        ([MachineSettings(limit=90, idle=Idle(1), periods=(Period((), Idle(9)),))], 20, 29),
    ],
)
def test_the_bound_of_the_documentation(runners: list[MachineSettings], concurrent: int, most: int) -> None:
    assert most_machines(Settings(tuple(runners), concurrent)) == most


@pytest.mark.parametrize("version", [RECORDED, CURRENT])
def test_a_burst_comes_when_the_runner_is_at_rest(version: tuple[int, ...]) -> None:
    machines = MachineSettings(limit=10, idle=Idle(4, 60), max_growth_rate=1)
    found = forecast(Settings((machines,), 6), 6, version)
    assert found.idle_before == 4
    assert found.states[0].at == 0
    assert (found.peak_used, found.idle_after) == (6, 4)
    assert found.peak <= found.bound == 10
    assert found.longest_wait < 600
    assert found.machine_seconds >= found.simulation.used_seconds == pytest.approx(6 * 600)
    assert found.series["machines"][0] == (0.0, 4)
    assert found.series["machines"][-1] == (round(found.rest, 1), 4)
    assert max(count for _at, count in found.series["at work"]) == 6
