"""Periods and time zones of a configuration, judged as the runner's libraries would."""

from __future__ import annotations

import re
import zoneinfo

from ...messages import Message, _

__all__ = ["problem_of_period", "problem_of_timezone"]

# github.com/gorhill/cronexpr: five fields, six with a year behind, seven with seconds before; further ones are ignored.
_FIELD = re.compile(r"[\d*/,\-?#lwa-z]{1,200}", re.IGNORECASE)
_RANGES = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7), (1970, 2099))
_NAMES = {
    4: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    5: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}
_LONG = {
    4: ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december"],
    5: ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
}  # fmt: skip
_SPECIAL = {"@annually", "@yearly", "@monthly", "@weekly", "@daily", "@hourly"}


def problem_of_period(expression: str, fields: int = 7) -> Message | None:
    """What is wrong with a cron expression; ``None`` where nothing is.

    :param fields: seven for docker+machine, which takes five too; five for docker-autoscaler, which takes no others.
    """
    found = expression.split()
    if len(found) == 1 and found[0].lower() in _SPECIAL:
        return None
    if len(found) < 5 or (fields == 5 and len(found) > 5):
        return _("{period} has {number} of the {fields} fields",
                 period=f'"{expression[:100]}"', number=len(found), fields=fields)  # fmt: skip
    found = found[:7]
    placed = enumerate(found) if len(found) == 7 else enumerate(found, start=1)
    for place, field in placed:
        if not _FIELD.fullmatch(field) or not all(_is_right(each, place) for each in field.lower().split(",")):
            return _("{period}: {field} is not right", period=f'"{expression[:100]}"', field=field[:40])
    return None


def problem_of_timezone(name: str) -> Message | None:
    """What is wrong with a time zone's name; ``None`` where nothing is, or where this machine has no list of them."""
    if name in ("", "Local", "UTC"):
        return None
    known = zoneinfo.available_timezones()
    return None if not known or name in known else _("{name} is none", name=f'"{name[:100]}"')


def _is_right(entry: str, place: int) -> bool:
    """Whether a part of a field is a number, a name, a range or a step of it."""
    span, has_step, step = entry.partition("/")
    if has_step and (not step.isdecimal() or not step.isascii() or int(step) < 1):
        return False
    if span in ("*", "?"):
        return True
    if place == 3 and re.fullmatch(r"l|lw|\d{1,2}w", span):
        return True
    if place == 5 and re.fullmatch(r"[0-7a-z]{1,9}(?:l|#[1-5])|l", span):
        return _number(re.sub(r"(?<=.)(?:l|#\d)$", "", span), place) is not None or span == "l"
    first, is_range, last = span.partition("-")
    low, high = _number(first, place), _number(last, place) if is_range else 0
    return low is not None and high is not None


def _number(text: str, place: int) -> int | None:
    for names in (_NAMES.get(place, []), _LONG.get(place, [])):
        if text in names:
            return names.index(text)
    low, high = _RANGES[place]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 and low <= int(text) <= high else None
