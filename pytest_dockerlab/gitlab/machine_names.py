"""The names that docker+machine gives its machines, and what they tell: runner, time, and whose they are.

``runner-<short token>-<MachineName>``, where ``%s`` in ``MachineName`` becomes the time in seconds and 8 random digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["MachineName", "NamePattern", "rfc1123"]

_LONGEST = 126
"""Twice of what the clouds take for the name of a machine."""
_UNIQUE = "%s"
# 8 characters of the runner's token, from 15.9 on 9, and 17 of what was a registration token from 14.10 on. There may
# be hyphens in it, and underscores before 11.8.
_SHORT = r"[a-z0-9_-]{1,17}"
_STAMP = r"(?P<time>\d{10})-(?P<random>[0-9a-f]{8})"


@dataclass(frozen=True, slots=True)
class MachineName:
    """A machine's name, taken apart."""

    short_token: str
    """Of the runner's token; empty where the runner has none."""
    created: datetime
    random: str


class NamePattern:
    """The names of the machines of one configuration: ``template`` is its ``MachineName``, or any where it is ``None``.

    For a template without ``%s``, whose machines all have one name, it knows no name.
    """

    def __init__(self, template: str | None = None) -> None:
        before, unique, after = (template or _UNIQUE).partition(_UNIQUE)
        middle = f"{re.escape(before)}{_STAMP}{re.escape(after)}" if template else rf".{{0,63}}?{_STAMP}.{{0,63}}"
        # without %s the names cannot be told from those of anything else
        self._pattern = re.compile(rf"(?:runner-(?P<short>{_SHORT}?)-)?{middle}") if unique else None

    def read(self, name: str) -> MachineName | None:
        """The name, taken apart; ``None`` for one that such a configuration does not give."""
        found = self._pattern.fullmatch(name[:_LONGEST]) if self._pattern is not None else None
        if found is None:
            return None
        return MachineName(found["short"] or "", datetime.fromtimestamp(int(found["time"]), UTC), found["random"])


def rfc1123(short_token: str) -> str:
    """A short token as it stands in the names of machines since 11.8; before that it is in lower case alone."""
    return re.sub(r"^[^a-z0-9]+", "", re.sub(r"[^a-z0-9-]", "", short_token.lower()))
