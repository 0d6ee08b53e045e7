"""What is ended from outside leaves nothing of ours behind, and takes nothing of anybody else's along.

Real runs of ``pytest --hw`` as processes, on a course whose labs put one thing of each kind up and then wait.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.engine.hosts import DockerHost, resolve_docker_host

from .killing import Course, eventually, foreign_things, is_gone, kinds_of, left_of, live_run
from .private_engine import PrivateEngine, private_engine
from .servers import NotHere

pytestmark = pytest.mark.engine

ALL = {"container", "network", "volume", "image"}
_ORPHAN = 40.0
"""Seconds until a worker without a controller has ended: execnet interrupts it after 5 s, and ends it 10 s later."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateEngine]:
    """One of our own: on one that others use, the labs would wait for theirs, and theirs would sweep our dead."""
    try:
        with private_engine(tmp_path_factory.mktemp("engine")) as engine:
            yield engine
    except NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def docker_host(engine: PrivateEngine) -> Iterator[DockerHost]:
    with resolve_docker_host(engine.url) as host:
        yield host


@pytest.fixture
def course(tmp_path: Path, engine: PrivateEngine) -> Course:
    return Course(tmp_path / "course", engine.url)


@pytest.fixture
def others(docker_host: DockerHost) -> Iterator[None]:
    """Foreign things that look like ours, and a run that lives: both are whole at the end."""
    with foreign_things(docker_host), live_run(docker_host):
        yield


def test_a_worker_is_killed(course: Course, docker_host: DockerHost, others: None) -> None:
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
@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_controller_is_killed(
    course: Course, docker_host: DockerHost, others: None, how: signal.Signals, workers: str
) -> None:
    """Alone it leaves everything to the next start; a worker of its cleans up by itself, once it notices."""
    run = course.start("-n", workers)
    told = run.told()
    run.process.send_signal(how)
    assert run.end() == -how
    if workers == "0":
        assert kinds_of(left_of(docker_host, told["run"])) == ALL, "no hook of a killed process runs"
    else:
        eventually(lambda: is_gone(told["pid"]), _ORPHAN, lambda: "an orphaned worker goes on for ever")
    again = course.start()
    assert left_of(docker_host, again.told()["run"])
    assert left_of(docker_host, told["run"]) == []
    again.go()
    assert again.end() == 0, again.out
    assert set(again.verdicts().values()) == {"passed"}
    assert left_of(docker_host, again.told()["run"]) == []


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_next_start_does_not_wait_for_an_orphan(
    course: Course, docker_host: DockerHost, others: None, workers: str
) -> None:
    """The next run begins while what the killed one left, and perhaps its worker, is still there."""
    run = course.start("-n", workers)
    told = run.told()
    run.process.kill()
    run.end()
    again = course.start()
    assert again.told()["run"] != told["run"]
    again.go()
    assert again.end() == 0, again.out
    eventually(lambda: is_gone(told["pid"]), _ORPHAN)
    assert left_of(docker_host, told["run"]) == []


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("after", [0.0, 0.11, 0.27, 0.53])
def test_ctrl_c_while_a_probe_starts(
    course: Course, docker_host: DockerHost, workers: str, after: float, others: None
) -> None:
    """Sent to all its processes, as a terminal does."""
    run = course.start("-n", workers, "--hw", "kills/starting")
    told = run.told("starting")
    with pytest.raises(AssertionError):  # not a wait for a condition: at any moment of a start
        eventually(lambda: False, after)
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.end() == 2, run.out
    assert is_gone(told["pid"])
    assert left_of(docker_host, told["run"]) == []


@pytest.mark.parametrize("workers", ["0", "2"])
def test_ctrl_c_while_everything_is_up(course: Course, docker_host: DockerHost, workers: str, others: None) -> None:
    """Sent to the controller alone: a worker hears of it from there."""
    run = course.start("-n", workers)
    told = run.told()
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 2, run.out
    assert left_of(docker_host, told["run"]) == []


def test_the_engine_is_restarted_under_a_lab(
    course: Course, engine: PrivateEngine, docker_host: DockerHost, others: None
) -> None:
    """The probes are dead and nobody answers, which is no behaviour of the docker host: an error."""
    run = course.start()
    told = run.told()
    engine.restart()
    run.go()
    assert run.end() == 3, run.out
    verdicts = run.verdicts()
    assert verdicts == {"before": "passed", "held": "error", "after": "passed", "file": "passed"}
    assert left_of(docker_host, told["run"]) == []


def test_the_engine_is_away_at_the_end(
    course: Course, engine: PrivateEngine, docker_host: DockerHost, others: None
) -> None:
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
    again = course.start()
    again.told()
    assert left_of(docker_host, told["run"]) == []
    again.go()
    assert again.end() == 0, again.out
