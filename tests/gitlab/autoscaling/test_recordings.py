"""The simulation against what a real runner 10.5.0 did: every figure the same, and every job within one poll."""

from __future__ import annotations

import pytest

from pytest_dockerlab.gitlab.autoscaling.rules import RECORDED
from pytest_dockerlab.gitlab.autoscaling.simulator import simulate

from ._recordings import BUSY, BUSY_JOBS, RECORDINGS, TIMES, Recording


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_every_figure_of_a_recording(recording: Recording) -> None:
    simulation = simulate(recording.settings, recording.jobs, recording.times, RECORDED, on_disk=recording.on_disk)
    assert {
        "peak": simulation.peak(),
        "used": simulation.peak(lambda states: states.used),
        "created": simulation.created,
        "removed": simulation.removed,
        "final": simulation.final.all,
        "machines used": simulation.machines_used,
        "failed": simulation.failed,
    } == {
        "peak": recording.peak,
        "used": recording.used,
        "created": recording.created,
        "removed": recording.removed,
        "final": recording.final,
        "machines used": recording.machines_used,
        "failed": recording.failed,
    }
    assert sorted(simulation.waits) == pytest.approx(recording.waits, abs=recording.settings.check_interval)


def test_many_idle_machines_of_a_runner_that_orders_some_twice() -> None:
    simulation = simulate(BUSY, BUSY_JOBS, TIMES, RECORDED)
    assert simulation.peak(lambda states: states.used) == 20
    assert simulation.final.all == simulation.final.idle == 10
    assert simulation.jobs_run == len(BUSY_JOBS)
