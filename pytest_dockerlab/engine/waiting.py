"""Waiting for a condition with a deadline. There is no other waiting in the engine package."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..net.deadline import Deadline

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

    It is called as :meth:`~..net.deadline.Deadline.attempts` has it, the last time at the deadline, ``timeout`` seconds
    from now; then the exception that ``error`` makes is raised. ``condition`` itself raises to end the waiting early,
    as when the container that is waited for has exited.
    """
    for _attempt in Deadline(timeout).attempts(longest_pause=longest_pause):
        value = condition()
        if value:
            return value
    raise error()
