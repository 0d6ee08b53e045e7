"""The application that a check of the app tier asks: one that is up already, or one that is started for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..plans.applications.plan import AppPlan
from .running import Deployment

__all__ = ["Applications"]


@dataclass(frozen=True, slots=True)
class Applications:
    """Where the application is up, if the user said so; else ``start`` builds and starts one by a plan.

    What is started is taken down when the check ends.
    """

    url: str | None
    start: Callable[[AppPlan], Deployment]
    replacements: Mapping[str, str] = field(default_factory=dict)
    """The course's replacements of images."""
