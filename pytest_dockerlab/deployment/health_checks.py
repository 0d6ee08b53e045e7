"""How often a health check runs: each is a process that the engine starts, outside every limit of the container."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["bearable"]

_SHORTEST = 1.0
"""Seconds between two health checks, at least."""
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"([0-9]{1,20}(?:\.[0-9]{0,20})?)(h|ms|m|s|us|µs|μs|ns)")


def bearable(own: Mapping[str, Any] | None, image: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The key ``healthcheck`` of a compose service, such that no check comes more often than once a second.

    :param own: what the service itself says, as compose resolves it: durations as ``1m30s``.
    :param image: the engine's inspection of its image's health check: durations in nanoseconds.

    ``None`` where neither has one, or where the image's may stay as it is.
    """
    found = dict(own or {})
    if found.get("disable") or (not found and not image):
        return found or None
    for key, name in (("interval", "Interval"), ("start_interval", "StartInterval")):
        images = float((image or {}).get(name) or 0) / 1e9
        seconds = _seconds(found[key]) if key in found else images
        if 0 < seconds < _SHORTEST:  # 0 is the engine's own, which is longer
            found[key] = f"{_SHORTEST:g}s"
    return found or None


def _seconds(text: object) -> float:
    """Seconds of a duration in Go's writing; what is none counts as the shortest there is."""
    rest, seconds = str(text).strip(), 0.0
    for part in _PART.finditer(rest):
        seconds += float(part[1]) * _UNITS[part[2]]
    is_whole = _PART.sub("", rest) in ("", "0")
    return seconds if is_whole else min(_UNITS.values())
