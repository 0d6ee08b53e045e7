"""What the instructor decided by hand: ``overrides.csv``, which nobody but them writes.

Its columns: ``id``, ``item``, ``verdict`` or ``points`` (or both), ``reason``, ``who``, ``when``. An item
``manual/<name>`` is one that no check has: with ``max`` in one of its lines everybody is to be marked for it, without
it is a bonus, or a deduction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...results import Verdict

__all__ = ["MANUAL", "Override", "Overrides"]

MANUAL = "manual/"
"""How the items begin that only people mark."""


@dataclass(frozen=True, slots=True)
class Override:
    """One line of it."""

    verdict: Verdict | None
    points: float | None
    reason: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """All of it."""

    marks: Mapping[tuple[str, str], Override] = field(default_factory=dict)
    """By the submission's id and the item's."""
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Where each stands in the file."""
    maxima: Mapping[str, float] = field(default_factory=dict)
    """The points of manual items that everybody is to be marked for."""

    @property
    def manual_items(self) -> tuple[str, ...]:
        """The manual items, in the order in which the file first names them."""
        return tuple(dict.fromkeys(item for _id, item in self.marks if item.startswith(MANUAL)))
