"""Right changes of the whole tree."""

from __future__ import annotations

from .kinds import Change

CHANGES: list[Change] = []
