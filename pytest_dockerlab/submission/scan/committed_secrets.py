"""Secrets among the files of a submission that are handed in: where, and of which kind. Never what."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import Message
from ..files.tree import Tree
from ..files.vendored import is_foreign
from ..text.secrets import find_secrets

__all__ = ["CommittedSecret", "CommittedSecrets", "committed_secrets"]

_MAX_BYTES = 256 * 1024
_MAX_FILES = 3_000
_MAX_TOTAL = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CommittedSecret:
    """What a line holds."""

    what: Message
    at: Location


@dataclass(frozen=True, slots=True)
class CommittedSecrets:
    """What was found. ``unread`` is the first file that was not looked at, because there are too many, or too large."""

    found: tuple[CommittedSecret, ...]
    unread: str | None


def committed_secrets(tree: Tree) -> CommittedSecrets:
    """The secrets in files that git has; without git, in all of them."""
    found: list[CommittedSecret] = []
    count = total = 0
    for path, entry in tree.files.items():
        if entry.is_symlink or is_foreign(path) or entry.size is None or entry.size > _MAX_BYTES:
            continue  # nobody writes a token into a file of that size; data and programs are
        count, total = count + 1, total + entry.size
        if count > _MAX_FILES or total > _MAX_TOTAL:
            return CommittedSecrets(tuple(found), path)
        try:
            text = tree.text(path)
        except RefusedPath:
            continue
        except LimitExceeded:
            return CommittedSecrets(tuple(found), path)
        if text.binary:
            continue
        here = [CommittedSecret(each.what, Location(path, each.line)) for each in find_secrets(text.content)]
        if here and tree.tracked(path) is not False:
            found += here
    return CommittedSecrets(tuple(found), None)
