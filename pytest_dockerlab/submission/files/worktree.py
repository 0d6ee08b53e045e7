"""A submission that is a folder on disk: what a student has before them, or an archive that was unpacked."""

from __future__ import annotations

import datetime
import functools
import itertools
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from ...errors import DockerlabError, LimitExceeded, RefusedPath, UnreadableRepository
from ...messages import _, reason_of
from .git_folder import git_dir_of, resolve_ref
from .git_tree import GitTree
from .tree import LIMITS, Content, Entry, Limits, Tree, elsewhere, folders_above, printable, refused, split
from .vendored import is_skipped

__all__ = ["WorkTree"]

_BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")


class WorkTree(Tree):
    """The tree of a folder."""

    revision = "working tree"

    def __init__(self, root: Path, limits: Limits = LIMITS) -> None:
        super().__init__(limits)
        self.root = Path(os.path.realpath(root))
        self._apart: dict[str, bool] = {}

    @property
    def commit(self) -> str | None:
        """The commit that is checked out, whatever was changed since."""
        try:
            git_dir = git_dir_of(self.root)
            return None if git_dir is None else resolve_ref(git_dir, "HEAD")
        except UnreadableRepository:
            return None

    def newest_commits(self, most: int) -> tuple[str, ...]:
        """See :meth:`.tree.Tree.newest_commits`."""
        try:
            return () if self._head is None else self._head.newest_commits(most)
        except DockerlabError:  # what git cannot read tells as little as nothing
            return ()

    def tracked(self, path: str) -> bool | None:
        """Whether the commit that is checked out has this file."""
        split(path)
        try:
            return None if self._head is None else self._head.tracked(path)
        except DockerlabError:  # a commit that cannot be listed tells as little as none
            return None

    def written_on(self, path: str, text: str) -> datetime.date | None:
        """See :meth:`.tree.Tree.written_on`."""
        if self._head is None:
            return None
        return self._head.written_on(path, text) or datetime.datetime.now(datetime.UTC).date()

    @property
    def repositories(self) -> tuple[str, ...]:
        """See :meth:`.tree.Tree.repositories`: those that lie there, and those that were never filled."""
        filled = {folder for path in self.files for folder in folders_above(path)}
        try:
            empty = set() if self._head is None else set(self._head.repositories) - filled
        except DockerlabError:
            empty = set()
        return tuple(sorted(empty.union(folder for folder, is_apart in self._apart.items() if is_apart)))

    def _is_apart(self, folder: str) -> bool:
        """Whether a folder is a repository of its own, which git takes for one file, and a submodule is not."""
        if folder not in self._apart:
            self._apart[folder] = os.path.lexists(self.root / folder / ".git") and not self._comes_along(folder)
        return self._apart[folder]

    def _comes_along(self, folder: str) -> bool:
        if folder in self._submodules:
            return True
        try:
            git_dir = git_dir_of(self.root)
            if git_dir is None or resolve_ref(git_dir, "HEAD") is None:
                return git_dir is None  # an archive of whatever; and where nothing is committed yet, it will not be
            return self._head is None or (self._head.is_dir(folder) and folder not in self._head.repositories)
        except DockerlabError:
            return True

    @functools.cached_property
    def _submodules(self) -> frozenset[str]:
        try:
            text = self.text(".gitmodules").content
        except (RefusedPath, LimitExceeded):
            return frozenset()
        lines = (line.partition("=") for line in text.splitlines())
        return frozenset(value.strip() for name, _sign, value in lines if name.strip() == "path")

    def everything_in(self, folder: str, is_passed_over: Callable[[str], bool]) -> Content:
        """See :meth:`.tree.Tree.everything_in`. At most so many files as a submission may have, and so many seconds."""
        deadline = time.monotonic() + self.limits.seconds
        found = Content()
        folders = [split(folder) if folder else []]
        while folders:
            parts = folders.pop()
            try:
                with os.scandir(self.root.joinpath(*parts)) as entries:
                    names = list(itertools.islice(entries, self.limits.files + 1))
            except OSError:
                found.unreadable.append(printable("/".join(parts) or "."))
                continue
            for each in names:
                below = [*parts, each.name]
                path = "/".join(below)
                try:
                    split(path)
                    status = each.stat(follow_symlinks=False)
                except (OSError, RefusedPath):
                    found.unreadable.append(printable(path))
                    continue
                mode = status.st_mode
                if stat.S_ISDIR(mode) and len(below) <= self.limits.depth:
                    if self._is_apart(path):
                        found.unreadable.append(path)
                    elif not is_passed_over(path):
                        found.folders.append(path)
                        folders.append(below)
                elif stat.S_ISREG(mode) or stat.S_ISLNK(mode):
                    link = stat.S_ISLNK(mode)
                    found.entries.append(Entry(path, status.st_size, not link and bool(mode & 0o111), link))
                else:
                    found.unreadable.append(path)
            count = len(found.entries) + len(found.folders) + len(found.unreadable)
            if count > self.limits.files or time.monotonic() > deadline:
                found.is_whole = False
                break
        found.entries.sort(key=lambda entry: entry.path)
        return found

    def _read(self, path: str, parts: list[str], most: int | None = None) -> bytes:
        for folder in filter(self._is_apart, folders_above("/".join(parts))):
            raise elsewhere(path, folder)
        try:
            with os.fdopen(self._open(path, parts), "rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    raise refused(path, _("not a regular file"))
                self._spend(parts, status.st_size, most)
                data = file.read((self.limits.file_bytes if most is None else most) + 1)
        except OSError as error:
            raise refused(path, reason_of(error)) from error
        self._spend(parts, len(data), most)  # it may have grown
        return data

    def _open(self, path: str, parts: list[str]) -> int:
        """Open what :func:`resolve` found, and nothing else even if somebody changes the folder meanwhile."""
        if not parts:
            raise refused(path, _("not a regular file"))
        if not _BY_DESCRIPTOR:
            real = Path(os.path.realpath(self.root.joinpath(*parts)))
            if not real.is_relative_to(self.root):
                raise refused(path, _("leads out of the submission"))
            if not stat.S_ISREG(real.lstat().st_mode):
                raise refused(path, _("not a regular file"))
            return os.open(real, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        above = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                below = os.open(part, flags, dir_fd=above)
                os.close(above)
                above = below
            # Looked at before it is opened, because opening a device may already do something.
            if not stat.S_ISREG(os.stat(parts[-1], dir_fd=above, follow_symlinks=False).st_mode):
                raise refused(path, _("not a regular file"))
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
            return os.open(parts[-1], flags, dir_fd=above)
        finally:
            os.close(above)

    def _kind(self, parts: list[str]) -> Literal["file", "folder"] | None:
        if any(map(self._is_apart, folders_above("/".join(parts)))):
            return None
        try:
            mode = self.root.joinpath(*parts).lstat().st_mode
        except OSError:
            return None
        return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else None

    def _target_of(self, path: str) -> str | None:
        try:
            return str((self.root / path).readlink())
        except OSError:  # no link, or not there at all, which opening it will say
            return None

    @functools.cached_property
    def _head(self) -> GitTree | None:
        try:
            git_dir = git_dir_of(self.root)
            return None if git_dir is None else GitTree(git_dir, "HEAD", self.limits, self.budget)
        except DockerlabError:  # no commit yet, git's folder refused, no git here: nothing to tell
            return None

    def _list(self) -> tuple[list[Entry], list[str]]:
        deadline = time.monotonic() + self.limits.seconds
        files: list[Entry] = []
        unreadable: list[str] = []
        folders: list[list[str]] = [[]]
        while folders:
            parts = folders.pop()
            if len(parts) > self.limits.depth:
                raise LimitExceeded(_("folders are nested more than {limit} deep", limit=self.limits.depth))
            try:
                with os.scandir(self.root.joinpath(*parts)) as entries:
                    found = list(itertools.islice(entries, self.limits.files + 1))
            except OSError:
                unreadable.append(printable("/".join(parts) or "."))
                continue
            if parts and any(entry.name == "pyvenv.cfg" for entry in found):
                continue  # a virtualenv, whatever its name
            if parts and any(entry.name == ".git" for entry in found) and self._is_apart("/".join(parts)):
                continue
            for entry in found:
                below = [*parts, entry.name]
                path = "/".join(below)
                try:
                    if is_skipped(below):
                        continue
                    split(path)
                    status = entry.stat(follow_symlinks=False)
                except (OSError, RefusedPath):
                    unreadable.append(printable(path))
                    continue
                mode = status.st_mode
                if stat.S_ISDIR(mode):
                    folders.append(below)
                elif stat.S_ISREG(mode) or stat.S_ISLNK(mode):
                    link = stat.S_ISLNK(mode)
                    files.append(Entry(path, status.st_size, not link and bool(mode & 0o111), link))
                else:
                    unreadable.append(path)
            if len(files) + len(unreadable) + len(folders) > self.limits.files:
                raise LimitExceeded(_("more than {limit} files", limit=self.limits.files))
            if time.monotonic() > deadline:
                raise LimitExceeded(
                    _("listing the files takes longer than {seconds} s", seconds=f"{self.limits.seconds:g}")
                )
        return files, unreadable
