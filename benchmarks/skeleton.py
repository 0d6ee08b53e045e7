"""One skeleton of the example (up, matrix, down) against bare compose up and down of the same services. Aim: 1.3.

The same services, networks and names with the same image, command and ports on both sides, in turn: what differs is
only who starts them, and that one side measures. Bare compose is told not to wait for a polite end (``--timeout 0``),
which these servers do not know; with its default of 10 s it would be slower by just that.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.bare_compose import BareCompose
from benchmarks.files_tier import EXAMPLE
from pytest_dockerlab import tools
from pytest_dockerlab.checks.docker_4.reachability import pairs_to_measure
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.labels import new_run_id
from pytest_dockerlab.engine.probes.connections import listen_script
from pytest_dockerlab.engine.probes.skeleton import start_skeleton
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.plans.skeletons.plan import SkeletonPlan, plan_skeleton
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission


def main(runs: int = 5) -> None:
    """Time both in turn, after one warm-up of each."""
    command = tools.compose_command()
    if command is None:
        print("skeleton: compose is needed for the comparison", file=sys.stderr)
        return
    submission = Submission("example", WorkTree(EXAMPLE))
    project = submission.compose
    plan = plan_skeleton(submission, project)
    with tempfile.TemporaryDirectory() as folder, resolve_docker_host() as host:
        run_id = new_run_id()
        with Probes(host, run_id) as probes:
            image = probes.image  # tested at the first use in a run, which is not a skeleton's cost
        bare = BareCompose(
            command, Path(folder), host, plan, image, lambda each: listen_script(each.ports, each.service), {}
        )
        sides: dict[str, list[tuple[float, ...]]] = {"compose": [], "skeleton": []}
        for number in range(runs + 1):
            for name, timed in (
                ("compose", lambda: _compose(bare)),
                ("skeleton", lambda: _skeleton(host, run_id, project, plan)),
            ):
                seconds = timed()
                if number:
                    sides[name].append(seconds)
    _print(sides)


def _compose(bare: BareCompose) -> tuple[float, ...]:
    start = time.perf_counter()
    try:
        bare.up()
        up = time.perf_counter()
    finally:
        bare.down()
    end = time.perf_counter()
    return end - start, up - start, 0.0, end - up


def _skeleton(host: DockerHost, run_id: str, project: ComposeProject, plan: SkeletonPlan) -> tuple[float, ...]:
    start = time.perf_counter()
    with Probes(host, run_id) as probes:
        skeleton = start_skeleton(probes, plan)
        up = time.perf_counter()
        wanted, others = pairs_to_measure(project, plan)
        assert skeleton.measure(wanted, others)
        measured = time.perf_counter()
    end = time.perf_counter()
    return end - start, up - start, measured - up, end - measured


def _print(sides: dict[str, list[tuple[float, ...]]]) -> None:
    median: Callable[[str, int], float] = lambda name, part: statistics.median(each[part] for each in sides[name])  # noqa: E731
    print("\nOne skeleton of the example against bare compose (aim: 1.3)")
    print(f"  {'':<34} {'median s':>9} {'min–max s':>15} {'up':>6} {'matrix':>7} {'down':>6} {'ratio':>6}")
    titles = {"compose": "compose up -d, down -v --timeout 0", "skeleton": "skeleton: up, matrix, down"}
    for name, title in titles.items():
        whole = [each[0] for each in sides[name]]
        spread = f"{min(whole):.2f}–{max(whole):.2f}"
        parts = f"{median(name, 1):>6.2f} {median(name, 2):>7.2f} {median(name, 3):>6.2f}"
        ratio = median(name, 0) / median("compose", 0)
        print(f"  {title:<34} {median(name, 0):>9.2f} {spread:>15} {parts} {ratio:>6.2f}")
