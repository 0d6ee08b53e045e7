"""Time limits: a check that does not end costs itself and nobody else.

At the limit the check is interrupted where it stands, by a signal in the main thread. Where that does not help (a call
into C that never returns, a system without the signal) an xdist worker notes the error, kills the programs that it runs
and ends; the scheduler goes on with another. A run without workers has nobody to go on, and is left to Ctrl-C.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from .. import tools

__all__ = ["GRACE", "TimeLimit", "watch"]

GRACE = 10.0
"""Seconds between the signal and the end of the worker."""
_EXIT = 70  # EX_SOFTWARE of sysexits.h


class TimeLimit(BaseException):
    """The check ran longer than its limit. No ``Exception``: nothing on the way may take it for trouble of its own."""


@contextlib.contextmanager
def watch(seconds: float, last_words: Callable[[str], None] | None = None) -> Iterator[None]:
    """Interrupt what runs inside after ``seconds``, with :class:`TimeLimit`.

    :param last_words: given in a worker: called with the main thread's stack before the process is ended, ``GRACE``
        seconds after the interrupt, when that did not help.
    """
    main = threading.get_ident()
    timer = None
    if last_words is not None:
        timer = threading.Timer(seconds + GRACE, _end, (main, last_words))
        timer.daemon = True
        timer.start()
    try:
        with _alarm(seconds):
            yield
    finally:
        if timer is not None:
            timer.cancel()


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        tools.kill_all()
        raise TimeLimit(f"it ran longer than its limit of {seconds:g} s")

    begun = time.monotonic()
    handler = signal.signal(signal.SIGALRM, interrupt)
    # somebody else's alarm (pytest-timeout's, say) goes on afterwards, shorter by what we took
    others, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if others:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, others - (time.monotonic() - begun)), interval)


def _end(thread: int, last_words: Callable[[str], None]) -> None:
    frame = sys._current_frames().get(thread)
    try:
        last_words("".join(traceback.format_stack(frame)))
        tools.kill_all()
    finally:
        os._exit(_EXIT)
