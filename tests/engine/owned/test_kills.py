"""What is ended from outside leaves nothing of ours behind, and takes nothing of anybody else's along.

Real runs of ``pytest --hw`` as processes, on a course whose labs put one thing of each kind up and then wait.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host

from ..killing import Course, eventually, foreign_things, kinds_of, left_of, live_run
from ..private_engine import PrivateEngine, is_alive, private_engine

pytestmark = pytest.mark.engine

NEXT = ("--hw=kills/held", "--hw=kills/file")
ALL = {"container", "network", "volume", "image"}
_ORPHAN = 100.0
"""Seconds within which an orphaned worker has ended: execnet interrupts it after 5 s, and ends it 10 s later."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateEngine]:
    """One of our own: on one that others use, the labs would wait for theirs, and theirs would sweep our dead."""
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


@pytest.fixture(autouse=True)
def nothing_of_others_is_gone(others: list[Callable[[], None]]) -> Iterator[None]:
    yield
    for look in others:
        look()


def test_a_worker_is_killed(course: Course, docker_host: DockerHost) -> None:
    """One error; the others run, also the lab behind it, which needs the lock that the dead one held."""
    run = course.start("-n", "2")
    told = run.told()
    assert kinds_of(left_of(docker_host, told["run"])) == ALL
    assert told["pid"] != run.process.pid
    os.kill(told["pid"], signal.SIGKILL)
    assert run.end() == 3, run.out
    assert run.verdicts() == {"before": "passed", "held": "error", "after": "passed", "file": "passed"}
    assert left_of(docker_host, told["run"]) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_the_controller_is_killed(course: Course, docker_host: DockerHost, how: signal.Signals) -> None:
    """No hook of a killed process runs: everything is left, until the next start."""
    run = course.start()
    told = run.told()
    run.process.send_signal(how)
    assert run.end() == -how
    assert kinds_of(left_of(docker_host, told["run"])) == ALL
    again = course.start(*NEXT)
    assert again.told()["run"] != told["run"]
    assert left_of(docker_host, told["run"]) == []
    again.go()
    assert again.end() == 0, again.out
    assert left_of(docker_host, again.told()["run"]) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_the_controller_of_workers_is_killed(course: Course, docker_host: DockerHost, how: signal.Signals) -> None:
    """Its worker notices, ends and cleans up by itself; a run that begins before that waits for the labs' lock."""
    run = course.start("-n", "2")
    told = run.told()
    run.process.send_signal(how)
    assert run.end() == -how
    assert kinds_of(left_of(docker_host, told["run"])) == ALL
    again = course.start(*NEXT)
    assert again.told(seconds=_ORPHAN)["run"] != told["run"]
    eventually(lambda: not is_alive(told["pid"]), _ORPHAN, lambda: "an orphaned worker goes on for ever")
    again.go()
    assert again.end() == 0, again.out
    assert left_of(docker_host, told["run"]) == []


@pytest.mark.parametrize(("workers", "after"), [("0", 0.0), ("2", 0.27)])
def test_ctrl_c_while_a_probe_starts(course: Course, docker_host: DockerHost, workers: str, after: float) -> None:
    """Sent to all its processes, as a terminal does, at any moment of a start."""
    run = course.start("-n", workers, "--hw=kills/starting")
    told = run.told("starting")
    threading.Timer(after, os.killpg, (run.process.pid, signal.SIGINT)).start()
    assert run.end() == 2, run.out
    assert not is_alive(told["pid"])
    assert left_of(docker_host, told["run"]) == []


def test_ctrl_c_for_the_controller_alone(course: Course, docker_host: DockerHost) -> None:
    """A worker hears of it from there."""
    run = course.start("-n", "2")
    told = run.told()
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 2, run.out
    assert not is_alive(told["pid"])
    assert left_of(docker_host, told["run"]) == []


def test_the_engine_is_restarted_under_a_lab(course: Course, engine: PrivateEngine, docker_host: DockerHost) -> None:
    """The probes are dead and nobody answers, which is no behaviour of the docker host: an error."""
    run = course.start()
    told = run.told()
    engine.restart()
    run.go()
    assert run.end() == 3, run.out
    verdicts = run.verdicts()
    assert verdicts == {"before": "passed", "held": "error", "after": "passed", "file": "passed"}
    assert left_of(docker_host, told["run"]) == []


def test_the_engine_is_away_at_the_end(course: Course, engine: PrivateEngine, docker_host: DockerHost) -> None:
    """Nothing can be removed then; it is when the engine is back, at the next start."""
    run = course.start()
    told = run.told()
    engine.stop()
    run.go()
    assert run.end() == 3, run.out
    verdicts = run.verdicts()
    assert verdicts["held"] == "error"
    assert verdicts["after"] in ("error", "unverified")
    assert verdicts["file"] == "passed"
    engine.start()
    assert kinds_of(left_of(docker_host, told["run"])) == ALL
    again = course.start(*NEXT)
    again.told()
    assert left_of(docker_host, told["run"]) == []
    again.go()
    assert again.end() == 0, again.out
