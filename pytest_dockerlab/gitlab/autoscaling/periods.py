"""Periods of a runner's configuration: cron expressions of five to seven fields, by the second."""

from __future__ import annotations

import datetime
import functools
import zoneinfo

from ...errors import DockerlabError
from ...messages import Message, _

__all__ = ["UnreadablePeriod", "check_period", "is_in_period"]

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
    seconds = _whole(expression)
    from croniter import CroniterError, croniter

    try:
        return croniter.match(seconds, at, second_at_beginning=True, precision_in_seconds=1)
    except (CroniterError, ValueError, KeyError, OverflowError) as error:
        raise UnreadablePeriod(expression, str(error)) from None


def check_period(expression: str, timezone: str = "") -> None:
    """Raise :class:`UnreadablePeriod` for one with which the runner does not start."""
    is_in_period(expression, timezone, datetime.datetime(2018, 2, 22, 12, tzinfo=datetime.UTC))


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
