"""Durations as Prometheus writes them: ``5s``, ``1m30s``, ``1d``."""

from __future__ import annotations

import re

__all__ = ["seconds"]

# https://prometheus.io/docs/prometheus/latest/configuration/configuration/: <duration>
_DURATION = re.compile(
    r"(?:(\d{1,9})y)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,12})ms)?"
)
_UNITS = (365 * 86400, 7 * 86400, 86400, 3600, 60, 1, 0.001)


def seconds(text: str) -> float | None:
    """How many seconds a duration is; ``None`` for what is none."""
    if text == "0":
        return 0.0
    match = _DURATION.fullmatch(text) if text else None
    if match is None:
        return None
    return sum(int(each) * unit for each, unit in zip(match.groups(), _UNITS, strict=True) if each)
