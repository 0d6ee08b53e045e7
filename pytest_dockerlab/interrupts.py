"""An end in order: what was begun is undone, also where somebody wants the process to end."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

__all__ = ["ended_in_order"]


@contextlib.contextmanager
def ended_in_order() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C inside: by itself it ends a process on the spot."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt(f"signal {number}")

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
