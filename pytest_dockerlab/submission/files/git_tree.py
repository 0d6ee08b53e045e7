"""A submission that is a commit: its files as git has stored them, without anything checked out."""

from __future__ import annotations

import contextlib
import datetime
import functools
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from ...errors import DockerlabError, RefusedPath, ToolFailed, UnreadableRepository
from ...messages import _
from ..budget import Allowance, Budget
from .git_folder import FETCH, is_partial
from .gitrepo import Object, Objects, ancestors, commit_of, explained, files_of
from .tree import LIMITS, MAX_PATH, Content, Entry, Limits, Tree, elsewhere, folders_above, printable, refused, split
from .vendored import is_skipped
from .written import written_on

__all__ = ["GitTree"]

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SUBMODULE = 0o160000
_MAX_BLOB = 256 * 1024 * 1024
"""More than anybody asks for: what a file may have depends on what it is read for."""
_MANY_SECONDS = 120.0
"""For all files of a build's context."""
_SMALL = 64 * 1024
_SMALL_FILES = 1000
_SMALL_BYTES = 8 * 1024 * 1024
"""What is read of the small files together; the usual submission is less."""


class _Stored(NamedTuple):
    entry: Entry
    mode: int
    sha: str


@dataclass(slots=True)
class _Contents:
    """What git has said of the commit: its files, what cannot be one, and the contents of small ones by object."""

    stored: dict[str, _Stored] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    small: dict[str, bytes] = field(default_factory=dict)


