"""Time limits: a check that does not end costs itself and nobody else.

At the limit the check is interrupted where it stands, by a signal in the main thread. Where that does not help (a call
into C that never returns, a system without the signal) an xdist worker notes the error, kills the programs that it runs
and ends; the scheduler goes on with another. A run without workers has nobody to go on, and is left to Ctrl-C.
"""

from __future__ import annotations

import contextlib
import functools
import math
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
from ..messages import Message, _

__all__ = ["GRACE", "TimeLimit", "longer_than", "watch"]

GRACE = 10.0
"""Seconds between the signal and the end of the worker."""
_EXIT = 70  # EX_SOFTWARE of sysexits.h


class TimeLimit(BaseException):
    """The check ran longer than its limit. No ``Exception``: nothing on the way may take it for trouble of its own."""

    def __init__(self, reason: Message | str) -> None:
        super().__init__(str(reason))
        self.reason = reason


def longer_than(seconds: float) -> Message:
    """What is said of a check that was ended."""
    return _("it ran longer than its limit of {seconds} s", seconds=f"{seconds:g}")


@contextlib.contextmanager
def watch(seconds: float, last_words: Callable[[str], None] | None = None) -> Iterator[None]:
    """Interrupt what runs inside after ``seconds``, with :class:`TimeLimit`.

    :param last_words: given in a worker: called with the main thread's stack before the process is ended, ``GRACE``
        seconds after the interrupt, when that did not help.
    """
    if last_words is None:
        with _alarm(seconds):
            yield
        return
    main = threading.get_ident()
    with _watchdog().at(time.monotonic() + seconds + GRACE, lambda: _end(main, last_words)), _alarm(seconds):
        yield


class _Watchdog(threading.Thread):
    """Ends what is not left by its deadline.

    One thread for all: to start one for each phase of a check takes longer than most checks do.
    """

    def __init__(self) -> None:
        super().__init__(name="dockerlab-watchdog", daemon=True)
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._changed = threading.Condition()
        self._wakes_at = math.inf

    @contextlib.contextmanager
    def at(self, deadline: float, end: Callable[[], None]) -> Iterator[None]:
        """Call ``end`` then, in the thread, if this is not left before."""
        key = object()
        with self._changed:
            self._due[key] = deadline, end
            if deadline < self._wakes_at:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                del self._due[key]

    def run(self) -> None:
        """The thread."""
        with self._changed:
            while True:
                for deadline, end in [*self._due.values()]:
                    if deadline <= time.monotonic():
                        end()
                self._wakes_at = min((deadline for deadline, _end in self._due.values()), default=math.inf)
                self._changed.wait(None if self._wakes_at == math.inf else self._wakes_at - time.monotonic())


@functools.cache
def _watchdog() -> _Watchdog:
    watchdog = _Watchdog()
    watchdog.start()
    return watchdog


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        tools.kill_all()
        raise TimeLimit(longer_than(seconds))

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
