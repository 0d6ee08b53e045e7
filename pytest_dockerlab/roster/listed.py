"""Submissions that are named by their place alone: an id for each, made of where it lies."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

__all__ = ["ids_of", "is_repository"]

_MOST = 80


def is_repository(folder: Path) -> bool:
    """Whether a folder is a git repository itself, with a work tree or bare."""
    return (folder / ".git").exists() or all((folder / name).exists() for name in ("HEAD", "objects", "refs"))


def ids_of(places: Sequence[str]) -> list[str]:
    """An id for each path or URL: the last of its names, with the one before it where that is no other's id.

    They depend on the places alone, and not on their order.
    """
    names = [_names(place) for place in places]
    ids = [_id(each[-1:]) for each in names]
    for parts in (2, 3):
        counts = Counter(id.lower() for id in ids)
        ids = [_id(each[-parts:]) if counts[id.lower()] > 1 else id for id, each in zip(ids, names, strict=True)]
    counts = Counter(id.lower() for id in ids)
    return [
        f"{id}-{sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}" if counts[id.lower()] > 1 else id
        for id, place in zip(ids, places, strict=True)
    ]


def _names(place: str) -> list[str]:
    names = re.split(r"[/\\:]+", place.rstrip("/\\"))
    if names[-1] == ".git" and len(names) > 1:
        names.pop()
    return [*names[:-1], names[-1].removesuffix(".git")]


def _id(names: Sequence[str]) -> str:
    text = unicodedata.normalize("NFC", "+".join(names))
    return re.sub(r"[^\w.@+-]+", "-", text).strip("-.")[:_MOST].strip("-.") or "submission"
