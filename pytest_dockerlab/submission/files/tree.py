"""The files of a submission, wherever they come from: a working tree (``worktree.py``) or a commit (``git_tree.py``).

Whatever reads a submission reads it through a :class:`Tree`, which never leaves the submission, reads only regular
files, and has a limit for everything.
"""

from __future__ import annotations

import codecs
import datetime
import functools
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ...errors import DockerlabError, LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import Message, _
from ..budget import LIMITS, Budget, Limits

__all__ = [
    "LIMITS",
    "Content",
    "Entry",
    "Limits",
    "Text",
    "Tree",
    "decode",
    "elsewhere",
    "folders_above",
    "printable",
    "refused",
    "resolve",
    "split",
]

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_LFS = b"version https://git-lfs.github.com/spec/"
_MAX_POINTER = 1024
MAX_HOPS = 16
MAX_PATH = 4096
MAX_PARTS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a submission. ``size`` is ``None`` where the content is not at hand (a partial clone)."""

    path: str
    size: int | None
    executable: bool = False
    is_symlink: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded file. Line ends are as in the file; ``binary`` says that it holds NUL, so is hardly a text at all."""

    content: str
    encoding: str
    bom: bool = False
    binary: bool = False


@dataclass(slots=True)
class Content:
    """What is below a folder, other people's files too: paths in the submission."""

    entries: list[Entry] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    is_whole: bool = True
    """Whether that is all of it, and not only what there was room and time for."""


class Tree(ABC):
    """The files of a submission. Paths are relative to its root, with ``/``.

    Reading raises :class:`RefusedPath` for what is not there, leads out, or is no regular file, and
    :class:`LimitExceeded` for what is too large. A path that no submission may use (absolute, with ``..``, a backslash
    or NUL, empty, into ``.git``) is refused by every method.
    """

    revision: str
    """What to call this state of the submission."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.budget = Budget(limits)
        self._unlistable: DockerlabError | None = None
        self._sizes: dict[str, int] = {}

    @property
    @abstractmethod
    def commit(self) -> str | None:
        """The commit that this is, or that is checked out in it; ``None`` without git."""

    def newest_commits(self, most: int) -> tuple[str, ...]:
        """The ids of that commit and of those before it, the nearest ones; none without git."""
        return ()

    @abstractmethod
    def written_on(self, path: str, text: str) -> datetime.date | None:
        """The day of the last commit that changed ``text``, a part of the file ``path``; ``None`` without git to tell.

        A text that no commit has yet is of today.
        """

    @property
    def files(self) -> Mapping[str, Entry]:
        """Every file and symbolic link by path, sorted; without ``.git`` and the folders of other people's files."""
        return self._listing[0]

    @property
    def unreadable(self) -> tuple[str, ...]:
        """What is there but no file to read: a folder of root's, a socket, a name that is not UTF-8."""
        return self._listing[1]

    @property
    @abstractmethod
    def repositories(self) -> tuple[str, ...]:
        """Folders that are repositories of their own: git has only a commit's id of them, and no files."""

    def read(self, path: str) -> bytes:
        """The content of a file, at the end of symbolic links that stay inside."""
        data = self._read(path, resolve(path, self._target_of))
        if data.startswith(_LFS) and len(data) < _MAX_POINTER:
            raise refused(path, _("a pointer of Git LFS, which is not the file: git lfs pull, or git lfs untrack it"))
        return data

    def read_up_to(self, size: int, path: str) -> bytes:
        """The same of a file of up to ``size`` bytes, which is for somebody else, and does not count as read here."""
        return self._read(path, resolve(path, self._target_of), size)

    def reading(self) -> AbstractContextManager[object]:
        """A block in which many files are read."""
        return nullcontext()

    @abstractmethod
    def everything_in(self, folder: str, is_passed_over: Callable[[str], bool]) -> Content:
        """Everything below a folder (``""``: the submission) that is no link, but git's own files.

        :param is_passed_over: whether a folder is not to be looked into.
        """

    def text(self, path: str) -> Text:
        """The content of a file as text."""
        return decode(self.read(path))

    def exists(self, path: str) -> bool:
        """Whether there is a file or a folder, at the end of symbolic links."""
        return self._kind_at(path) is not None

    def is_dir(self, path: str) -> bool:
        """Whether there is a folder, at the end of symbolic links."""
        return self._kind_at(path) == "folder"

    def link_target(self, path: str) -> str | None:
        """Where a symbolic link points, as it says itself; ``None`` for what is no link. Nothing is followed."""
        split(path)
        return self._target_of(path)

    @abstractmethod
    def tracked(self, path: str) -> bool | None:
        """Whether the commit has this file; ``None`` where there is no git to tell."""

    @abstractmethod
    def _list(self) -> tuple[list[Entry], list[str]]:
        """The entries, and what cannot be one."""

    @abstractmethod
    def _read(self, path: str, parts: list[str], most: int | None = None) -> bytes:
        """Read what ``path`` resolved to; ``most``: see :meth:`read_up_to`."""

    @abstractmethod
    def _kind(self, parts: list[str]) -> Literal["file", "folder"] | None:
        """What ``parts`` is, where no part of it is a link."""

    @abstractmethod
    def _target_of(self, path: str) -> str | None:
        """See :func:`resolve`."""

    def _kind_at(self, path: str) -> Literal["file", "folder"] | None:
        split(path)
        try:
            return self._kind(resolve(path, self._target_of))
        except RefusedPath:
            return None

    @functools.cached_property
    def _listing(self) -> tuple[Mapping[str, Entry], tuple[str, ...]]:
        if self._unlistable is not None:  # trying again would take as long, and end as it did
            raise self._unlistable.with_traceback(None)
        try:
            entries, unreadable = self._list()
        except DockerlabError as error:
            self._unlistable = error
            raise
        entries.sort(key=lambda entry: entry.path)
        return MappingProxyType({entry.path: entry for entry in entries}), tuple(sorted(unreadable))

    def _spend(self, parts: list[str], size: int, most: int | None) -> None:
        """Raise :class:`LimitExceeded` if a file of this size must not be read. A file read twice counts once."""
        path = "/".join(parts)
        limit = self.limits.file_bytes if most is None else most
        if size > limit:
            raise LimitExceeded(_("larger than {limit} bytes", limit=limit), at=Location(path))
        if most is not None:
            return
        reason = _("more than {limit} bytes read from one submission", limit=self.limits.total_bytes)
        self.budget.spend("total_bytes", size - self._sizes.get(path, 0), reason, Location(path))
        self._sizes[path] = size


