"""What holds of every simulation, whatever it is given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pytest_dockerlab.gitlab.autoscaling.rules import CURRENT, RECORDED
from pytest_dockerlab.gitlab.autoscaling.settings import (
    CreationFailures,
    Idle,
    Job,
    MachineSettings,
    Settings,
    Times,
)
from pytest_dockerlab.gitlab.autoscaling.simulation import Simulation, What
from pytest_dockerlab.gitlab.autoscaling.simulator import simulate

VERSIONS = st.sampled_from([RECORDED, (12, 5), (13, 6), (14, 6), (16, 5), (17, 9), CURRENT])
SWIFT = st.builds(
    Times,
    creation=st.integers(0, 90),
    removal=st.integers(0, 30),
    acquire=st.sampled_from([0, 0.02]),
    use=st.sampled_from([0, 0.1, 2]),
    request=st.sampled_from([0, 0.01]),
)
"""Of which polls are over before the next: in an endless chain of them a machine too many is never seen idle."""
TIMES = st.builds(
    Times,
    creation=st.integers(0, 90),
    removal=st.integers(0, 30),
    acquire=st.sampled_from([0, 0.5, 4]),
    use=st.sampled_from([0, 2]),
    request=st.sampled_from([0, 7]),
)
JOBS = st.lists(st.builds(Job, at=st.integers(0, 300), seconds=st.integers(0, 200)), max_size=30)
IDLE = st.builds(
    Idle,
    count=st.integers(0, 5),
    time=st.sampled_from([0, 7, 600]),
    scale_factor=st.sampled_from([0.0, 0.5, 1.5]),
    count_min=st.integers(0, 3),
)
MACHINES = st.builds(
    MachineSettings,
    limit=st.integers(0, 8),
    idle=IDLE,
    max_builds=st.integers(0, 2),
    max_growth_rate=st.integers(0, 2),
    request_concurrency=st.integers(1, 3),
    strict_check_interval=st.booleans(),
)
SETTINGS = st.builds(
    Settings,
    runners=st.lists(MACHINES, min_size=1, max_size=2).map(tuple),
    concurrent=st.integers(1, 6),
    check_interval=st.integers(1, 10),
)


@effort(max_examples=40, derandomize=True)
@given(SETTINGS, JOBS, SWIFT, VERSIONS)
def test_every_job_runs_and_the_idle_machines_are_restored(
    given_settings: Settings, jobs: list[Job], times: Times, version: tuple[int, ...]
) -> None:
    simulation = simulate(given_settings, jobs, times, version)
    assert simulation.jobs_run == len(jobs)
    assert all(wait >= 0 for wait in simulation.waits)
    final = simulation.final
    assert final.all == final.idle
    assert final.idle <= sum(min(each.idle.count, each.limit or 99) for each in given_settings.runners)
    if all(each.idle.scale_factor == 0 for each in given_settings.runners) or version < (14, 6):
        assert final.idle == sum(min(each.idle.count, each.limit or 99) for each in given_settings.runners)


@effort(max_examples=40, derandomize=True)
@given(SETTINGS, JOBS, TIMES, VERSIONS)
def test_nothing_is_above_its_bound(
    given_settings: Settings, jobs: list[Job], times: Times, version: tuple[int, ...]
) -> None:
    simulation = simulate(given_settings, jobs, times, version)
    assert simulation.peak(lambda states: states.used) <= given_settings.concurrent
    for number, runner in enumerate(given_settings.runners):
        if runner.limit:
            kept, everything = _most_of(simulation, number)
            # Before 16.5 jobs have machines created whatever their number, and since 13.6 they take others meanwhile;
            # and two requests for jobs that are open at once count the same machines.
            is_racing = runner.idle.count == 0 and runner.request_concurrency > 1
            assert kept <= runner.limit or is_racing or (runner.idle.count == 0 and (13, 6) <= version < (16, 5))
            assert everything <= runner.limit or is_racing or (runner.idle.count == 0 and version < (16, 5))
        if runner.max_growth_rate and version >= (13, 6) and runner.idle.count:
            assert _creating(simulation, number) <= max(runner.max_growth_rate, given_settings.concurrent)


@effort(max_examples=25, derandomize=True)
@given(SETTINGS, JOBS, TIMES, VERSIONS)
def test_lives_are_in_order_and_add_up(
    given_settings: Settings, jobs: list[Job], times: Times, version: tuple[int, ...]
) -> None:
    simulation = simulate(given_settings, jobs, times, version)
    for machine in simulation.machines:
        moments = [machine.ordered, machine.ready, machine.removal, machine.gone]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
        runs = [simulation.jobs[number - 1] for number in machine.jobs]
        assert all(run.machine == machine.number for run in runs)
        spans = sorted((run.started, run.finished) for run in runs if run.started is not None)
        assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:]))  # noqa: B905, RUF007
    assert [event.at for event in simulation.events] == sorted(event.at for event in simulation.events)
    worked = sum(run.job.seconds for run in simulation.jobs)
    assert abs(simulation.used_seconds - worked) < 0.001 * (len(jobs) + 1)
    assert simulation.machine_seconds >= simulation.used_seconds
    assert simulation.created - simulation.removed == simulation.final.all


@effort(max_examples=10, derandomize=True)
@given(SETTINGS, JOBS, TIMES, VERSIONS)
def test_the_same_input_gives_the_same_result(
    given_settings: Settings, jobs: list[Job], times: Times, version: tuple[int, ...]
) -> None:
    assert simulate(given_settings, jobs, times, version) == simulate(given_settings, jobs, times, version)


@effort(max_examples=25, derandomize=True)
@given(
    SETTINGS,
    JOBS,
    VERSIONS,
    st.sets(st.integers(1, 12), max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_a_creation_that_fails_is_made_up_for(
    given_settings: Settings,
    jobs: list[Job],
    version: tuple[int, ...],
    failing: set[int],
    leaves_directory: bool,
    is_provisioned: bool,
) -> None:
    failures = CreationFailures(frozenset(failing), 2.0, leaves_directory, is_provisioned)
    times = Times(creation=20, removal=5, directory=1, failures=failures)
    simulation = simulate(given_settings, jobs, times, version)
    given_up = sum(event.what is What.GIVEN_UP for event in simulation.events)
    assert simulation.jobs_run + given_up == len(jobs)
    assert given_up == 0  # fewer creations fail than a job tries
    assert simulation.final.all == simulation.final.idle


def _most_of(simulation: Simulation, section: int) -> tuple[int, int]:
    """The most machines of a section at once: without those in removal, and all."""
    mine = {machine.number for machine in simulation.machines if machine.section == section}
    kept: set[int] = set()
    everything: set[int] = set()
    most = (0, 0)
    for event in simulation.events:
        if event.machine not in mine:
            continue
        if event.what is What.ORDERED:
            kept.add(event.machine)
            everything.add(event.machine)
        elif event.what is What.REMOVING:
            kept.discard(event.machine)
        elif event.what is What.REMOVED:
            everything.discard(event.machine)
        most = max(most[0], len(kept)), max(most[1], len(everything))
    return most


def _creating(simulation: Simulation, section: int) -> int:
    creating: set[int] = set()
    most = 0
    for event in simulation.events:
        if event.machine is None or simulation.machines[event.machine - 1].section != section:
            continue
        if event.what is What.ORDERED:
            creating.add(event.machine)
        elif event.what in (What.READY, What.FAILED):
            creating.discard(event.machine)
        most = max(most, len(creating))
    return most
