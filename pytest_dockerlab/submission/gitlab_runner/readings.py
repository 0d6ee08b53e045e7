"""By which runner a configuration is read: the one that is named, else that of its day, and today's."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from ...findings import Location
from .versions import RunnerVersion, newest_known, newest_on, version_of

__all__ = ["Named", "Readings", "readings"]


@dataclass(frozen=True, slots=True)
class Named:
    """A version that somebody names: the tag of the runner's image, or the course."""

    version: RunnerVersion
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """The versions that read a configuration."""

    named: Named | None
    day: datetime.date | None
    """When it was last written; ``None`` where git does not tell."""
    of_day: RunnerVersion | None
    """The newest version then, which ``latest`` was."""
    today: RunnerVersion
    """The newest that is known here."""

    @property
    def main(self) -> RunnerVersion:
        """The version that the verdict is about."""
        return self.named.version if self.named is not None else self.of_day or self.today

    @property
    def is_moving(self) -> bool:
        """Whether the configuration will be read by newer versions than that: no version is named."""
        return self.named is None and self.main != self.today


def readings(tags: Iterable[tuple[str | None, Location]], of_course: str, day: datetime.date | None) -> Readings:
    """The readings of a configuration.

    :param tags: those of the runner's images, and where they stand; the first that is a version counts.
    :param of_course: the version that the course names, or ``""``.
    """
    named = next((Named(version, at) for tag, at in tags if (version := version_of(tag)) is not None), None)
    if named is None and (version := version_of(of_course)) is not None:
        named = Named(version)
    return Readings(named, day, newest_on(day) if day is not None else None, newest_known())
