"""What this process is at, said by whoever does it. Whoever has a terminal shows it to those who wait.

An activity stands inside another one: an item, the image that it builds, the step of that.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .messages import Message

__all__ = ["Activity", "at_work", "now", "set_listener", "working_on"]


@dataclass(frozen=True, slots=True)
class Activity:
    """What is done, and since when (``time.time()``, which all processes have in common)."""

    what: Message
    began: float


_activities: list[Activity] = []
_listener: Callable[[tuple[Activity, ...]], None] | None = None


@contextlib.contextmanager
def working_on(what: Message, began: float | None = None) -> Iterator[None]:
    """What runs inside is ``what``, inside of what is going on already."""
    depth = len(_activities)
    _activities.append(Activity(what, time.time() if began is None else began))
    _tell()
    try:
        yield
    finally:
        del _activities[depth:]


def now(what: Message) -> None:
    """The innermost activity has come to ``what``. Another thread may say so, even when it is over."""
    with contextlib.suppress(IndexError):
        _activities[-1] = replace(_activities[-1], what=what)
        _tell()


def at_work() -> tuple[Activity, ...]:
    """What is going on, the innermost last. Another thread may ask."""
    return tuple(_activities)


def set_listener(listener: Callable[[tuple[Activity, ...]], None] | None) -> None:
    """Call ``listener`` with :func:`at_work` whenever something begins."""
    global _listener
    _listener = listener


def _tell() -> None:
    if _listener is not None:
        _listener(at_work())
