"""A point in time that everything that waits for others has to keep."""

from __future__ import annotations

import time
from collections.abc import Iterator

__all__ = ["Deadline"]


class Deadline:
    """A point in time, ``seconds`` from now. Raises ``TimeoutError`` when asked for more time than is left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, more than 0. Raises ``TimeoutError``."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self._end

    def sooner(self, seconds: float) -> Deadline:
        """The sooner of this and ``seconds`` from now."""
        return Deadline(min(self.left(), seconds))

    def attempts(self, *, longest_pause: float = 0.25) -> Iterator[None]:
        """For a loop that tries something until it is there: at once, after pauses, and a last time at the deadline.

        The pauses grow from 10 ms to ``longest_pause`` seconds. Not by tenacity: it sleeps past a deadline instead of
        trying a last time there, and loads asyncio.
        """
        pause = 0.01
        while True:
            yield
            left = self._end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(pause, left, longest_pause))
            pause *= 1.5
