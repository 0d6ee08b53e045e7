"""A build within our limits against the same build by the docker command, new and from the cache.

Both use the same classic builder of the same engine and the same sources; ours packs the context by a guarded reading,
watches time, log, processes and disk, and inspects what came of it. Aim: at most 1.3 × the docker command.
"""

from __future__ import annotations

import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pytest_dockerlab.deployment.builds.images import Images
from pytest_dockerlab.engine.hosts.errors import HostUnavailable
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.labels import Labels
from pytest_dockerlab.engine.probes.image import probe_image
from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

FILES = 200
STEPS = 4


def main(runs: int = 3) -> None:
    """Print the ratios; say so where there is no engine."""
    try:
        with resolve_docker_host() as host, tempfile.TemporaryDirectory() as folder:
            assert host.facts
            _compare(host, Path(folder), runs)
    except HostUnavailable as error:
        print(f"\nbuilds: {error.message}")


def _compare(host: DockerHost, folder: Path, runs: int) -> None:
    steps = "\n".join(f"RUN echo {number} > /{number}" for number in range(STEPS))
    (folder / "Dockerfile").write_text(f"FROM {probe_image(host)}\n{steps}\nCOPY . /app\n")
    (folder / "app").mkdir()
    for number in range(FILES):
        (folder / "app" / f"{number}.rb").write_text("puts 1\n" * 200)
    rounds = [_once(host, folder) for _round in range(runs)]
    print(f"\nbuilds: {STEPS} RUN steps, a context of {FILES} files")
    for ours, theirs in (("ours", "docker build"), ("ours, cached", "docker build, cached")):
        mine, other = (statistics.median(each[name] for each in rounds) for name in (ours, theirs))
        print(f"  {ours:<14} {mine:6.2f} s   {theirs:<22} {other:6.2f} s   ratio {mine / other:.2f}")


def _once(host: DockerHost, folder: Path) -> dict[str, float]:
    submission = Submission("benchmark", WorkTree(folder))
    plan = plan_build(submission, "app", "Dockerfile", "")
    name = f"dockerlab-benchmark-{secrets.token_hex(4)}"
    command = ["docker", "build", "--quiet", "--tag", name, str(folder)]
    try:
        with Images(host, Labels.of_run(secrets.token_hex(6))) as images:
            took = {
                "ours": _timed(lambda: images.image(submission, plan)),
                "docker build": _timed(lambda: _run([*command, "--no-cache"])),
            }
            image = images.image(submission, plan)
            took["ours, cached"] = _timed(lambda: images.rebuild(submission, image))
            took["docker build, cached"] = _timed(lambda: _run(command))
    finally:
        _run(["docker", "rmi", "--force", name])
    return took


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _run(argv: list[str]) -> None:
    environment = {"DOCKER_BUILDKIT": "0", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
