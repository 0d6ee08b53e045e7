"""``.dockerignore``: which files of a build context are not sent.

The docker SDK reads these files too, but by regular expressions that a pattern such as ``*a*a*a*a*a*b`` keeps busy for
hours. Here a path is matched part by part with :mod:`fnmatch`, whose expressions do not backtrack. They are compiled
here, because :mod:`fnmatch` itself forgets the first of them when there are more than 256.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterable, Sequence

from ...errors import LimitExceeded, RefusedPath
from ...findings import Finding, Location
from ...messages import _
from ..files.tree import Tree

__all__ = ["Ignore", "IgnoreFile"]

_MAX_PATTERNS = 1_000
_MAX_LENGTH = 1_000
_MAX_WORK = 20_000_000
"""Comparisons of one part of a pattern with one of a path: a hundred patterns for ten thousand files take a few
million."""
_ESCAPED = re.compile(r"\\(.)")
# "**" glued to something also stands for any number of folders: "**.md" is "**/*.md"
_GLUED = re.compile(r"(^|/)\*\*(?=[^/*])")
# Go negates by "^" alone, in fnmatch it is "!"
_EXCLAMATION = re.compile(r"\[!([^\]]{1,200})\]")

_Part = re.Pattern[str] | None


class Ignore:
    """The patterns of one file; the last one that fits a path decides.

    Source: https://docs.docker.com/build/concepts/context/#dockerignore-files. A pattern that fits a folder fits
    everything in it, ``**`` stands for any number of folders, and ``!`` takes back what an earlier pattern said.
    Patterns after the first 1,000 and those longer than 1,000 characters do not count. Of patterns that would take
    minutes :meth:`matches` raises :class:`LimitExceeded`.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns: list[tuple[bool, list[_Part]]] = []
        self._work = 0
        for line in lines:
            text = line.strip()
            # a comment begins at the line's first character, and nowhere else
            if not text or line.startswith("#") or len(text) > _MAX_LENGTH or len(self._patterns) >= _MAX_PATTERNS:
                continue
            is_exception = text.startswith("!")
            cleaned = posixpath.normpath(text.removeprefix("!").strip()).strip("/")
            if cleaned not in ("", "."):
                parts = _GLUED.sub(r"\1**/*", cleaned).split("/")
                self._patterns.append((is_exception, [_part(each) for each in parts]))

    @property
    def has_exceptions(self) -> bool:
        """Whether something in a folder that is left out may be taken back."""
        return any(is_exception for is_exception, _pattern in self._patterns)

    def matches(self, path: str) -> bool:
        """Whether the file at ``path`` is left out of the context."""
        parts = path.split("/")
        ignored = False
        for is_exception, pattern in self._patterns:
            if ignored is is_exception and self._fits(pattern, parts):
                ignored = not is_exception
        return ignored

    def _fits(self, pattern: Sequence[_Part], parts: Sequence[str]) -> bool:
        """Whether the pattern fits the path or a folder above it."""
        # the numbers of leading parts that the pattern's parts so far can stand for
        reached = {0}
        for each in pattern:
            self._work += len(parts) if each is None else len(reached)
            if self._work > _MAX_WORK:
                raise LimitExceeded(
                    _(".dockerignore has more and longer patterns than these files can be compared with")
                )
            if each is None:
                reached = set(range(min(reached), len(parts) + 1))
            else:
                reached = {at + 1 for at in reached if at < len(parts) and each.match(parts[at])}
            if not reached:
                return False
        # "a/**" is what is in a, not a itself, which as a file's own path would be nothing anyway
        return any(at > 0 for at in reached)


class IgnoreFile:
    """The file that is obeyed where the build context ``folder`` is sent for a Dockerfile; there may be none."""

    def __init__(self, tree: Tree, folder: str, dockerfile: str) -> None:
        named = (f"{dockerfile}.dockerignore", posixpath.join(folder, ".dockerignore"))
        self._path = next((each for each in named if each in tree.files), "")
        try:
            self._lines = tree.text(self._path).content.splitlines() if self._path else []
        except RefusedPath:
            self._lines = []
        self._ignore = Ignore(self._lines)

    def matches(self, source: str) -> bool:
        """Whether the file at ``source``, a path in the context, is left out."""
        return self._ignore.matches(source)

    def kept_out(self, source: str) -> Finding | None:
        """That a file which an image needs is left out, at the line that says so; ``None`` for one that is sent."""
        if not self.matches(source):
            return None
        fitting = [number for number, line in enumerate(self._lines, start=1) if Ignore([line]).matches(source)]
        return Finding(
            _("{name} is copied into the image", name=source),
            _(".dockerignore keeps it out of the build context"),
            Location(self._path, fitting[-1] if fitting else None),
            _("remove this pattern, or add !{name} after it", name=source),
        )


def _part(text: str) -> _Part:
    """What one part of a path must be; ``None`` for any number of parts. As in Go, ``^`` negates and ``\\`` escapes."""
    if text == "**":
        return None
    plain = _ESCAPED.sub(lambda match: f"[{match[1]}]" if match[1] in "*?[" else match[1], text)
    return re.compile(fnmatch.translate(_EXCLAMATION.sub(r"[\1!]", plain).replace("[^", "[!")))
