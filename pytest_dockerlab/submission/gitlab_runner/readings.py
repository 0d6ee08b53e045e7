"""By which runner a configuration is read: the one that is named, else that of its day, and today's."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

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
    is_beyond: bool
    """Whether a newer one than that may be meant, which knows keys that nobody here does."""

    @property
    def main(self) -> RunnerVersion:
        """The version that the verdict is about."""
        return self.named.version if self.named is not None else self.of_day or self.today

    @property
    def is_moving(self) -> bool:
        """Whether the configuration will be read by newer versions than that: no version is named."""
        return self.named is None and self.main != self.today


def readings(
    tags: Iterable[tuple[str | None, Location]], of_course: str, day: datetime.date | None, path: str
) -> Readings:
    """The readings of the configuration at ``path``.

    :param tags: those of the runner's images, and where they stand; of those that are versions the nearest counts.
    :param of_course: the version that the course names, or ``""``.
    """
    names = [Named(version, at) for tag, at in tags if (version := version_of(tag)) is not None]
    named = min(names, key=lambda each: _way(each.at.file if each.at else "", path), default=None)
    if named is None and (version := version_of(of_course)) is not None:
        named = Named(version)
    of_day, today = newest_on(day) if day is not None else None, newest_known()
    is_beyond = of_day in (None, today) if named is None else named.version > today
    return Readings(named, day, of_day, today, is_beyond)


def _way(file: str, other: str) -> int:
    """How many folders lie between two files."""
    folder, start = posixpath.dirname(file), posixpath.dirname(other) or "."
    return len(PurePosixPath(posixpath.relpath(folder or ".", start)).parts)
