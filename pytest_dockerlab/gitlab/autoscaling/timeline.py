"""What happens when, in the order in which a real runner does it.

Time is in whole microseconds, so that what falls together does so exactly. Then a poll comes first, as the recordings
of the real runner show: what an earlier poll set going was begun a moment after that, and ends a moment after this one.
Between others the order is that in which they were begun.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from ...errors import DockerlabError
from ...messages import _

__all__ = ["SECOND", "Timeline", "TooLong", "micros"]

SECOND = 1_000_000
_MOST_EVENTS = 1_000_000


class TooLong(DockerlabError):
    """A simulation that does not come to an end in reasonable time."""

    remedy = _("simulate fewer jobs and fewer machines")


class Timeline:
    """The moments to come, and whether anything has changed.

    Polls go on for ever. What is not part of one, and not over yet, is counted by ``pending``.
    """

    def __init__(self) -> None:
        self.now = 0
        self.pending = 0
        self.change = 0
        """Grows with every change of machines or jobs."""
        self.changed = 0
        """When that was."""
        self._heap: list[tuple[int, int, int, bool, Callable[[], None]]] = []
        self._sequence = 0
        self._rank = 1
        self._is_over = False

    @property
    def seconds(self) -> float:
        """The time now."""
        return self.now / SECOND

    @property
    def next(self) -> int | None:
        """When something comes next."""
        return self._heap[0][0] if self._heap else None

    def note_change(self) -> None:
        """Something is not as it was."""
        self.change += 1
        self.changed = self.now

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Something that is no part of a poll."""
        self.pending += 1
        self._push(micros(seconds), action, is_poll=False)

    def poll_later(self, seconds: float, action: Callable[[], None]) -> None:
        """A part of a poll, which may change nothing."""
        self._push(micros(seconds), action, is_poll=True)

    def feed_later(self, after: int, action: Callable[[], None]) -> None:
        """The beginning of one, after so many microseconds: before everything else of that moment."""
        self._push(after, action, is_poll=True, rank=0)

    def run(self) -> None:
        """Let everything happen. Raises :class:`TooLong`."""
        for _number in range(_MOST_EVENTS):
            if self._is_over or not self._heap:
                return
            self.now, self._rank, _sequence, is_poll, action = heapq.heappop(self._heap)
            self.pending -= not is_poll
            action()
        raise TooLong(_("the simulation did not end within {count} events", count=_MOST_EVENTS))

    def stop(self) -> None:
        """What is to come changes nothing."""
        self._is_over = True

    def _push(self, after: int, action: Callable[[], None], *, is_poll: bool, rank: int | None = None) -> None:
        self._sequence += 1
        if rank is None:  # what a poll does in no time is done before others come to it
            rank = self._rank if after == 0 else 1
        heapq.heappush(self._heap, (self.now + after, rank, self._sequence, is_poll, action))


def micros(seconds: float) -> int:
    """Seconds on the timeline."""
    return round(seconds * SECOND)
