"""The commits of a cohort, found out a little ahead of the checks: repositories are had while others are checked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from ..roster.row import Row
from ..source import Source

__all__ = ["Freezer"]

_AT_ONCE = 4


class Freezer:
    """Finds out where the submissions of ``rows`` are, never more than ``ahead`` of what was taken."""

    def __init__(self, rows: Iterable[Row], freeze: Callable[[Row], Source], ahead: int) -> None:
        self._rows: Iterator[Row] | None = iter(rows)
        self._freeze = freeze
        self._ahead = ahead
        self._futures: deque[Future[Source]] = deque()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="dockerlab-freeze")

    @property
    def is_done(self) -> bool:
        """Whether all were taken."""
        return self._rows is None and not self._futures

    def take(self) -> list[Source]:
        """Those that are known by now."""
        while self._rows is not None and len(self._futures) < self._ahead:
            row = next(self._rows, None)
            if row is None:
                self._rows = None
            else:
                self._futures.append(self._threads.submit(self._freeze, row))
        known = [future for future in self._futures if future.done()]
        for future in known:
            self._futures.remove(future)
        return [future.result() for future in known]

    def close(self) -> None:
        """Begin no more."""
        self._rows = None
        self._threads.shutdown(wait=False, cancel_futures=True)
