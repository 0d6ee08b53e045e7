"""What the runner decides, by tables of cases that its own tests have too."""

from __future__ import annotations

import pytest

from pytest_dockerlab.gitlab.autoscaling.rules import (
    CURRENT,
    RECORDED,
    Counts,
    Rules,
    is_surplus,
    may_create,
    may_create_on_demand,
)
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, MachineSettings, Period, Settings, Times, burst
from pytest_dockerlab.gitlab.autoscaling.simulation import What
from pytest_dockerlab.gitlab.autoscaling.simulator import NOON, simulate

FACTOR = Idle(100, scale_factor=1.0, count_min=10)

EITHER_WAY = [
    # idle settings, limit, growth rate, machines, whether one is created ahead of jobs
    (Idle(1), 0, 10, Counts(creating=10), False),
    (Idle(1), 0, 10, Counts(creating=1), False),
    (Idle(10), 0, 10, Counts(creating=1), True),
    (Idle(1), 10, 0, Counts(creating=5, idle=3, used=2), False),
    (Idle(10), 10, 0, Counts(idle=3, used=2), True),
    (FACTOR, 0, 0, Counts(), True),
    (FACTOR, 0, 0, Counts(used=1), True),
    (FACTOR, 0, 0, Counts(idle=5, used=1), True),
    (FACTOR, 0, 0, Counts(idle=10, used=15), True),
    (FACTOR, 0, 0, Counts(idle=10, used=1), False),
    (Idle(100, scale_factor=1.0), 0, 0, Counts(), True),
    (Idle(10, scale_factor=1.0), 0, 0, Counts(idle=10, used=100), False),
    (Idle(10), 0, 0, Counts(idle=10), False),
    (Idle(10), 0, 0, Counts(idle=1), True),
    (Idle(5, count_min=10), 0, 0, Counts(idle=8), False),
    (Idle(5, scale_factor=1.0, count_min=10), 0, 0, Counts(idle=8, used=9), False),
]


@pytest.mark.parametrize(("idle", "limit", "growth", "counts", "expected"), EITHER_WAY)
def test_whether_a_machine_is_created(idle: Idle, limit: int, growth: int, counts: Counts, expected: bool) -> None:
    assert may_create(idle, limit, growth, counts) is expected
    assert may_create_on_demand(idle, limit, growth, counts) is expected


@pytest.mark.parametrize(
    ("limit", "counts", "expected"),
    [(0, Counts(used=10), True), (10, Counts(idle=3, used=2), True), (10, Counts(used=10), False)],
)
def test_without_an_idle_count_machines_are_created_on_demand_only(limit: int, counts: Counts, expected: bool) -> None:
    idle = Idle(0, scale_factor=1.0, count_min=10)
    assert may_create_on_demand(idle, limit, 0, counts) is expected
    assert not may_create(idle, limit, 0, counts)


@pytest.mark.parametrize(
    ("idle", "older", "expected"),
    [
        (Idle(10), Counts(idle=5), False),
        (Idle(10), Counts(idle=10), True),
        (FACTOR, Counts(), False),
        (FACTOR, Counts(used=1), False),
        (FACTOR, Counts(idle=5, used=1), False),
        (FACTOR, Counts(idle=10, used=15), False),
        (FACTOR, Counts(idle=10, used=1), True),
        (Idle(100, scale_factor=1.0), Counts(), False),
        (Idle(10, scale_factor=1.0), Counts(idle=10, used=100), True),
        (Idle(5, count_min=10), Counts(idle=8), True),
        (Idle(5, scale_factor=1.0, count_min=10), Counts(idle=8, used=9), True),
    ],
)
def test_whether_a_machine_is_one_too_many(idle: Idle, older: Counts, expected: bool) -> None:
    assert is_surplus(Rules.of(CURRENT), idle, older) is expected


def test_before_14_6_only_idle_machines_make_another_one_too_many() -> None:
    older = Counts(idle=1, creating=1)
    assert not is_surplus(Rules.of((14, 5)), Idle(2), older)
    assert is_surplus(Rules.of((14, 6)), Idle(2), older)


@pytest.mark.parametrize(("used", "idle"), [(0, 10), (10, 11), (20, 22), (100, 100)])
def test_as_many_idle_machines_as_the_factor_says(used: int, idle: int) -> None:
    settings = Idle(100, scale_factor=1.1, count_min=10)
    counts = Counts(used=used)
    while may_create(settings, 200, 0, counts):
        counts.idle += 1
    assert counts.idle == idle


