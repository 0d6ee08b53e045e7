"""How long an application is waited for."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Patience"]


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of waiting, in seconds but for one, each from where the one before has ended."""

    start: float = 180.0
    """Until the containers run."""
    publish: float = 60.0
    """Until a port that is published has a number, at every start of the container."""
    up: float = 120.0
    """Until the application answers, and is well."""
    answer: float = 10.0
    """Until one page is answered."""
    shown: float = 10.0
    """Until a page shows what was written."""
    way_in: float = 5.0
    """Until a published port takes a connection, where one did not answer: else it is asked for from beside it."""
    restarts: int = 8
    """How often a container may end. With the engine's pauses that is half a minute: a database may need it to be
    there, and then all is well."""