def refused(path: str, reason: Message | str) -> RefusedPath:
    """The error that says why a path is not read."""
    return RefusedPath(_("{path}: {reason}", path=printable(path), reason=reason))


def printable(path: str) -> str:
    """A file name that can be shown: names on disk are bytes, and not always UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def split(path: str) -> list[str]:
    """The parts of a path in a submission, refused unless it can only lead inside."""
    if printable(path) != path and "\\" not in path:
        raise refused(path, _("not a name in UTF-8"))
    if not path or len(path) > MAX_PATH or path.startswith("/") or "\\" in path or "\0" in path:
        raise refused(path, _("not a relative path with / between its parts"))
    if os.name == "nt" and ":" in path:
        raise refused(path, _("names a drive or a stream"))
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise refused(path, _("leads out of its folder by .."))
    if any(part.casefold() == ".git" for part in parts):
        raise refused(path, _("git's own files are not part of the submission"))
    return parts


def elsewhere(path: str, folder: str) -> RefusedPath:
    """The error for what is in a folder that is a repository of its own."""
    return refused(
        path, _("{folder} is a git repository of its own, and its files are not in this one", folder=printable(folder))
    )


def resolve(path: str, target_of: Callable[[str], str | None]) -> list[str]:
    """The parts of ``path`` once its symbolic links are followed, by names alone.

    :param target_of: what a path, all of whose folders are no links, points to; ``None`` unless it is a link itself.
    """
    todo = split(path)[::-1]
    done: list[str] = []
    hops = 0
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not done:
                raise refused(path, _("a symbolic link leads out of the submission"))
            done.pop()
            continue
        if part.casefold() == ".git":
            raise refused(path, _("git's own files are not part of the submission"))
        target = target_of("/".join([*done, part]))
        if target is None:
            done.append(part)
            if len(done) > MAX_PARTS:
                raise refused(path, _("too many folders"))
            continue
        hops += 1
        if hops > MAX_HOPS:
            raise refused(path, _("a chain of symbolic links without end"))
        if len(target) > MAX_PATH or target.startswith("/") or "\\" in target or "\0" in target:
            raise refused(path, _("a symbolic link leads out of the submission"))
        todo.extend(reversed(target.split("/")))
    return done


def folders_above(path: str) -> Iterator[str]:
    """The folders above a path, the outermost first."""
    return (path[:at] for at, sign in enumerate(path) if sign == "/")


def decode(data: bytes) -> Text:
    """Text of any origin: UTF-8 or UTF-16 by their marks, else UTF-8, else Windows' Cyrillic, else Latin-1."""
    if data.startswith(codecs.BOM_UTF8):
        return Text(data[3:].decode("utf-8", "replace"), "utf-8", bom=True, binary=b"\0" in data)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = data.decode("utf-16", "replace")
        return Text(content, "utf-16", bom=True, binary="\0" in content)
    for encoding in ("utf-8", "cp1251"):
        try:
            return Text(data.decode(encoding), encoding, binary=b"\0" in data)
        except UnicodeDecodeError:
            continue
    return Text(data.decode("latin-1"), "latin-1", binary=b"\0" in data)
