"""The types of settings, as the runner's decoder of TOML takes them."""

from __future__ import annotations

import datetime
from typing import Any

from ...messages import Message, _
from .configuration import duration_seconds
from .keys import KnownKey, header
from .template import is_open
from .tokens import holds_secret
from .versions import RunnerVersion

__all__ = ["TYPES", "correction", "is_of", "shown_value", "unlisted"]

_INTEGERS_AS_FLOATS: RunnerVersion = (15, 9, 0)
"""With BurntSushi/toml 1.2; before, ``IdleScaleFactor = 1`` ended the runner."""

TYPES = {
    "integer": _("a whole number"), "float": _("a number"), "boolean": _("true or false"),
    "string": _("text in quotes"), "strings": _("a list of texts"), "string or strings": _("text, or a list of texts"),
    "floats": _("a list of numbers"), "duration": _("a duration such as 20m0s"), "datetime": _("a date with its time"),
    "table": _("a section of its own"), "tables": _("a section in double brackets"), "map": _("a section of its own"),
    "services": _("a section in double brackets"),
}  # fmt: skip


def is_of(kind: str, value: Any, version: RunnerVersion) -> bool:
    """Whether a runner of this version takes the value for a setting of this type."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    match kind:
        case "integer":
            return is_number and -(2**63) <= value < 2**63
        case "float":
            return isinstance(value, float) or (is_number and version >= _INTEGERS_AS_FLOATS)
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "strings":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case "string or strings":
            return isinstance(value, str) or is_of("strings", value, version)
        case "floats":
            return isinstance(value, list) and all(is_of("float", each, version) for each in value)
        case "duration":
            return is_number or (isinstance(value, str) and (is_open(value) or duration_seconds(value) is not None))
        case "datetime":
            return isinstance(value, (datetime.datetime, str))  # the text of one is read too
        case "services":
            return isinstance(value, list) and (
                all(isinstance(each, str) for each in value) or all(isinstance(each, dict) for each in value)
            )
        case _:
            return kind != "tables" and isinstance(value, dict)


def shown_value(name: str, value: Any) -> object:
    """The value, unless it may be a secret."""
    if isinstance(value, dict):
        return _("a section")
    if isinstance(value, list):
        return _("a list")
    if isinstance(value, bool):
        return "true" if value else "false"
    if holds_secret(name):
        return _("text") if isinstance(value, str) else _("a number")
    return f'"{value[:200]}"' if isinstance(value, str) else str(value)[:200]


def correction(known: KnownKey, value: Any) -> Message:
    """What to do with a value of another type."""
    match known.type:
        case "float" if isinstance(value, int) and not isinstance(value, bool):
            return _("write it with a point: {key} = {value}", key=known.name, value=f"{value}.0"[:40])
        case "tables" | "table" | "map":
            return _("write {section}", section=header(known.names))
        case "integer" | "float" | "boolean" if isinstance(value, str):
            return _("write it without quotes")
        case "strings" if isinstance(value, str):
            return _("put it in brackets")
        case "string" if not isinstance(value, (dict, list)):
            return _("put it in quotes")
    return _("write {key} as {type}", key=known.name, type=TYPES[known.type])


def unlisted(value: Any, choices: tuple[str, ...]) -> list[str]:
    """What of the value, or of the list, is none of the choices."""
    given = value if isinstance(value, list) else [value]
    return [
        each for each in given if each and isinstance(each, str) and not is_open(each) and each.lower() not in choices
    ]
