"""Versions of Prometheus, as tags of images and promtool itself write them."""

from __future__ import annotations

import re

__all__ = ["Version", "version_of"]

Version = tuple[int, int, int]

_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")


def version_of(text: str | None) -> Version | None:
    """The version that a text begins with: ``v2.1.0``, ``2.1``; ``None`` for ``latest`` and the like."""
    match = _VERSION.match(text or "")
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None
