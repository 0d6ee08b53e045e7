"""When a text of a submission was last written: the day of the commit that brought it in, as it is."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from ...errors import DockerlabError
from ..budget import LIMITS, Allowance
from .gitrepo import Objects, committed, explained
from .tree import decode, split

__all__ = ["written_on"]

_MAX_STEPS = 500
_MAX_BLOBS = 40
"""Versions of the file that are read; the text is then as old as the last of them."""


def written_on(git_dir: Path, commit: str, path: str, text: str, allowance: Allowance) -> datetime.date | None:
    """The day on which the last change to ``text`` was committed, which is part of the file ``path``.

    ``None`` where the commit has no such text there, and where git cannot tell.
    """
    if any(sign in path for sign in "\n\r\0"):
        return None
    try:
        split(path)
        with (
            explained(git_dir),
            Objects(git_dir, allowance, max_size=LIMITS.file_bytes) as contents,
            Objects(git_dir, allowance, max_size=None) as names,
        ):
            return _Walk(contents, names, path, _significant(text)).day(commit)
    except DockerlabError:
        return None


class _Walk:
    """From commit to parent, as long as the text is there."""

    def __init__(self, contents: Objects, names: Objects, path: str, lines: frozenset[str]) -> None:
        self._contents = contents
        self._names = names
        self._path = path
        self._lines = lines
        self._known: dict[str, bool] = {}

    def day(self, commit: str) -> datetime.date | None:
        if not self._has_text(commit):
            return None
        day = None
        for _step in range(_MAX_STEPS):
            found = next(self._contents.get([commit]))
            if found is None or found.type != "commit":  # a shallow clone ends here
                return day
            when = committed(found.content)
            day = day if when is None else when.date()
            parents = re.findall(rb"^parent ([0-9a-f]{40,64})$", found.content.partition(b"\n\n")[0], re.MULTILINE)
            older = next((each.decode() for each in parents[:8] if self._has_text(each.decode())), None)
            if older is None:
                return day
            commit = older
        return day

    def _has_text(self, commit: str) -> bool:
        named = next(self._names.get([f"{commit}:{self._path}"]))
        if named is None or named.type != "blob":
            return False
        if named.sha not in self._known:
            if len(self._known) >= _MAX_BLOBS:
                return False
            blob = next(self._contents.get([named.sha]))
            lines = _significant(decode(blob.content).content) if blob is not None else frozenset()
            self._known[named.sha] = self._lines <= lines
        return self._known[named.sha]


def _significant(text: str) -> frozenset[str]:
    return frozenset(line.strip() for line in text.splitlines()) - {""}
