"""What a COPY of the monolith's Dockerfile takes from its build context, which is the folder of the four files."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_2._monolith import FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.checks.docker_2._monolith import Monolith
    from pytest_dockerlab.submission.files.tree import Tree

__all__ = ["taken"]


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
