"""Runs that are ended at random moments: after the next start nothing of ours is left, of others nothing was touched,
and no result that was finished is lost."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.sweep import list_ours

from ..engine.killing import Course, Run, foreign_things, live_run
from ..engine.private_engine import PrivateEngine, private_engine
from .conftest import IS_WHOLE

pytestmark = pytest.mark.engine

KILLS = 100 if IS_WHOLE else 4
_SECONDS = 4.0
"""How long a run with its lab takes here, about."""
_NEXT = ("--hw=kills/before", "--hw=kills/file")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateEngine]:
    """One of our own, which may be restarted."""
    with private_engine(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture(scope="module")
def docker_host(engine: PrivateEngine) -> Iterator[DockerHost]:
    with resolve_docker_host(engine.url) as host:
        yield host


@pytest.fixture
def course(tmp_path: Path, engine: PrivateEngine) -> Iterator[Course]:
    with contextlib.closing(Course(tmp_path / "course", engine.url)) as course:
        yield course


@pytest.fixture(scope="module")
def others(docker_host: DockerHost) -> Iterator[list[Callable[[], None]]]:
    """Foreign things that look like ours, and a run that lives."""
    with foreign_things(docker_host) as are_there, live_run(docker_host) as is_whole:
        yield [are_there, is_whole]


def end(run: Run, how: str, drawn: random.Random, engine: PrivateEngine) -> None:
    """End it after a while, or what it needs."""
    with contextlib.suppress(Exception):
        run.process.wait(drawn.uniform(0, _SECONDS))
    with contextlib.suppress(ProcessLookupError):
        match how:
            case "SIGTERM" | "SIGKILL":
                run.process.send_signal(signal.Signals[how])
            case "Ctrl-C":
                os.killpg(run.process.pid, signal.SIGINT)
            case "a worker":
                with contextlib.suppress(FileNotFoundError):
                    os.kill(json.loads((run.course.folder / "up").read_text())["pid"], signal.SIGKILL)
            case "the engine":
                engine.restart()
    run.go()


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_kill_at_a_random_moment(
    seed: int, course: Course, engine: PrivateEngine, docker_host: DockerHost, others: list[Callable[[], None]]
) -> None:
    drawn = random.Random(seed)
    how = ("SIGTERM", "SIGKILL", "Ctrl-C", "a worker", "the engine")[seed % 5]
    # On an engine that is restarted, nothing runs any more: what others had there is not ours to judge.
    before = {thing.id for thing in list_ours(docker_host.client)}
    run = course.start(*(["-n", "2"] if how == "a worker" or drawn.random() < 0.5 else []))
    end(run, how, drawn, engine)
    code = run.end()
    results = course.folder / "results.json"
    kept = json.loads(results.read_text("utf-8")) if results.exists() else None
    if kept is not None and "before PASSED" in run.out:
        assert {item["id"]: item["verdict"] for item in kept["submissions"][0]["items"]}["kills/before"] == "passed"
    again = course.run(*_NEXT)
    assert again.process.returncode == 0, f"{how}, exit {code}\n{run.out}\n{again.out}"
    left = [thing for thing in list_ours(docker_host.client) if thing.id not in before]
    assert not left, f"{how}, exit {code}: {left}\n{run.out}"
    if how != "the engine":
        for look in others:
            look()


def test_two_runs_at_once(course: Course, tmp_path: Path, docker_host: DockerHost, engine: PrivateEngine) -> None:
    """Each has its results, and takes away nothing but its own."""
    before = {thing.id for thing in list_ours(docker_host.client)}
    with contextlib.closing(Course(tmp_path / "other", engine.url)) as other:
        runs = [course.start(*_NEXT), other.start(*_NEXT, "-n", "2")]
        assert [run.end() for run in runs] == [0, 0], [run.out for run in runs]
    assert [run.verdicts() for run in runs] == [{"before": "passed", "file": "passed"}] * 2
    assert {thing.id for thing in list_ours(docker_host.client)} <= before


@pytest.mark.parametrize("name", ["TMPDIR", "HOME"])
def test_a_place_that_cannot_be_written(course: Course, name: str) -> None:
    """A file instead of a folder, which not even root can write into. One sentence, or it does without."""
    place = course.folder / "no-folder"
    place.touch()
    run = course.run("--hw=kills/file", **{name: str(place)})
    assert run.process.returncode in (0, 4), run.out
    assert "Traceback" not in run.out


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], check=False)
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk(course: Course, small_disk: Path) -> None:
    """For temporary files and for results: one sentence, and no half a file."""
    with contextlib.suppress(OSError):
        (small_disk / "filler").write_bytes(bytes(2_000_000))
    results = small_disk / "results.json"
    run = course.run("--hw=kills/file", f"--hw-results={results}", TMPDIR=str(small_disk))
    assert run.process.returncode in (3, 4), run.out
    assert "the disk is full" in run.out or "No space left" in run.out
    assert "Traceback" not in run.out
    assert not results.exists()


def test_an_ordinary_user(course: Course) -> None:
    """Who may read what everybody may, and write and speak to the engine as little as root lets them."""
    nobody = 65534
    folder = course.folder / "mine"
    folder.mkdir()
    os.chown(folder, nobody, nobody)
    words = [*_PRIVILEGES, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *_NEXT, *course.arguments]
    done = subprocess.run(
        [*words, f"--hw-results={folder / 'results.json'}"],
        cwd=course.repository,
        env={**course.environment, "TMPDIR": str(folder), "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    items = {item["id"]: item for item in json.loads((folder / "results.json").read_text())["submissions"][0]["items"]}
    assert items["kills/file"]["verdict"] == "passed"
    assert items["kills/before"]["verdict"] == "unverified"
    assert items["kills/before"]["text"]["reason"].startswith("this user may not use the socket")
    assert [path.name for path in folder.iterdir()] == ["results.json"]


# Python may lie in root's home: what is only read is read nevertheless.
_PRIVILEGES = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
)
