"""A point in time that everything that waits for others has to keep."""

from __future__ import annotations

import time

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

    def sooner(self, seconds: float) -> Deadline:
        """The sooner of this and ``seconds`` from now."""
        return Deadline(min(self.left(), seconds))
