"""The simulation against what a real runner 10.5.0 did: every figure the same, and every job within one poll."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from pytest_dockerlab.gitlab.autoscaling.rules import RECORDED
from pytest_dockerlab.gitlab.autoscaling.simulation import Simulation
from pytest_dockerlab.gitlab.autoscaling.simulator import simulate

from ._recordings import BUSY, BUSY_JOBS, RECORDINGS, TIMES, Recording

DIFFER = ("two-waves", "seed-uncompressed")
"""With jobs of whole seconds the first came out differently each time, and the second was not recorded."""


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_every_figure_of_a_recording(recording: Recording) -> None:
    simulation = simulate(recording.settings, recording.jobs, recording.times, RECORDED, on_disk=recording.on_disk)
    assert figures(simulation) == expected(recording)
    assert sorted(simulation.waits) == pytest.approx(recording.waits, abs=recording.settings.check_interval)


@pytest.mark.parametrize(
    "recording", [each for each in RECORDINGS if each.name not in DIFFER], ids=lambda recording: recording.name
)
def test_every_figure_where_jobs_end_together_and_with_polls(recording: Recording) -> None:
    """The same was recorded with jobs of whole seconds."""
    jobs = [replace(job, seconds=math.floor(job.seconds)) for job in recording.jobs]
    simulation = simulate(recording.settings, jobs, recording.times, RECORDED, on_disk=recording.on_disk)
    assert figures(simulation) == expected(recording)


def figures(simulation: Simulation) -> dict[str, int]:
    return {
        "peak": simulation.peak(),
        "used": simulation.peak(lambda states: states.used),
        "created": simulation.created,
        "removed": simulation.removed,
        "final": simulation.final.all,
        "machines used": simulation.machines_used,
        "failed": simulation.failed,
    }


def expected(recording: Recording) -> dict[str, int]:
    return {
        "peak": recording.peak,
        "used": recording.used,
        "created": recording.created,
        "removed": recording.removed,
        "final": recording.final,
        "machines used": recording.machines_used,
        "failed": recording.failed,
    }


def test_many_idle_machines_of_a_runner_that_orders_some_twice() -> None:
    simulation = simulate(BUSY, BUSY_JOBS, TIMES, RECORDED)
    assert simulation.peak(lambda states: states.used) == 20
    assert simulation.final.all == simulation.final.idle == 10
    assert simulation.jobs_run == len(BUSY_JOBS)