@pytest.mark.parametrize("version", [RECORDED, (12, 5), (14, 6), (17, 8), CURRENT])
@pytest.mark.parametrize(("limit", "machines"), [(5, 5), (8, 8), (2, 2)])
def test_the_limit_is_for_idle_machines_too(limit: int, machines: int, version: tuple[int, ...]) -> None:
    settings = Settings((MachineSettings(limit=limit, idle=Idle(10, 5)),))
    assert simulate(settings, (), version=version).final.idle == machines


@pytest.mark.parametrize("version", [RECORDED, CURRENT])
def test_a_machine_that_was_there_before_counts_as_used_once(version: tuple[int, ...]) -> None:
    settings = Settings((MachineSettings(idle=Idle(1, 600), max_builds=1),))
    simulation = simulate(settings, (), version=version, on_disk=2)
    assert [event.reason for event in simulation.events if event.what is What.REMOVING] == ["Too many builds"] * 2
    assert simulation.final.all == 1


def test_the_newest_are_removed_when_there_are_too_many() -> None:
    settings = Settings((MachineSettings(limit=3, idle=Idle(1, 600)),))
    simulation = simulate(settings, (), on_disk=5)
    removed = [(event.machine, event.reason) for event in simulation.events if event.what is What.REMOVING]
    assert removed[:2] == [(4, "Too many machines"), (5, "Too many machines")]


@pytest.mark.parametrize(("version", "kept", "at_once"), [(RECORDED, 4, 8), ((16, 4), 4, 8), ((16, 5), 4, 4)])
def test_without_an_idle_count_the_limit_is_for_jobs_before_16_5(
    version: tuple[int, ...], kept: int, at_once: int
) -> None:
    settings = Settings((MachineSettings(limit=4, idle=Idle(0, 0)),), 10, 1)
    simulation = simulate(settings, burst(9, 15.1, at=2.3), Times(creation=4.4, removal=1.7), version)
    assert (simulation.peak(), simulation.peak(lambda states: states.all)) == (kept, at_once)
    assert simulation.jobs_run == simulation.machines_used == 9


@pytest.mark.parametrize(("version", "machines"), [(RECORDED, 4), ((12, 4), 4), ((12, 5), 2)])
def test_before_12_5_a_machine_without_its_directory_is_ordered_again(version: tuple[int, ...], machines: int) -> None:
    settings = Settings((MachineSettings(limit=2, idle=Idle(2, 0)),), 5, 1)
    simulation = simulate(settings, (), Times(creation=4.4, removal=1.7, directory=1.5), version)
    assert simulation.peak() == machines
    assert simulation.final.idle == 2


@pytest.mark.parametrize(("version", "at_once"), [((13, 5), 6), ((13, 6), 2), (CURRENT, 2)])
def test_as_many_creations_at_once_as_the_growth_rate_says_since_13_6(version: tuple[int, ...], at_once: int) -> None:
    settings = Settings((MachineSettings(idle=Idle(6, 600), max_growth_rate=2),), 10)
    simulation = simulate(settings, burst(6, 60, at=300), version=version)
    assert simulation.peak(lambda states: states.creating) == at_once
    assert simulation.jobs_run == 6


@pytest.mark.parametrize(("version", "first"), [((17, 8), 21), ((17, 9), 31)])
def test_while_a_request_is_open_machines_are_looked_after_before_17_9_only(
    version: tuple[int, ...], first: int
) -> None:
    settings = Settings((MachineSettings(idle=Idle(1, 20)),), 5, 1)
    simulation = simulate(settings, (), Times(request=30), version, on_disk=3)
    removals = [event.at for event in simulation.events if event.what is What.REMOVING]
    assert removals[0] == pytest.approx(first, abs=1)


@pytest.mark.parametrize(
    ("version", "idle"),
    [((12, 0), Idle(7, 70)), ((13, 12), Idle(2, 20)), ((14, 0), Idle(2, 20)), (CURRENT, Idle(2, 20))],
)
def test_periods_take_the_place_of_off_peak_times(version: tuple[int, ...], idle: Idle) -> None:
    always = ("* * * * * * *",)
    settings = MachineSettings(
        idle=Idle(1, 10), periods=(Period(always, Idle(2, 20)),), off_peak=Period(always, Idle(7, 70))
    )
    assert settings.as_read_by(Rules.of(version)).idle_at(NOON) == idle


def test_off_peak_times_without_periods_until_14() -> None:
    settings = MachineSettings(idle=Idle(1, 10), off_peak=Period(("* * * * * * *",), Idle(7, 70)))
    assert settings.as_read_by(Rules.of((13, 12))).idle_at(NOON) == Idle(7, 70)
    assert settings.as_read_by(Rules.of((14, 0))).idle_at(NOON) == Idle(1, 10)
