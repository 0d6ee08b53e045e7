"""The machines of one section: what is found in a hurry is what a look at every machine finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pytest_dockerlab.gitlab.autoscaling.pool import Pool, PooledMachine, State
from pytest_dockerlab.gitlab.autoscaling.rules import CURRENT, RECORDED, Rules
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, MachineSettings
from pytest_dockerlab.gitlab.autoscaling.simulation import Machine

NOW = 100_000_000
MACHINES = st.lists(
    st.tuples(st.sampled_from(State), st.integers(0, 100), st.integers(0, 1), st.booleans()), max_size=12
)
IDLE = st.builds(
    Idle,
    count=st.integers(-1, 5),
    time=st.sampled_from([0, 20, 50]),
    scale_factor=st.sampled_from([0.0, 0.0, 1.0]),
    count_min=st.integers(0, 2),
)
SETTINGS = st.builds(MachineSettings, limit=st.sampled_from([0, 3, 20]), max_builds=st.sampled_from([0, 1]))


@effort(max_examples=300, derandomize=True)
@given(MACHINES, IDLE, SETTINGS, st.sampled_from([RECORDED, CURRENT]))
def test_what_is_found_in_a_hurry_is_what_a_look_at_every_machine_finds(
    machines: list[tuple[State, int, int, bool]], idle: Idle, settings: MachineSettings, version: tuple[int, ...]
) -> None:
    rules = Rules.of(version)
    pool = Pool(settings.as_read_by(rules), rules)
    if not rules.knows_scale_factor:
        idle = Idle(idle.count, idle.time)
    for number, (state, used, uses, is_seen) in enumerate(machines, 1):
        pool.add(PooledMachine(Machine(number, 0), state, used * 1_000_000, uses, is_seen or state is State.IDLE))
    assert pool.unwanted(idle, NOW) == pool._judged(idle, NOW)


def test_the_newest_idle_machine_is_taken_first_and_is_idle_again_afterwards() -> None:
    pool = Pool(MachineSettings(), Rules.of(CURRENT))
    for number, state in enumerate([State.IDLE, State.IDLE, State.USED], 1):
        pool.add(PooledMachine(Machine(number, 0), state, 0))
    taken = [pool.take_newest_idle(), pool.take_newest_idle(), pool.take_newest_idle()]
    assert [machine and machine.life.number for machine in taken] == [2, 1, None]
    assert taken[0] is not None
    pool.move(taken[0], State.IDLE)
    assert pool.take_newest_idle() is taken[0]
