"""Versions of GitLab Runner: as tags of images write them, and which was the newest on a day."""

from __future__ import annotations

import csv
import functools
import re
from datetime import date
from pathlib import Path

__all__ = ["RunnerVersion", "newest_known", "newest_on", "shown", "version_of"]

RunnerVersion = tuple[int, int, int]

# gitlab/gitlab-runner's tags: v10.5.0, alpine-v16.4.1, ubuntu-v15.0.0, alpine3.18-v17.5.0, ubi-fips-v16.0.0
_TAG = re.compile(r"(?:(?:alpine|ubuntu|ubi-fips|latest)[\d.]{0,8}-)?v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?![\d.])")
_RELEASES = Path(__file__).with_name("releases.csv")
"""The minor releases and their days, by the tags of the runner's repository."""


def version_of(text: str | None) -> RunnerVersion | None:
    """The version that an image's tag, or whoever sets one, names; ``None`` for ``latest`` and the like."""
    match = _TAG.match(text or "")
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def shown(version: RunnerVersion) -> str:
    """As people write it: ``10.5``, ``19.3.1``."""
    return ".".join(map(str, version if version[2] else version[:2]))


def newest_on(day: date) -> RunnerVersion | None:
    """The minor release that was the newest on a day; ``None`` before 9.0."""
    return next((version for released, version in reversed(_releases()) if released <= day), None)


def newest_known() -> RunnerVersion:
    """The newest release that is known here."""
    return _releases()[-1][1]


@functools.cache
def _releases() -> list[tuple[date, RunnerVersion]]:
    found = []
    with _RELEASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            version = version_of(row["version"])
            assert version is not None
            found.append((date.fromisoformat(row["day"]), version))
    return found
