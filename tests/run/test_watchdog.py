"""Time limits: what is interrupted, and what is not touched."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.run.watchdog import TimeLimit, watch


def test_what_does_not_end_is_interrupted() -> None:
    start = time.monotonic()
    with pytest.raises(TimeLimit, match=r"limit of 0\.2 s"), watch(0.2):
        threading.Event().wait(30)
    assert time.monotonic() - start < 10


def test_no_handler_on_the_way_can_swallow_it() -> None:
    def swallowing() -> None:
        with contextlib.suppress(Exception):
            threading.Event().wait(30)

    with pytest.raises(TimeLimit), watch(0.2):
        swallowing()


def test_outside_programs_end_with_it() -> None:
    started = time.monotonic()
    with pytest.raises(TimeLimit), watch(0.3):
        tools.run(["sleep", "30"], timeout=30)
    assert time.monotonic() - started < 10


def test_what_ends_in_time_leaves_no_alarm_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with watch(5):
        pass
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_alarm_of_somebody_else_goes_on() -> None:
    signal.setitimer(signal.ITIMER_REAL, 100)
    try:
        with watch(5):
            pass
        left, _interval = signal.getitimer(signal.ITIMER_REAL)
        assert 90 < left <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_one_thread_watches_over_all_checks() -> None:
    def nothing(_stack: str) -> None: ...

    with watch(5, nothing):
        before = threading.active_count()
    for _check in range(3):
        with watch(5, nothing), watch(4, nothing):
            assert threading.active_count() == before


def test_a_worker_that_cannot_be_interrupted_ends_with_its_last_words() -> None:
    code = """
        import signal, threading
        from pytest_dockerlab.run import watchdog
        watchdog.GRACE = 0.3
        with watchdog.watch(60, print):
            pass  # of one that ended in time nothing is due
        def stuck_here():
            with watchdog.watch(0.2, lambda stack: print("last words:", "stuck_here" in stack, flush=True)):
                threading.Event().wait(30)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        stuck_here()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (70, "last words: True"), done.stderr
