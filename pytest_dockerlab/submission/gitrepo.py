"""A submission that is a commit: read from git's objects, without checking anything out.

The repository may be a student's, with its configuration, so git is used for two things only, ``cat-file --batch`` and
``ls-tree``, which run no hook, filter, pager or monitor; what could make them reach out of the repository is refused by
our own code first.
"""

from __future__ import annotations

import contextlib
import functools
import os
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple

from .. import tools
from ..errors import ConfigurationError, LimitExceeded, RefusedPath, ToolFailed, ToolTimeout
from .tree import LIMITS, MAX_PATH, Content, Entry, Limits, Tree, folders_above, is_skipped, printable, refused, split

__all__ = ["GitTree", "commit_of", "git_dir_of", "has_ref", "head_branch"]

MAX_GIT_FILES = 200_000

_SUBMODULE = "160000"
_MAX_BLOB = 256 * 1024 * 1024
"""More than anybody asks for: what a file may have depends on what it is read for."""

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    # A partial clone fetches a missing object by a command of the repository's choice (remote.*.uploadpack). The first
    # variable forbids it since git 2.45; the second leaves older ones no protocol to do it with.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}


def _git(git_dir: Path, *arguments: str) -> list[str]:
    settings = ("core.fsmonitor=", f"core.hooksPath={os.devnull}", "safe.directory=*")
    options = [word for setting in settings for word in ("-c", setting)]
    return ["git", f"--git-dir={git_dir}", "--no-pager", "--no-replace-objects", *options, *arguments]


# --- Which folder is git's ---


def git_dir_of(root: Path) -> Path | None:
    """git's folder of a work tree, or the bare repository that ``root`` itself is; ``None`` without git.

    Raises :class:`RefusedPath` if anything git would read for it is outside ``root``.
    """
    root = Path(os.path.realpath(root))
    found = root / ".git"
    if not os.path.lexists(found):
        found = root
    elif found.is_file():
        words = _read(root, found).removeprefix("gitdir:").strip()
        found = root / words
    found = _inside(root, found)
    if not (found / "HEAD").exists():
        return None
    common = found
    if os.path.lexists(found / "commondir"):
        common = _inside(root, found / _read(root, found / "commondir").strip())
    if not (common / "objects").is_dir():
        return None
    for folder in {found, common}:
        for name in ("HEAD", "config", "config.worktree", "packed-refs", "shallow"):
            if os.path.lexists(folder / name):
                _read(root, folder / name)
        for name in ("refs", "info"):
            _check_folder(root, folder / name)
    _check_objects(root, common / "objects")
    return found


def _check_objects(root: Path, objects: Path, depth: int = 0) -> None:
    """Refuse object stores that borrow from outside; those they borrow from may borrow in turn."""
    if depth > 5:  # git's own limit
        raise refused(_shown(root, objects), "too many alternates")
    _check_folder(root, objects)
    if os.path.lexists(objects / "info/http-alternates"):
        raise refused(_shown(root, objects / "info/http-alternates"), "borrows objects from elsewhere")
    if os.path.lexists(objects / "info/alternates"):
        for line in _read(root, objects / "info/alternates").splitlines():
            if line.startswith('"'):
                raise refused(_shown(root, objects / "info/alternates"), "a quoted path")
            if line and not line.startswith("#"):
                _check_objects(root, _inside(root, objects / line), depth + 1)


def _check_folder(root: Path, top: Path) -> None:
    """Refuse links out, the folder itself among them, and files that git would wait for without end."""
    top = _inside(root, top)
    folders, count = [str(top)] if top.is_dir() else [], 0
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    count += 1
                    if entry.is_symlink():
                        _inside(root, Path(entry.path))
                    elif entry.is_dir():
                        folders.append(entry.path)
                    elif not entry.is_file():
                        raise refused(_shown(root, Path(entry.path)), "not a regular file")
        except OSError as error:
            raise refused(_shown(root, top), error.strerror or "cannot be read") from error
        if count > MAX_GIT_FILES:
            raise LimitExceeded(f"{_shown(root, top)}: more than {MAX_GIT_FILES} files")


def _inside(root: Path, path: Path) -> Path:
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        raise refused(_shown(root, path), "git's folder leads out of the submission")
    return real


def _shown(root: Path, path: Path) -> str:
    return os.path.relpath(path, root)


def _read(root: Path, path: Path) -> str:
    """One of git's own small files."""
    real = _inside(root, path)
    try:
        descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return os.fsdecode(file.read(65536))
    except OSError as error:
        raise refused(_shown(root, path), error.strerror or "cannot be read") from error
    raise refused(_shown(root, path), "not a regular file")


