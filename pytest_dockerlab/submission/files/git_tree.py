"""A submission that is a commit: its files as git has stored them, without anything checked out."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from ...errors import LimitExceeded, RefusedPath, ToolFailed, ToolTimeout
from .gitrepo import Objects, commit_of, list_tree
from .tree import LIMITS, MAX_PATH, Content, Entry, Limits, Tree, folders_above, printable, refused, split
from .vendored import is_skipped

__all__ = ["GitTree"]

_SUBMODULE = "160000"
_MAX_BLOB = 256 * 1024 * 1024
"""More than anybody asks for: what a file may have depends on what it is read for."""
_SMALL = 64 * 1024
_SMALL_FILES = 1000
_SMALL_BYTES = 8 * 1024 * 1024
"""What is read of the small files together; the usual submission is less."""


class _Stored(NamedTuple):
    entry: Entry
    mode: str
    sha: str


class GitTree(Tree):
    """The tree of one commit. ``git_dir`` is one of :func:`git_dir_of`."""

    def __init__(self, git_dir: Path, revision: str = "HEAD", limits: Limits = LIMITS) -> None:
        super().__init__(limits)
        self.git_dir = git_dir
        self.revision = revision
        self._commit = commit_of(git_dir, revision)
        self._objects: Objects | None = None

    @property
    def commit(self) -> str:
        """The commit that this is."""
        return self._commit

    def tracked(self, path: str) -> bool:
        """Whether the commit has this file."""
        return "/".join(split(path)) in self._stored

    def _list(self) -> tuple[list[Entry], list[str]]:
        stored, unreadable = self._stored_and_not
        entries = [each.entry for each in stored.values() if each.mode != _SUBMODULE]
        return [entry for entry in entries if not is_skipped(entry.path.split("/"))], unreadable

    def everything_in(self, folder: str, is_passed_over: Callable[[str], bool]) -> Content:
        """See :meth:`.tree.Tree.everything_in`. A commit has no empty folders; a submodule's files are elsewhere."""
        found = Content()
        prefix = f"{folder}/" if folder else ""
        found.folders = sorted(each for each in self._folders if each.startswith(prefix) and each)
        passed = {each for each in found.folders if is_passed_over(each)}
        found.folders = [each for each in found.folders if each not in passed]
        for path, stored in self._stored.items():
            if not path.startswith(prefix) or any(each in passed for each in folders_above(path)):
                continue
            if stored.mode == _SUBMODULE:
                found.unreadable.append(path)
                found.folders.remove(path)
            else:
                found.entries.append(stored.entry)
        found.unreadable += [each for each in self.unreadable if each.startswith(prefix)]
        found.entries.sort(key=lambda entry: entry.path)
        return found

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """See :meth:`.tree.Tree.reading`: one process of git's for all of them."""
        with Objects(self.git_dir, seconds=120.0, max_size=_MAX_BLOB) as self._objects:
            try:
                yield
            finally:
                self._objects = None

    def _read(self, path: str, parts: list[str], most: int | None = None) -> bytes:
        resolved = "/".join(parts)
        stored = self._stored.get(resolved)
        if stored is None:
            raise refused(path, "not a regular file" if resolved in self._folders else "No such file or directory")
        if stored.mode == _SUBMODULE:
            raise refused(path, "a submodule, whose files are in another repository")
        if stored.entry.size is None:
            raise refused(path, "its content is not in the repository")
        self._spend(parts, stored.entry.size, most)
        return self._blob(path, stored)

    def _kind(self, parts: list[str]) -> Literal["file", "folder"] | None:
        path = "/".join(parts)
        return "folder" if path in self._folders else "file" if path in self._stored else None

    def _target_of(self, path: str) -> str | None:
        stored = self._stored.get(path)
        if stored is None or not stored.entry.is_symlink:
            return None
        if (stored.entry.size or 0) > MAX_PATH:
            raise refused(path, "a symbolic link leads out of the submission")
        return os.fsdecode(self._blob(path, stored))

    def _blob(self, path: str, stored: _Stored) -> bytes:
        """A file's content; whether it may be that large is asked before."""
        if (content := self._small.get(stored.sha)) is not None:
            return content
        try:
            if self._objects is not None:
                found = next(self._objects.get([stored.sha]))
            else:
                with Objects(self.git_dir, max_size=_MAX_BLOB) as objects:
                    found = next(objects.get([stored.sha]))
        except (ToolFailed, ToolTimeout) as error:
            self._objects = None  # git has ended, at a damaged file perhaps: the others are read one by one
            if isinstance(error, ToolTimeout):
                raise
            raise refused(path, "its content in the repository is damaged") from error
        if found is None or found.type != "blob":
            raise refused(path, "its content is not in the repository")
        return found.content

    @functools.cached_property
    def _small(self) -> Mapping[str, bytes]:
        """The contents of small files by their object: most are asked for, each alone would start git once more."""
        wanted: list[str] = []
        size = 0
        known = [entry for entry in self.files.values() if entry.size is not None and entry.size <= _SMALL]
        for entry in sorted(known, key=lambda entry: entry.size or 0)[:_SMALL_FILES]:
            size += entry.size or 0
            if size > _SMALL_BYTES:
                break
            wanted.append(self._stored[entry.path].sha)
        try:
            with Objects(self.git_dir, max_size=_SMALL) as objects:
                found = list(objects.get(wanted))
        except (ToolFailed, ToolTimeout):
            return {}  # they are read one by one: then it is known which of them is damaged
        return {each.sha: each.content for each in found if each is not None and each.type == "blob"}

    @property
    def _stored(self) -> Mapping[str, _Stored]:
        return self._stored_and_not[0]

    @functools.cached_property
    def _folders(self) -> frozenset[str]:
        above = (folder for path in self._stored for folder in folders_above(path))
        return frozenset({"", *above, *(path for path, stored in self._stored.items() if stored.mode == _SUBMODULE)})

    @functools.cached_property
    def _stored_and_not(self) -> tuple[Mapping[str, _Stored], list[str]]:
        lines = list_tree(self.git_dir, self.commit, seconds=self.limits.seconds, max_output=self.limits.files * 400)
        if len(lines) > self.limits.files:
            raise LimitExceeded(f"more than {self.limits.files} files")
        stored: dict[str, _Stored] = {}
        unreadable: list[str] = []
        for line in lines:
            facts, _, name = line.partition(b"\t")
            mode, _kind, sha, size = facts.decode().split()
            path = os.fsdecode(name)
            # git lets a tree be stored that no checkout would make.
            try:
                parts = split(path)
            except RefusedPath:
                unreadable.append(printable(path))
                continue
            if len(parts) > self.limits.depth + 1:
                raise LimitExceeded(f"folders are nested more than {self.limits.depth} deep")
            entry = Entry(path, int(size) if size.isdigit() else None, mode == "100755", mode == "120000")
            stored[path] = _Stored(entry, mode, sha)
        # A tree may hold one name twice, as a link and as a folder, whose files would then be written through the link.
        for path in [each for each in stored if any(above in stored for above in folders_above(each))]:
            unreadable.append(printable(path))
            del stored[path]
        return stored, unreadable
