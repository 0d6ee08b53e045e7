"""How much of a result its student is shown: what the course file says of it, and what that means on a given day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

__all__ = ["ALL_OF_IT", "Feedback", "Shown", "ShownLevel"]


class ShownLevel(StrEnum):
    """How much of an item's result is shown."""

    FULL = "full"
    OWN_OUTPUT = "own output"
    """What the student's own work is and does: the places and lines, what was found, what was measured. Not what was
    expected, and not what to do."""
    VERDICT_ONLY = "verdict only"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown now."""

    level: ShownLevel = ShownLevel.FULL
    items: Mapping[str, ShownLevel] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    """The items of which nothing is shown yet, not even the verdict."""

    def of(self, item: str) -> ShownLevel | None:
        """The level of an item; ``None``: nothing yet."""
        return None if item in self.hidden else self.items.get(item, self.level)


ALL_OF_IT = Shown()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a course shows, and when. What waits for a deadline is not shown where none is known."""

    level: ShownLevel = ShownLevel.FULL
    after_deadline: ShownLevel | None = None
    """From the deadline on; ``None``: as before."""
    items: Mapping[str, ShownLevel] = field(default_factory=dict)
    """Those with a level of their own, before the deadline."""
    hidden: frozenset[str] = frozenset()
    """Those of which nothing is shown before the deadline."""
    deadline: datetime | None = None
    """Where the roster has none for a submission."""

    def at(self, now: datetime, deadline: datetime | None = None) -> Shown:
        """What is shown ``now`` to a student whose own deadline is ``deadline``."""
        deadline = deadline or self.deadline
        if deadline is None or _aware(now) < _aware(deadline):
            return Shown(self.level, self.items, self.hidden)
        if self.after_deadline is None:
            return Shown(self.level, self.items)
        return Shown(self.after_deadline)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
