"""Which folders of a submission hold other people's files: nobody is graded for those."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

__all__ = ["SKIPPED_FOLDERS", "is_foreign", "is_skipped", "is_vendored"]

# Dependencies and caches that tools put beside a student's work. They hold tens of thousands of files, among them
# Dockerfiles and compose files, so a tree does not even list them.
SKIPPED_FOLDERS = frozenset(
    {"node_modules", ".venv", "venv", ".terraform", ".tox", "__pycache__", ".cache", "vendor/bundle"}
)
# Roles of Ansible and the tests of these, vendored code, and what Ansible and Helm make files of.
_VENDORED = frozenset({"roles", "molecule", "vendor", "templates"})


def is_skipped(parts: Sequence[str]) -> bool:
    """Whether a tree leaves a folder out: it, or one above it, holds git's files, dependencies or caches."""
    return not SKIPPED_FOLDERS.isdisjoint((*parts, *map("/".join, itertools.pairwise(parts)))) or any(
        part.casefold() == ".git" for part in parts
    )


def is_vendored(path: str) -> bool:
    """Whether a file that a tree lists lies in a folder of other people's files, or of templates of files.

    In letters of either case: a folder is what its name says on every machine. What is in there may be copied and
    mounted like any other file; it is never taken for the homework's own.
    """
    return not _VENDORED.isdisjoint(path.casefold().split("/")[:-1])


def is_foreign(path: str) -> bool:
    """Whether a file lies in other people's code, roles of one's own and templates not counted.

    Ansible Galaxy calls a role ``author.role``, and nobody calls one of their own so. A chart inside of a chart is what
    Helm fetched.
    """
    parts = path.casefold().split("/")[:-1]
    is_of_galaxy = any(above == "roles" and "." in name for above, name in itertools.pairwise(parts))
    return is_of_galaxy or parts.count("charts") > 1 or not {"vendor", "molecule"}.isdisjoint(parts)
