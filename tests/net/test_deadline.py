"""Trying until a deadline: how often, and when for the last time."""

from __future__ import annotations

import time

import pytest

from pytest_dockerlab.net.deadline import Deadline


def test_what_is_left() -> None:
    assert 0 < Deadline(5).sooner(1).left() <= 1
    assert 0 < Deadline(1).sooner(5).left() <= 1
    for late in (Deadline(0), Deadline(-1)):
        with pytest.raises(TimeoutError):
            late.left()
        with pytest.raises(TimeoutError):
            late.sooner(1)


def test_attempts_begin_at_once_and_end_at_the_deadline() -> None:
    started = time.monotonic()
    times = [time.monotonic() - started for _attempt in Deadline(1).attempts(longest_pause=0.05)]
    assert times[0] < 1 <= times[-1]
    assert all(before < 1 for before in times[:-1])
    # none pauses longer than it may, so there were several; how many, the machine decides
    assert len(times) >= 3


def test_there_is_one_attempt_in_any_case() -> None:
    assert len(list(Deadline(0).attempts())) == 1
