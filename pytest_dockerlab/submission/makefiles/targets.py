"""What a Makefile has: targets with their recipes, and places where make stops reading."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...findings import Location
from ...messages import Message

__all__ = ["Problem", "ShellLine", "Target"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Where make stops reading, and why."""

    reason: Message
    at: Location
    text: str


@dataclass(frozen=True, slots=True)
class ShellLine:
    """One line of a recipe as the shell gets it. ``letters``: see :class:`Expansion`."""

    text: str
    at: Location
    letters: frozenset[str] = frozenset()


@dataclass(slots=True)
class Target:
    """What can be asked of make. For a pattern ``name`` has a ``%``."""

    name: str
    at: Location
    prerequisites: list[str] = field(default_factory=list)
    recipe: list[tuple[str, Location]] = field(default_factory=list)
    """Unexpanded, each line with its place."""
    values: dict[str, str] = field(default_factory=dict)
    """Variables that are set for this target alone."""
    stem: str = ""
    is_again: bool = False
    """Whether a second rule was begun: its recipe, should one come, takes the place of the first one's."""

    def add(self, text: str, at: Location) -> None:
        """Add a line to the recipe."""
        if self.is_again:
            self.recipe, self.is_again = [], False
        self.recipe.append((text, at))
