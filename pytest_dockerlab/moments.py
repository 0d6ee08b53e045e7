"""Deadlines and extensions, as people write them into a table. A moment without its time zone is never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from .messages import _

__all__ = ["due", "extension", "moment"]

_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_SPAN = re.compile(r"\+?\s*(\d{1,4})\s*(w|d|h|m)", re.IGNORECASE)
_END_OF_DAY = time(23, 59, 59)


def moment(text: str, zone: tzinfo | None = None) -> datetime:
    """A moment in ISO 8601, in UTC: ``2026-03-01T23:59+03:00``; without an offset it is in ``zone``.

    A day alone is meant with its last second. Raises ``ValueError``, with a message, for anything else.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            found = datetime.combine(date.fromisoformat(text), _END_OF_DAY)
        else:
            found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            _(
                "{text} is not a moment such as 2026-03-01T23:59+03:00 or a day such as 2026-03-01",
                text=repr(text[:100]),
            )
        ) from None
    if found.tzinfo is None:
        if zone is None:
            raise ValueError(
                _(
                    '{text} does not say its time zone: write {example}, or timezone = "Europe/Moscow" in the course'
                    " file",
                    text=repr(text),
                    example=f"{found.isoformat()}+03:00",
                )
            )
        found = found.replace(tzinfo=zone)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(_("{text} is too far away", text=repr(text))) from None


def extension(text: str, zone: tzinfo | None = None) -> datetime | timedelta:
    """So much more time (``2d``, ``36h``, ``1w``, ``90m``), or a later moment. Raises as :func:`moment` does."""
    found = _SPAN.fullmatch(text)
    more = int(found[1]) * _UNITS[found[2].lower()] if found else None
    return more or moment(text, zone)


def due(deadline: datetime | None, extension: datetime | timedelta | None) -> datetime | None:
    """Until when something may be handed in; ``None``: at any time."""
    if isinstance(extension, timedelta):
        return None if deadline is None else deadline + extension
    return extension or deadline