class GitTree(Tree):
    """The tree of one commit. ``git_dir`` is one of :func:`git_dir_of`; a ``revision`` that is a full id is believed.

    ``budget`` is that of the submission, where another tree of it has one already.

    Where git cannot read the repository, the listing raises :class:`UnreadableRepository`, now and whenever it is asked
    for again.
    """

    def __init__(
        self, git_dir: Path, revision: str = "HEAD", limits: Limits = LIMITS, budget: Budget | None = None
    ) -> None:
        super().__init__(limits)
        self.budget = budget or self.budget
        self.git_dir = git_dir
        self.revision = revision
        self._commit = revision if _FULL_ID.fullmatch(revision) else commit_of(git_dir, revision, self.budget.git)
        self._objects: Objects | None = None
        self._unreadable: DockerlabError | None = None

    @property
    def commit(self) -> str:
        """The commit that this is."""
        return self._commit

    def newest_commits(self, most: int) -> tuple[str, ...]:
        """See :meth:`.tree.Tree.newest_commits`."""
        with explained(self.git_dir), Objects(self.git_dir, self.budget.git) as objects:
            return tuple(ancestors(objects, self.commit, most))

    def tracked(self, path: str) -> bool:
        """Whether the commit has this file."""
        return "/".join(split(path)) in self._stored

    def written_on(self, path: str, text: str) -> datetime.date | None:
        """See :meth:`.tree.Tree.written_on`."""
        return written_on(self.git_dir, self._commit, path, text, self.budget.git)

    def _list(self) -> tuple[list[Entry], list[str]]:
        entries = [each.entry for each in self._stored.values() if each.mode != _SUBMODULE]
        return [entry for entry in entries if not is_skipped(entry.path.split("/"))], self._contents.unreadable

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

    @functools.cached_property
    def repositories(self) -> tuple[str, ...]:
        """See :meth:`.tree.Tree.repositories`."""
        return tuple(sorted(path for path, each in self._stored.items() if each.mode == _SUBMODULE))

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """See :meth:`.tree.Tree.reading`: one process of git's for all of them."""
        with contextlib.ExitStack() as stack:
            with explained(self.git_dir):
                self._objects = stack.enter_context(Objects(self.git_dir, Allowance(_MANY_SECONDS), max_size=_MAX_BLOB))
            stack.callback(setattr, self, "_objects", None)
            yield

    def _read(self, path: str, parts: list[str], most: int | None = None) -> bytes:
        resolved = "/".join(parts)
        stored = self._stored.get(resolved)
        for folder in (each for each in (*folders_above(resolved), resolved) if each in self.repositories):
            raise elsewhere(path, folder)
        if stored is None:
            raise refused(path, _("not a regular file") if resolved in self._folders else _("no such file"))
        if stored.entry.size is None:
            raise self._lacking(path)
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
            raise refused(path, _("a symbolic link leads out of the submission"))
        return os.fsdecode(self._blob(path, stored))

    def _blob(self, path: str, stored: _Stored) -> bytes:
        """A file's content; whether it may be that large is asked before."""
        if (content := self._contents.small.get(stored.sha)) is not None:
            return content
        try:
            with explained(self.git_dir):
                found = self._asked(stored.sha)
        except UnreadableRepository as error:
            if isinstance(error.__cause__, ToolFailed):
                raise refused(path, _("its content in the repository is damaged")) from error
            raise
        if found is None or found.type != "blob":
            raise self._lacking(path)
        return found.content

    def _lacking(self, path: str) -> DockerlabError:
        if is_partial(self.git_dir):
            return UnreadableRepository(_("the content of {path} was not fetched", path=printable(path)), FETCH)
        return refused(path, _("its content is not in the repository"))

    def _asked(self, sha: str) -> Object | None:
        if self._objects is not None:
            objects, self._objects = self._objects, None  # whatever breaks the exchange off, it does not go on there
            found = next(objects.get([sha]))
            self._objects = objects
            return found
        with Objects(self.git_dir, self.budget.git, max_size=_MAX_BLOB) as objects:
            return next(objects.get([sha]))

    @functools.cached_property
    def _folders(self) -> frozenset[str]:
        above = (folder for path in self._stored for folder in folders_above(path))
        return frozenset({"", *above, *(path for path, stored in self._stored.items() if stored.mode == _SUBMODULE)})

    @property
    def _stored(self) -> Mapping[str, _Stored]:
        return self._contents.stored

    @functools.cached_property
    def _contents(self) -> _Contents:
        if self._unreadable is not None:  # asking once more takes as long, and ends as it did
            raise self._unreadable.with_traceback(None)
        try:
            with explained(self.git_dir), Objects(self.git_dir, self.budget.git) as objects:
                return self._ask_for_all(objects)
        except DockerlabError as error:
            self._unreadable = error
            raise

    def _ask_for_all(self, objects: Objects) -> _Contents:
        found = list(files_of(objects, self.commit, most=self.limits.files, depth=self.limits.depth))
        blobs = list({each.sha: None for each in found if each.mode != _SUBMODULE})
        with Objects(self.git_dir, self.budget.git, max_size=None) as answers:
            sizes = {sha: each.size for sha, each in zip(blobs, answers.get(blobs), strict=True) if each is not None}
        contents = _Contents()
        times = Counter(each.path for each in found)
        for each in found:
            path = os.fsdecode(each.path)
            if times[each.path] > 1:  # which of them a checkout would make, and a person see, cannot be told
                contents.unreadable.append(printable(path))
                continue
            try:  # git lets a tree be stored that no checkout would make
                split(path)
            except RefusedPath:
                contents.unreadable.append(printable(path))
                continue
            executable = stat.S_ISREG(each.mode) and bool(each.mode & 0o100)
            entry = Entry(path, sizes.get(each.sha), executable, stat.S_ISLNK(each.mode))
            contents.stored[path] = _Stored(entry, each.mode, each.sha)
        # A tree may hold one name twice, as a link and as a folder, whose files would then be written through the link.
        stored = contents.stored
        for path in [each for each in stored if any(above in stored for above in folders_above(each))]:
            contents.unreadable.append(printable(path))
            del stored[path]
        with contextlib.suppress(ToolFailed):  # they are read one by one: then it is known which of them is damaged
            small = self._small_ones(stored.values())
            contents.small = {
                each.sha: each.content for each in objects.get(small) if each is not None and each.type == "blob"
            }
        return contents

    def _small_ones(self, stored: Iterable[_Stored]) -> list[str]:
        """The small files, up to what may be read of them: most are asked for, each alone would start git once more."""
        known = [each for each in stored if each.entry.size is not None and not is_skipped(each.entry.path.split("/"))]
        wanted: list[str] = []
        size = 0
        for each in sorted(known, key=lambda each: each.entry.size or 0)[:_SMALL_FILES]:
            size += each.entry.size or 0
            if size > _SMALL_BYTES or (each.entry.size or 0) > _SMALL:
                break
            wanted.append(each.sha)
        return wanted
