"""What is stopped is started again, whatever happens meanwhile."""

from __future__ import annotations

import signal

import pytest

from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import _
from pytest_dockerlab.monitoring.drill import StillStopped, stopped
from pytest_dockerlab.run.watchdog import TimeLimit


class Project:
    """Notes what is done, and raises what it is given: for each stop and each start, ``None`` for success."""

    def __init__(self, *starts: BaseException | None, stop: BaseException | None = None) -> None:
        self.done: list[str] = []
        self._starts = list(starts)
        self._stop = stop

    def stop(self, role: str) -> None:
        self.done.append(f"stop {role}")
        if self._stop is not None:
            raise self._stop

    def start(self, role: str) -> None:
        self.done.append(f"start {role}")
        failure = self._starts.pop(0) if self._starts else None
        if failure is not None:
            raise failure


def test_it_is_stopped_inside_and_started_after():
    project = Project()
    with stopped(project, "database"):
        assert project.done == ["stop database"]
    assert project.done == ["stop database", "start database"]


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt(), TimeLimit("x"), SystemExit(1)])
def test_it_is_started_whatever_is_raised(error):
    project = Project()
    with pytest.raises(type(error)), stopped(project, "database"):
        raise error
    assert project.done[-1] == "start database"


def test_it_is_started_after_a_signal_to_end():
    before = signal.getsignal(signal.SIGTERM)
    project = Project()
    with pytest.raises(KeyboardInterrupt), stopped(project, "database"):
        signal.raise_signal(signal.SIGTERM)
    assert project.done[-1] == "start database"
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("error", [OSError("x"), KeyboardInterrupt()])
def test_one_that_may_be_half_stopped_is_started(error):
    project = Project(stop=error)
    with pytest.raises(type(error)), stopped(project, "database"):
        raise AssertionError("not reached")
    assert project.done == ["stop database", "start database"]


def test_one_that_may_not_be_stopped_is_left_alone():
    project = Project(stop=Unverified(_("not here")))
    with pytest.raises(Unverified), stopped(project, "database"):
        raise AssertionError("not reached")
    assert project.done == ["stop database"]


def test_the_start_is_tried_until_it_works():
    project = Project(OSError("busy"), OSError("busy"))
    with stopped(project, "database"):
        pass
    assert project.done.count("start database") == 3


def test_who_wants_us_to_end_waits_until_it_runs():
    project = Project(OSError("busy"), KeyboardInterrupt(), OSError("busy"))
    with pytest.raises(KeyboardInterrupt), stopped(project, "database"):
        pass
    assert project.done.count("start database") == 4


def test_what_cannot_be_started_is_said_loudly():
    project = Project(*[OSError("no space left on device")] * 100)
    with pytest.raises(StillStopped) as caught, stopped(project, "database", to_start=0.1):
        pass
    assert project.done.count("start database") > 1
    said = caught.value.render("en")
    assert said.startswith("THE DATABASE IS STILL STOPPED, and cannot be started: no space left on device; start it")