def head_branch(git_dir: Path) -> str | None:
    """The branch that is checked out; ``None`` if it is a commit instead."""
    prefix = "ref: refs/heads/"
    head = _read(Path(os.path.realpath(git_dir)), git_dir / "HEAD").strip()
    return head.removeprefix(prefix) if head.startswith(prefix) else None


# --- Objects ---


@dataclass(frozen=True, slots=True)
class Object:
    sha: str
    type: str
    content: bytes


class Objects:
    """One ``git cat-file --batch``, asked by name; it is ended with the block, and killed at the time limit."""

    def __init__(self, git_dir: Path, *, seconds: float = 30.0, max_size: int = 1024 * 1024) -> None:
        self._command = _git(git_dir, "cat-file", "--batch")
        self._seconds = seconds
        self._max_size = max_size

    def __enter__(self) -> Objects:
        devnull = subprocess.DEVNULL
        self._process = tools.start(self._command, env=_ENVIRONMENT, stdin=subprocess.PIPE, stderr=devnull)
        self._late = threading.Event()
        self._timer = threading.Timer(self._seconds, self._end, (True,))
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._end()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def get(self, names: Sequence[str]) -> Iterator[Object | None]:
        """What is stored under each name, in their order; ``None`` where there is nothing."""
        # A few at a time, so that all the questions fit in the pipe and neither side waits for the other.
        for at in range(0, len(names), 50):
            yield from self._ask(names[at : at + 50])

    def _ask(self, names: Sequence[str]) -> Iterator[Object | None]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(b"".join(os.fsencode(name) + b"\n" for name in names))
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._failure() from None
        for _ in names:
            words = self._process.stdout.readline(4096).split()
            if not words:
                raise self._failure()
            if len(words) != 3 or not words[2].isdigit():  # "… missing", "… ambiguous"
                yield None
                continue
            sha, kind, size = words[0].decode(), words[1].decode(), int(words[2])
            if size > self._max_size:
                raise LimitExceeded(f"{kind} {sha}: larger than {self._max_size} bytes", command=self._command)
            content = self._process.stdout.read(size + 1)
            if len(content) != size + 1:
                raise self._failure()
            yield Object(sha, kind, content[:-1])

    def _end(self, late: bool = False) -> None:
        if late:
            self._late.set()
        tools.end(self._process)

    def _failure(self) -> ToolTimeout | ToolFailed:
        if self._late.is_set():
            return ToolTimeout(f"git ran longer than {self._seconds:g} s", command=self._command)
        return ToolFailed("git ended before it answered: the repository may be damaged", command=self._command)


def commit_of(git_dir: Path, revision: str) -> str:
    """The full id of the commit that ``revision`` names; :class:`ConfigurationError` if it names none."""
    if not revision or revision.startswith("-") or "\n" in revision or "\0" in revision or len(revision) > 1000:
        raise ConfigurationError(f"{printable(revision)!r} is not a git revision")
    with Objects(git_dir) as objects:
        found = next(objects.get([f"{revision}^{{commit}}"]))
    if found is None:
        raise ConfigurationError(f"there is no commit {printable(revision)!r} in this repository")
    return found.sha


def has_ref(git_dir: Path, revision: str) -> bool:
    """Whether ``revision`` names a commit."""
    try:
        commit_of(git_dir, revision)
    except ConfigurationError:
        return False
    return True


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

    @property
    def _stored(self) -> Mapping[str, _Stored]:
        return self._stored_and_not[0]

    @functools.cached_property
    def _folders(self) -> frozenset[str]:
        above = (folder for path in self._stored for folder in folders_above(path))
        return frozenset({"", *above, *(path for path, stored in self._stored.items() if stored.mode == _SUBMODULE)})

    @functools.cached_property
    def _stored_and_not(self) -> tuple[Mapping[str, _Stored], list[str]]:
        command = _git(self.git_dir, "ls-tree", "-r", "-z", "--long", "--full-tree", self.commit)
        output = tools.run(
            command,
            env=_ENVIRONMENT,
            timeout=self.limits.seconds,
            max_output=self.limits.files * 400,
            check=True,
        )
        stored: dict[str, _Stored] = {}
        unreadable: list[str] = []
        lines = output.stdout_bytes.split(b"\0")[:-1]
        if len(lines) > self.limits.files:
            raise LimitExceeded(f"more than {self.limits.files} files")
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
