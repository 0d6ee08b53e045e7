"""git's folder of a submission, and what is read from it: objects and listings, without checking anything out.

The repository may be a student's, with its configuration, so git is used for two things only, ``cat-file --batch`` and
``ls-tree``, which run no hook, filter, pager or monitor; what could make them reach out of the repository is refused by
our own code first.
"""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ... import tools
from ...errors import ConfigurationError, LimitExceeded, ToolFailed, ToolTimeout
from .tree import printable, refused

__all__ = ["Objects", "commit_of", "git_dir_of", "has_ref", "head_branch", "list_tree"]

MAX_GIT_FILES = 200_000

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


def list_tree(git_dir: Path, commit: str, *, seconds: float, max_output: int) -> list[bytes]:
    """Every file of a commit, as ``git ls-tree`` says it (https://git-scm.com/docs/git-ls-tree): mode, type, object and
    size, a tab, and the path.

    Raises :class:`ToolFailed`, :class:`ToolTimeout`, and :class:`LimitExceeded` for more than ``max_output`` bytes.
    """
    command = _git(git_dir, "ls-tree", "-r", "-z", "--long", "--full-tree", commit)
    output = tools.run(command, env=_ENVIRONMENT, timeout=seconds, max_output=max_output, check=True)
    return output.stdout_bytes.split(b"\0")[:-1]
