"""``.dockerignore``: which files of a build context are not sent.

The docker SDK reads these files too, but by regular expressions that a pattern such as ``*a*a*a*a*a*b`` keeps busy for
hours. Here a path is matched part by part with :mod:`fnmatch`, whose expressions do not backtrack.
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterable, Sequence

__all__ = ["Ignore"]

_MAX_PATTERNS = 1_000
_MAX_LENGTH = 1_000


class Ignore:
    """The patterns of one file; the last one that fits a path decides.

    Source: https://docs.docker.com/build/concepts/context/#dockerignore-files. A pattern that fits a folder fits
    everything in it, ``**`` stands for any number of folders, and ``!`` takes back what an earlier pattern said.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns: list[tuple[bool, list[str]]] = []
        for line in lines:
            text = line.strip()
            if not text or text.startswith("#") or len(text) > _MAX_LENGTH:
                continue
            is_exception = text.startswith("!")
            cleaned = posixpath.normpath(text.removeprefix("!").strip()).strip("/")
            if cleaned not in ("", "."):
                self._patterns.append((is_exception, cleaned.replace("[^", "[!").split("/")))
        del self._patterns[_MAX_PATTERNS:]

    def matches(self, path: str) -> bool:
        """Whether the file at ``path`` is left out of the context."""
        parts = path.split("/")
        ignored = False
        for is_exception, pattern in self._patterns:
            if ignored is is_exception and _fits(pattern, parts):
                ignored = not is_exception
        return ignored


def _fits(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the pattern fits the path or a folder above it."""
    # the numbers of leading parts that the pattern's parts so far can stand for
    reached = {0}
    for each in pattern:
        if each == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatch.fnmatchcase(parts[at], each)}
        if not reached:
            return False
    # "a/**" is what is in a, not a itself, which as a file's own path would be nothing anyway
    return any(at > 0 for at in reached)
