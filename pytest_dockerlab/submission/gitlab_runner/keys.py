"""What a configuration may consist of: every key with its type, default, and the versions that know it.

The table is ``keys.csv``. ``since`` and ``removed`` are the first minor release whose source has a key, and the first
that has it no more; ``ignored`` the first that reads it without effect. An empty ``since`` is a key older than 1.1.
``source`` names the files of the runner's repository that say so, release by release.
"""

from __future__ import annotations

import csv
import difflib
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .versions import RunnerVersion, version_of

__all__ = ["KnownKey", "Names", "child", "children", "header", "near", "same", "sections_with"]

_TABLE = Path(__file__).with_name("keys.csv")
Names = tuple[str, ...]
"""A key and all that it is inside of, without places in arrays."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """One row of the table."""

    names: Names
    type: str
    default: str
    since: RunnerVersion | None
    deprecated: RunnerVersion | None
    ignored: RunnerVersion | None
    removed: RunnerVersion | None
    choices: tuple[str, ...]
    source: str

    @property
    def name(self) -> str:
        """The key itself."""
        return self.names[-1]


@functools.cache
def _known() -> Mapping[Names, Mapping[str, KnownKey]]:
    """The keys by what they are inside of, and by their names in small letters."""
    found: dict[Names, dict[str, KnownKey]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = tuple(row["key"].split("."))
            known = KnownKey(
                names,
                row["type"],
                row["default"],
                version_of(row["since"]),
                version_of(row["deprecated"]),
                version_of(row["ignored"]),
                version_of(row["removed"]),
                tuple(row["choices"].split()),
                row["source"],
            )
            found.setdefault(names[:-1], {})[names[-1].casefold()] = known
    return found


def children(section: Names) -> Mapping[str, KnownKey]:
    """The keys of a section, by their names in small letters."""
    return _known().get(section, {})


def child(section: Names, name: str) -> KnownKey | None:
    """What a section has of this name, in letters of either case, as the runner reads it."""
    return children(section).get(name.casefold())


def near(section: Names, name: str) -> str | None:
    """The key of this section that was probably meant."""
    close = difflib.get_close_matches(name.casefold()[:100], children(section), n=1, cutoff=0.75)
    return children(section)[close[0]].name if close else None


def same(section: Names, name: str) -> str | None:
    """The key of this section that differs only in dashes and underscores."""
    bare = {each.replace("_", ""): known.name for each, known in children(section).items()}
    return bare.get(name.casefold().replace("_", "").replace("-", ""))


def sections_with(name: str) -> list[str]:
    """The headers of the sections that have a key of this name, the outermost first; ``""`` is the top."""
    found = [section for section, keys in _known().items() if name.casefold() in keys]
    return [header(each) for each in sorted(found, key=lambda each: (len(each), each))]


def header(section: Names) -> str:
    """How a section begins: ``[[runners]]``, ``[runners.machine]``; ``""`` for the top."""
    if not section:
        return ""
    known = child(section[:-1], section[-1])
    name = ".".join(section)
    return f"[[{name}]]" if known is not None and known.type in ("tables", "services") else f"[{name}]"
