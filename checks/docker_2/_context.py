"""What a COPY of the monolith's Dockerfile takes from its build context, which is the folder of the four files."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_2._monolith import FILES
from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location
from pytest_dockerlab.submission.dockerfiles.dockerignore import Ignore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.checks.docker_2._monolith import Monolith
    from pytest_dockerlab.submission.files.tree import Tree

__all__ = ["ignoring_line", "taken"]


def taken(sources: Iterable[str], renamed: str, monolith: Monolith, tree: Tree) -> Iterator[tuple[str, str, bool]]:
    """Which of the files an instruction takes: its name, its path in the build context, and whether it lies within what
    is copied, as the content of a folder does.

    A file of another name that gets one of theirs in the image is it: ``COPY mongo.conf /etc/mongod.conf``.
    """
    for source in sources:
        pattern = posixpath.normpath(source.lstrip("/") or ".")
        if source.startswith("<<"):  # written here, under the name that it gets
            if renamed in FILES:
                yield renamed, "", False
            continue
        for name in FILES[1:]:
            # The content of a folder is copied, not the folder.
            if pattern == ".":
                yield name, name, True
            elif fnmatch.fnmatchcase(name, pattern):
                yield name, name, any(sign in pattern for sign in "*?[")
            elif name == renamed and monolith.path(pattern) in tree.files:
                yield name, pattern, False


def ignoring_line(tree: Tree, monolith: Monolith, source: str) -> Location | None:
    """The line that keeps a file out of the build context; ``None`` for one that is sent."""
    named = (monolith.path("Dockerfile.dockerignore"), monolith.path(".dockerignore"))
    path = next((each for each in named if each in tree.files), None)
    if path is None:
        return None
    try:
        lines = tree.text(path).content.splitlines()
        if not Ignore(lines).matches(source):
            return None
        fitting = [number for number, line in enumerate(lines, start=1) if Ignore([line]).matches(source)]
    except RefusedPath:
        return None
    return Location(path, fitting[-1] if fitting else None)
