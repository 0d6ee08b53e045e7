"""One monitored project for the tests that follow each other, and what is said where it does not start."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.deployment.shared_project import SharedProject
from pytest_dockerlab.findings import Finding, Mismatch, Unverified
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission


class Starts:
    """Says what was started and taken down."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.said: list[str] = []
        self.failure = failure

    def __call__(self, life: contextlib.ExitStack) -> Any:
        self.said.append("start")
        life.callback(self.said.append, "end")
        if self.failure is not None:
            raise self.failure
        return object()


@pytest.fixture
def submissions(tmp_path: Path) -> tuple[Submission, Submission]:
    return Submission("a", WorkTree(tmp_path)), Submission("b", WorkTree(tmp_path))


def test_it_is_started_once_for_each_submission(submissions: tuple[Submission, Submission]) -> None:
    first, second = submissions
    running, start = SharedProject(), Starts()
    project = running.get(first, start)
    assert running.get(first, start) is project
    assert start.said == ["start"]
    assert running.get(second, start) is not project
    assert start.said == ["start", "end", "start"]
    running.end()
    running.end()
    assert start.said == ["start", "end", "start", "end"]
    assert running.get(second, start) is not None


def test_why_it_does_not_start_is_said_once(submissions: tuple[Submission, Submission]) -> None:
    """The item that tells it fails; the others are folded under it."""
    first, second = submissions
    finding = Finding(_("the application starts"), "no", None, _("do"))
    running, start = SharedProject(), Starts(Mismatch(finding))
    with pytest.raises(Mismatch):
        running.get(first, start)
    with pytest.raises(Unverified) as told:
        running.get(first, start)
    assert told.value.because_of == "monitoring-1/targets-up"
    assert told.value.findings == (finding,)
    assert start.said == ["start", "end"]
    assert running.get(second, Starts()) is not None


def test_what_could_not_be_had_is_said_to_everybody(submissions: tuple[Submission, Submission]) -> None:
    running, start = SharedProject(), Starts(Unverified(_("no image")))
    for _time in range(2):
        with pytest.raises(Unverified, match="no image") as stop:
            running.get(submissions[0], start)
        assert stop.value.because_of is None
    assert start.said == ["start", "end"]


def test_an_error_of_ours_is_tried_again(submissions: tuple[Submission, Submission]) -> None:
    running, start = SharedProject(), Starts(RuntimeError("engine"))
    for _time in range(2):
        with pytest.raises(RuntimeError):
            running.get(submissions[0], start)
    assert start.said == ["start", "end", "start", "end"]
