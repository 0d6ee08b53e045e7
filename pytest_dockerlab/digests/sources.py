"""The files of our distribution and of packs: all code, and the data that code reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

__all__ = ["Sources"]

_NO_PART = frozenset({"__pycache__", "docs", "locale"})
"""Folders with nothing that a verdict depends on: explanations and translations."""


@dataclass(frozen=True)
class Sources:
    """The files below one top-level package."""

    package: str
    root: Path

    def files(self) -> Iterator[os.DirEntry[str]]:
        """All of them, in an order that is always the same."""
        yield from _files(str(self.root))

    def stamp(self) -> str:
        """Another one where a file was changed: told from sizes and times alone."""
        whole = sha256()
        for entry in self.files():
            status = entry.stat()
            whole.update(f"{entry.path} {status.st_size} {status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
        return whole.hexdigest()

    def digest(self) -> str:
        """Of everything, byte by byte."""
        whole = sha256()
        for entry in self.files():
            content = sha256(Path(entry.path).read_bytes()).hexdigest()
            whole.update(f"{os.path.relpath(entry.path, self.root)} {content}\n".encode("utf-8", "surrogateescape"))
        return whole.hexdigest()

    def modules(self) -> dict[str, Path]:
        """The files of modules, by the names of these."""
        found = {}
        for entry in self.files():
            if entry.name.endswith(".py"):
                parts = Path(os.path.relpath(entry.path, self.root)).with_suffix("").parts
                if parts[-1] == "__init__":
                    parts = parts[:-1]
                found[".".join((self.package, *parts))] = Path(entry.path)
        return found

    def data(self) -> dict[str, str]:
        """The digests of all other files, by their names, and of folders that hold nothing else.

        By name alone, because code says no more: files of one name have a digest together.
        """
        entries = [Path(os.path.relpath(entry.path, self.root)) for entry in self.files()]
        of_code = {folder for path in entries if path.suffix == ".py" for folder in path.parents}
        by_name: dict[str, list[str]] = {}
        for path in entries:
            if path.suffix != ".py":
                content = sha256((self.root / path).read_bytes()).hexdigest()
                for each in (path, *(folder for folder in path.parents if folder not in of_code)):
                    by_name.setdefault(each.name, []).append(f"{path.as_posix()} {content}")
        return {name: sha256("\n".join(each).encode()).hexdigest() for name, each in by_name.items()}


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.is_dir():  # also a link: that is how checks/ is there in a checkout
                if entry.name not in _NO_PART:
                    yield from _files(entry.path)
            elif entry.is_file() and not entry.name.endswith((".pyc", ".part")):
                yield entry
