"""Ten thousand simulated jobs, in several shapes of a configuration: jobs a second. Aim: no more than a few seconds."""

from __future__ import annotations

import statistics
import time

from pytest_dockerlab.gitlab.autoscaling.rules import CURRENT, RECORDED
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, Job, MachineSettings, Settings, burst
from pytest_dockerlab.gitlab.autoscaling.simulator import simulate

_JOBS = 10_000
_STAGGERED = [Job(200 + number / 10, 30 + number % 977) for number in range(_JOBS)]
_SHAPES = {
    "of the homework's day": (Settings((MachineSettings(limit=6, idle=Idle(1)),), 5, 5), burst(_JOBS, 300, at=200)),
    "ten idle machines": (Settings((MachineSettings(limit=40, idle=Idle(10, 60)),), 20), burst(_JOBS, 60, at=200)),
    "a machine for every job": (Settings((MachineSettings(idle=Idle(0, 0), max_builds=1),), _JOBS), burst(_JOBS, 300)),
    "a thousand idle machines": (Settings((MachineSettings(limit=2000, idle=Idle(1000, 60)),), 1000), _STAGGERED),
}


def main(runs: int = 3) -> None:
    """Time each shape with the rules of the recorded runner and of the newest."""
    print(f"\n{_JOBS} simulated jobs")
    print(f"  {'':<28} {'runner':>7} {'median s':>9} {'jobs/s':>9} {'machines':>9}")
    for name, (settings, jobs) in _SHAPES.items():
        for version in (RECORDED, CURRENT):
            took = []
            for _run in range(runs):
                start = time.perf_counter()
                simulation = simulate(settings, jobs, version=version)
                took.append(time.perf_counter() - start)
                assert simulation.jobs_run == _JOBS
            median = statistics.median(took)
            shown = ".".join(map(str, version))
            print(f"  {name:<28} {shown:>7} {median:>9.2f} {_JOBS / median:>9.0f} {len(simulation.machines):>9}")
