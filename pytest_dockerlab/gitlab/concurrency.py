"""How many jobs ran at once, from when each began and ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Peak", "peak"]


@dataclass(frozen=True, slots=True)
class Peak:
    """The most at once, and since when; ``None`` where nothing ran."""

    count: int
    at: datetime | None


_END, _BEGIN, _END_AT_ONCE = range(3)


def peak(spans: Iterable[tuple[datetime, datetime | None]]) -> Peak:
    """The most spans that overlap: one without an end lasts still.

    One that ends as another begins has made room for it. One without a length counts at its moment, and so does one
    that ends before it begins: a clock was set in between.
    """
    events: list[tuple[datetime, int]] = []
    for begin, end in spans:
        events.append((begin, _BEGIN))
        if end is not None:
            events.append((end, _END) if end > begin else (begin, _END_AT_ONCE))
    count, most = 0, Peak(0, None)
    for moment, kind in sorted(events):
        count += 1 if kind == _BEGIN else -1
        if count > most.count:
            most = Peak(count, moment)
    return most
