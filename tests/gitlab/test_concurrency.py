"""How many jobs ran at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pytest_dockerlab.gitlab.concurrency import Peak, peak

_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return _NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("spans", "count", "at"),
    [
        ([(0, 10)], 1, 0),
        ([(0, 10), (5, 15), (9, 20)], 3, 9),
        ([(0, 10), (10, 20)], 1, 0),
        ([(10, 20), (0, 10), (0, 10)], 2, 0),
        ([(0, None), (5, 6)], 2, 5),
        ([(5, 5), (0, 10)], 2, 5),
        ([(5, 5), (5, 5)], 2, 5),
        ([(5, 2), (0, 10)], 2, 5),
        ([(0, 5), (5, 5), (5, 9)], 2, 5),
    ],
)
def test_peaks(spans: list[tuple[float, float | None]], count: int, at: float):
    assert peak((_at(begin), None if end is None else _at(end)) for begin, end in spans) == Peak(count, _at(at))


def test_nothing_ran():
    assert peak([]) == Peak(0, None)


def test_ten_thousand_jobs():
    spans = [(_at(begin), _at(begin + 50.5)) for begin in range(10_000)]

    assert peak(spans).count == 51
