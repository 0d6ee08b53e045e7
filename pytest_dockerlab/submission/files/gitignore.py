"""What git passes over: the .gitignore files of a submission, asked for one path."""

from __future__ import annotations

import fnmatch

from ...errors import RefusedPath
from ...findings import Location
from .tree import Tree

__all__ = ["ignoring_line"]

_MAX_PATTERN = 200


def ignoring_line(tree: Tree, path: str) -> Location | None:
    """The line of a .gitignore by which ``path`` is passed over; ``None`` where it is not. It need not exist."""
    parts = path.split("/")
    # A folder that is passed over takes with it whatever is below, whatever the files in there say.
    return next(
        filter(None, (_decisive(tree, parts[:size], size < len(parts)) for size in range(1, len(parts) + 1))), None
    )


def _decisive(tree: Tree, parts: list[str], is_folder: bool) -> Location | None:
    found = None
    for depth in range(len(parts)):
        file = "/".join([*parts[:depth], ".gitignore"])
        try:
            lines = tree.text(file).content.splitlines() if tree.exists(file) else []
        except RefusedPath:
            continue
        for number, line in enumerate(lines, start=1):
            pattern = line.rstrip()
            if not pattern or pattern.startswith("#") or len(pattern) > _MAX_PATTERN:
                continue
            if _matches(pattern.removeprefix("!"), parts[depth:], is_folder):
                found = None if pattern.startswith("!") else Location(file, number)
    return found


def _matches(pattern: str, parts: list[str], is_folder: bool) -> bool:
    if pattern.endswith("/") and not is_folder:
        return False
    wanted = pattern.strip("/").split("/")
    if len(wanted) == 1 and not pattern.startswith("/"):
        return fnmatch.fnmatchcase(parts[-1], wanted[0])
    return _fits(wanted, parts)


def _fits(wanted: list[str], parts: list[str]) -> bool:
    """Whether the parts of a pattern fit those of a path, ``**`` any number of them."""
    reached = {0}
    for want in wanted:
        if want == "**":
            reached = set(range(min(reached, default=len(parts) + 1), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatch.fnmatchcase(parts[at], want)}
    return len(parts) in reached
