"""Waiting for a condition with a deadline. There is no other waiting in the engine package."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["wait_until"]

Value = TypeVar("Value")


def wait_until(
    condition: Callable[[], Value | None],
    *,
    timeout: float,
    error: Callable[[], Exception],
    longest_pause: float = 0.25,
) -> Value:
    """What ``condition`` returns, as soon as it is neither ``None`` nor false.

    It is called at once, then after pauses that grow from 10 ms to ``longest_pause`` seconds, and a last time at the
    deadline, ``timeout`` seconds from now; then the exception that ``error`` makes is raised. ``condition`` itself
    raises to end the waiting early, as when the container that is waited for has exited.
    """
    deadline = time.monotonic() + timeout
    pause = 0.01
    while True:
        value = condition()
        if value:
            return value
        left = deadline - time.monotonic()
        if left <= 0:
            raise error()
        time.sleep(min(pause, left, longest_pause))
        pause *= 1.5
