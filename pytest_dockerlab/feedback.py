"""How much of a result its student is shown: what the course file says of it, and what that means on a given day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
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
class Feedback:
    """What a course shows, before the deadline of a homework and after it."""

    level: ShownLevel = ShownLevel.FULL
    after_deadline: ShownLevel | None = None
    """From the deadline on, of all items; ``None``: as before."""
    items: Mapping[str, ShownLevel] = field(default_factory=dict)
    """Those with a level of their own."""
    hidden: frozenset[str] = frozenset()
    """Those of which nothing is shown before the deadline, not even the verdict."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown now."""

    feedback: Feedback = field(default_factory=Feedback)
    past: Collection[str] = ()
    """The slugs of the homeworks whose deadline has passed. What waits for one that nobody knows is not shown."""

    def of(self, item: str) -> ShownLevel | None:
        """The level of an item; ``None``: nothing yet."""
        feedback = self.feedback
        if item.partition("/")[0] not in self.past:
            return None if item in feedback.hidden else feedback.items.get(item, feedback.level)
        return feedback.after_deadline or feedback.items.get(item, feedback.level)


ALL_OF_IT = Shown()
