"""The examples of the runner's documentation, and its bounds."""

from __future__ import annotations

import itertools

import pytest

from pytest_dockerlab.gitlab.autoscaling.rules import CURRENT, RECORDED
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, Job, MachineSettings, Settings, Times, burst
from pytest_dockerlab.gitlab.autoscaling.simulation import States
from pytest_dockerlab.gitlab.autoscaling.simulator import simulate

TIMES = Times(creation=30, removal=5)
VERSIONS = pytest.mark.parametrize("version", [RECORDED, (12, 5), (13, 6), (14, 6), (17, 8), CURRENT])


def used(states: States) -> int:
    return states.used


@VERSIONS
@pytest.mark.parametrize("growth_rate", [0, 1])
def test_the_worked_example(version: tuple[int, ...], growth_rate: int) -> None:
    machines = MachineSettings(limit=10, idle=Idle(2, 1800), max_growth_rate=growth_rate)
    simulation = simulate(Settings((machines,), 10), burst(5, 600, at=120), TIMES, version)
    assert simulation.at(119).idle == 2
    assert (simulation.peak(), simulation.peak(used)) == (7, 5)
    assert States(0, idle=2, used=5)[1:] in {states[1:] for states in simulation.states}
    assert (simulation.created, simulation.removed, simulation.final.idle) == (7, 5, 2)
    removals = [machine.removal for machine in simulation.machines if machine.removal is not None]
    ends = [run.finished for run in simulation.jobs if run.finished is not None]
    assert min(removals) > 1800
    assert max(removals) <= max(ends) + 1800 + 3


@VERSIONS
@pytest.mark.parametrize(("limit", "peak"), [(40, 29), (25, 25)])
def test_twenty_jobs_and_ten_machines_more(version: tuple[int, ...], limit: int, peak: int) -> None:
    settings = Settings((MachineSettings(limit=limit, idle=Idle(10, 60)),), 20)
    simulation = simulate(settings, burst(100, 600, at=120), TIMES, version)
    assert (simulation.peak(), simulation.peak(used)) == (peak, 20)
    assert simulation.peak(lambda states: states.all) <= limit
    assert (simulation.final.idle, simulation.jobs_run) == (10, 100)
    if limit == 25:
        busy = [states for states in simulation.states if states.used == 20]
        assert max(states.idle + states.creating for states in busy) == 5


@VERSIONS
def test_two_runners_share_the_jobs_of_all(version: tuple[int, ...]) -> None:
    runners = MachineSettings(limit=80, idle=Idle(5, 60)), MachineSettings(limit=50, idle=Idle(5, 60))
    simulation = simulate(Settings(runners, 100), burst(300, 600, at=120), TIMES, version)
    assert simulation.peak(used) == 100
    assert simulation.jobs_run == 300
    for number, runner in enumerate(runners):
        assert sum(machine.section == number for machine in simulation.machines) <= runner.limit
    assert simulation.final.idle == 10


@VERSIONS
@pytest.mark.parametrize(("jobs", "machines"), [(1, 2), (2, 3), (3, 4), (4, 5), (5, 5), (10, 5), (30, 5)])
def test_the_configuration_of_the_homework_s_day(version: tuple[int, ...], jobs: int, machines: int) -> None:
    settings = Settings((MachineSettings(limit=6, idle=Idle(1)),), 5, 5)
    simulation = simulate(settings, burst(jobs, 300, at=120), TIMES, version)
    assert (simulation.peak(), simulation.peak(used)) == (machines, min(jobs, 5))
    assert (simulation.final.idle, simulation.final.all, simulation.jobs_run) == (1, 1, jobs)


@VERSIONS
@pytest.mark.parametrize(("limit", "machines"), [(4, 4), (0, 9)])
def test_machines_on_demand_go_when_their_time_is_over(version: tuple[int, ...], limit: int, machines: int) -> None:
    settings = Settings((MachineSettings(limit=limit, idle=Idle(0, 300)),), 10)
    simulation = simulate(settings, burst(9, 120, at=10), TIMES, version)
    assert simulation.at(9).all == 0
    assert (simulation.peak(), simulation.peak(used)) == (machines, machines)
    assert (simulation.final.all, simulation.jobs_run) == (0, 9)


@VERSIONS
def test_a_limit_of_one_is_serial(version: tuple[int, ...]) -> None:
    settings = Settings((MachineSettings(limit=1, idle=Idle(1, 600), max_builds=10),), 5)
    simulation = simulate(settings, burst(6, 600, at=120), TIMES, version)
    assert simulation.peak(lambda states: states.all) == 1
    assert simulation.jobs_run == 6
    spans = sorted((run.started, run.finished) for run in simulation.jobs)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_the_scale_factor_keeps_idle_machines_by_those_in_use() -> None:
    machines = MachineSettings(limit=200, idle=Idle(100, 1800, scale_factor=1.1, count_min=10))
    simulation = simulate(Settings((machines,), 200), burst(100, 20_000, at=300), TIMES)
    assert simulation.at(299).idle == 10
    assert (simulation.peak(), simulation.peak(used)) == (200, 100)
    assert simulation.at(15_000)[1:] == States(0, idle=100, used=100)[1:]
    assert simulation.final.idle == 10


@VERSIONS
def test_every_number_of_machines_on_the_way_to_the_peak_lasts_a_poll_and_a_creation(version: tuple[int, ...]) -> None:
    settings = Settings((MachineSettings(limit=6, idle=Idle(1)),), 5, 5)
    simulation = simulate(settings, burst(5, 600, at=122), Times(creation=57.5, removal=25), version)
    starts = sorted(run.started for run in simulation.jobs if run.started is not None)
    assert [round(after - before) for before, after in itertools.pairwise(starts)] == [65, 65, 65, 65]


@VERSIONS
def test_jobs_shorter_than_the_ramp_never_reach_the_peak(version: tuple[int, ...]) -> None:
    settings = Settings((MachineSettings(limit=6, idle=Idle(1)),), 5, 1)
    jobs = [Job(7.1, seconds) for seconds in (6.45, 6.25, 6.65, 6.35, 6.75, 6.55)]
    simulation = simulate(settings, jobs, Times(creation=4.4, removal=1.7), version)
    assert simulation.peak(used) == 2
    assert simulation.jobs_run == 6
