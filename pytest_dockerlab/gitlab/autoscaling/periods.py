"""Periods of a runner's configuration: cron expressions of five to seven fields, by the second."""

from __future__ import annotations

import calendar
import datetime
import functools
import zoneinfo
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...errors import DockerlabError
from ...messages import Message, _

__all__ = ["UnreadablePeriod", "is_in_period"]

_FIELDS = {5: "0 {} *", 6: "0 {}", 7: "{}"}
"""Of fewer fields the seconds are 0, and then the year is any."""
_NAMES = {
    "@yearly": "0 0 0 1 1 * *",
    "@annually": "0 0 0 1 1 * *",
    "@monthly": "0 0 0 1 * * *",
    "@weekly": "0 0 0 * * 0 *",
    "@daily": "0 0 0 * * * *",
    "@hourly": "0 0 * * * * *",
}
_LONGEST = 200


class UnreadablePeriod(DockerlabError):
    """A period or a time zone that cannot be read: the runner does not start with it."""

    def __init__(self, expression: str, why: Message | str) -> None:
        super().__init__(_("the period {expression} cannot be read: {why}", expression=expression, why=why))


def is_in_period(expression: str, timezone: str, when: datetime.datetime) -> bool:
    """Whether a period is on: it is when its next second is one of the expression's."""
    at = when.astimezone(_zone(timezone)).replace(microsecond=0) + datetime.timedelta(seconds=1)
    fields = _read(expression)
    return (
        _is_among(at.second, fields.second)
        and _is_among(at.minute, fields.minute)
        and _is_among(at.hour, fields.hour)
        and _is_among(at.month, fields.month)
        and _is_among(at.year, fields.year)
        and fields.has_day(at)
    )


class _Fields(NamedTuple):
    """The values of each field; ``*`` is any."""

    minute: list[Any]
    hour: list[Any]
    day: list[Any]
    month: list[Any]
    weekday: list[Any]
    second: list[Any]
    year: list[Any]
    which: Mapping[int, set[Any]]
    """Of the weekdays of a month, those that count: the second Friday, the last one."""

    def has_day(self, at: datetime.datetime) -> bool:
        """Whether the day is one; where day and weekday are given, one of the two is enough."""
        last = calendar.monthrange(at.year, at.month)[1]
        is_day = _is_among(at.day, self.day) or (at.day == last and "l" in self.day)
        number = at.isoweekday() % 7
        is_weekday = _is_among(number, self.weekday)
        if is_weekday and (which := self.which.get(number)):
            is_weekday = -(-at.day // 7) in which or ("l" in which and at.day + 7 > last)
        if "*" in self.day or "*" in self.weekday:
            return is_day and is_weekday
        return is_day or is_weekday


def _is_among(value: int, values: list[Any]) -> bool:
    return value in values or "*" in values


@functools.lru_cache(maxsize=1024)
def _read(expression: str) -> _Fields:
    from croniter import CroniterError, croniter

    try:
        fields, which = croniter.expand(_whole(expression), second_at_beginning=True)
    except (CroniterError, ValueError, KeyError, OverflowError) as error:
        raise UnreadablePeriod(expression, str(error)) from None
    minute, hour, day, month, weekday, second, year = fields
    return _Fields(minute, hour, day, month, weekday, second, year, which)


@functools.lru_cache(maxsize=64)
def _zone(name: str) -> datetime.tzinfo:
    if name in ("", "Local", "UTC"):  # the runner's container has no other
        return datetime.UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnreadablePeriod(name, str(error)) from None


def _whole(expression: str) -> str:
    fields = _NAMES.get(expression.strip(), expression).split()
    if len(expression) > _LONGEST or len(fields) not in _FIELDS:
        raise UnreadablePeriod(expression[:_LONGEST], _("5 to 7 fields: sec min hour day month weekday year"))
    return _FIELDS[len(fields)].format(" ".join(fields))
