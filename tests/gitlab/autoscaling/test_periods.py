"""When other idle values hold: cron expressions with seconds and years, time zones, and which period wins."""

from __future__ import annotations

import datetime

import pytest

from pytest_dockerlab.gitlab.autoscaling.periods import UnreadablePeriod, is_in_period
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, MachineSettings, Period, Settings, Times, burst
from pytest_dockerlab.gitlab.autoscaling.simulator import simulate
from pytest_dockerlab.gitlab.autoscaling.timeline import TooLong

WORK = "* * 9-17 * * mon-fri *"
WEEKEND = "* * * * * sat,sun *"


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("expression", "when", "expected"),
    [
        (WORK, "2018-02-28T09:00:00", True),
        (WORK, "2018-02-28T08:59:58", False),
        (WORK, "2018-02-28T08:59:59", True),
        (WORK, "2018-02-28T17:59:58.500", True),
        (WORK, "2018-02-28T17:59:59", False),  # its next second is tomorrow's
        (WORK, "2018-03-03T12:00:00", False),
        (WEEKEND, "2018-03-03T12:00:00", True),
        ("* * * * * * 2018", "2018-03-03T12:00:00", True),
        ("* * * * * * 2019", "2018-03-03T12:00:00", False),
        ("* 9-17 * * mon-fri", "2018-02-28T12:00:00", False),  # five fields: only at second 0
        ("* 9-17 * * mon-fri", "2018-02-28T12:00:59", True),
        ("* 9-17 * * mon-fri 2018", "2018-02-28T12:00:59", True),
        ("@hourly", "2018-02-28T11:59:59", True),
        ("@hourly", "2018-02-28T12:00:00", False),
        ("* * * L * * *", "2018-02-28T12:00:00", True),
        ("* * * L * * *", "2018-02-27T12:00:00", False),
        ("* * * * * 3#4 *", "2018-02-28T12:00:00", True),  # the fourth Wednesday
        ("* * * * * 3#3 *", "2018-02-28T12:00:00", False),
        ("* * * * * L3 *", "2018-02-28T12:00:00", True),
        ("* * * * * L3 *", "2018-02-21T12:00:00", False),
        ("*/20 * * ? * ? *", "2018-02-28T12:00:19", True),
        ("*/20 * * ? * ? *", "2018-02-28T12:00:20", False),
        ("* * * 1,28 feb * *", "2018-02-28T12:00:00", True),
        ("* * * 1 * mon *", "2018-02-26T12:00:00", True),  # the day of the month or the day of the week
    ],
)
def test_a_period_is_on_when_its_next_second_is(expression: str, when: str, expected: bool) -> None:
    assert is_in_period(expression, "", at(when)) is expected


@pytest.mark.parametrize(
    ("timezone", "expected"),
    [("", False), ("Local", False), ("UTC", False), ("Europe/Moscow", True), ("America/New_York", False)],
)
def test_a_period_is_in_its_time_zone(timezone: str, expected: bool) -> None:
    assert is_in_period(WORK, timezone, at("2018-02-28T06:30:00")) is expected


@pytest.mark.parametrize(
    ("expression", "timezone"),
    [
        ("", ""), ("* * *", ""), ("* * * * * * * *", ""), ("99 * * * * * *", ""), ("x * * * * * *", ""),
        ("*/0 * * * * * *", ""), ("* * * * * * 99999999999", ""), ("* " * 4_000, ""), (WORK, "Mars/Olympus"),
        (WORK, "../../etc/passwd"), (WORK, "x\x00y"),
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused(expression: str, timezone: str) -> None:
    with pytest.raises(UnreadablePeriod):
        is_in_period(expression, timezone, at("2018-02-28T12:00:00"))


@pytest.mark.parametrize(
    ("when", "idle"),
    [
        ("2018-02-28T12:00:00", Idle(50, 3600, scale_factor=1.5, count_min=5)),
        ("2018-03-03T12:00:00", Idle(5, 60)),
        ("2018-02-28T20:00:00", Idle(10, 1800, scale_factor=1.0, count_min=3)),
    ],
)
def test_a_period_replaces_all_four_values(when: str, idle: Idle) -> None:
    settings = MachineSettings(
        idle=Idle(10, 1800, scale_factor=1.0, count_min=3),
        periods=(
            Period((WORK,), Idle(50, 3600, scale_factor=1.5, count_min=5)),
            Period((WEEKEND,), Idle(5, 60)),
        ),
    )
    assert settings.idle_at(at(when)) == idle


def test_of_several_periods_that_are_on_the_last_one_holds() -> None:
    always = Period(("* * * * * * *",), Idle(1)), Period((WORK, WEEKEND), Idle(2)), Period((WEEKEND,), Idle(3))
    settings = MachineSettings(idle=Idle(9), periods=always)
    assert [settings.idle_at(at(f"2018-{day}T12:00:00")).count for day in ("02-28", "03-03")] == [2, 3]
    assert settings.idle_at(at("2018-02-28T20:00:00")).count == 1


def test_machines_are_created_when_a_period_begins_and_removed_when_it_ends() -> None:
    machines = MachineSettings(idle=Idle(0, 60), periods=(Period((WORK,), Idle(3, 60)),))
    day = at("2018-02-28T08:00:00")
    jobs = [*burst(1, 60, at=1800), *burst(1, 60, at=11 * 3600)]
    simulation = simulate(Settings((machines,), 5), jobs, Times(creation=60, removal=20), clock=day)
    hours = [simulation.at(hour * 3600 - 60).all for hour in (1, 2, 3, 9, 10, 11)]
    assert hours == [0, 3, 3, 3, 3, 0]


def test_idle_machines_of_a_century_are_seen_off_in_a_few_steps() -> None:
    machines = MachineSettings(idle=Idle(1, 3_000_000_000_000), periods=(Period((WORK,), Idle(2, 3_000_000_000_000)),))
    simulation = simulate(Settings((machines,), 5), burst(5, 60, at=300), Times(creation=60, removal=20))
    assert simulation.jobs_run == 5
    assert simulation.end > 3_000_000_000_000


def test_more_periods_than_anybody_writes_are_refused() -> None:
    machines = MachineSettings(periods=(Period((WORK,) * 201, Idle(1)),))
    with pytest.raises(TooLong, match="more than 200 periods"):
        simulate(Settings((machines,)), ())
