"""git, asked for the objects of a submission's repository: contents and listings, without checking anything out.

git is used for ``cat-file --batch`` alone, which runs no hook, filter, pager or monitor, and says of every object how
large it is before it reads it. What it takes for the repository is an empty one of ours, in ``empty/``: that one's
configuration is all that git reads, and it has no refs. Of the submission it is given the folder of objects alone,
which :mod:`.git_folder` has looked through.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import stat
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from ... import tools
from ...errors import ConfigurationError, LimitExceeded, ToolFailed, ToolMissing, ToolTimeout, UnreadableRepository
from ...messages import Message, _, excerpt
from ..budget import LIMITS, Allowance
from .git_folder import FETCH, FSCK, has_sha256, is_partial, resolve_ref
from .tree import MAX_PATH, printable

__all__ = [
    "File",
    "Object",
    "Objects",
    "ancestors",
    "commit_of",
    "committed",
    "dated_commit_of",
    "explained",
    "files_of",
]

_MAX_COMMIT = 4 * 1024 * 1024
"""Of a tree, too: a folder of 20,000 files takes a third of it."""
_MAX_TAGS = 5
"""Tags may name tags."""
_EMPTY = Path(__file__).with_name("empty")

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
}

_REVISION = re.compile(r"(?P<base>@|[^~^@:]+)(?P<steps>(?:[~^]\d{0,6}|\^\{(?:commit)?\}){0,100})")
_ABBREVIATED = re.compile(r"[0-9a-f]{4,64}")


def _git(*arguments: str) -> list[str]:
    return ["git", "--no-pager", "--no-replace-objects", *arguments]


def _environment(git_dir: Path) -> dict[str, str]:
    empty = _EMPTY / ("sha256.git" if has_sha256(git_dir) else "sha1.git")
    objects = os.path.realpath(git_dir / "objects")
    return {**_ENVIRONMENT, "GIT_DIR": str(empty), "GIT_OBJECT_DIRECTORY": objects}


@contextlib.contextmanager
def explained(git_dir: Path) -> Iterator[None]:
    """Make of whatever git does an :class:`UnreadableRepository`, for it is asked about one submission."""
    try:
        yield
    except ToolMissing as error:
        raise UnreadableRepository(_("git is not installed"), _("install git")) from error
    except (ToolFailed, ToolTimeout) as error:
        said = excerpt(error.stderr or "")
        why = _("{what} (git says: {said})", what=error.message, said=said) if said else _("{why}", why=error.message)
        raise UnreadableRepository(why, FETCH if is_partial(git_dir) else FSCK) from error


# --- Objects ---


@dataclass(frozen=True, slots=True)
class Object:
    """What is stored under a name."""

    sha: str
    type: str
    size: int
    content: bytes = b""


class Objects:
    """One ``git cat-file --batch``, asked by name; it is ended with the block, and killed at the time limit.

    :param allowance: what all runs on this repository may take together; each takes what it lasts.
    :param max_size: the most bytes an object may have; :class:`UnreadableRepository` for larger ones, before they are
        read. ``None``: nothing is read, only types and sizes are told.
    """

    def __init__(
        self, git_dir: Path, allowance: Allowance | None = None, *, max_size: int | None = _MAX_COMMIT
    ) -> None:
        self._git_dir = git_dir
        self._command = _git("cat-file", "--batch" if max_size is not None else "--batch-check")
        self._allowance = allowance or Allowance()
        self._max_size = max_size
        self._said = b""

    def __enter__(self) -> Objects:
        left = self._allowance.left
        if not left:
            raise self._too_late()
        environment = _environment(self._git_dir)
        self._process = tools.start(self._command, cwd=_EMPTY, env=environment, stdin=subprocess.PIPE)
        self._allowance.begin()
        tools.limit(self._process, LIMITS.git_memory, left)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._late = threading.Event()
        self._timer = threading.Timer(left, self._end, (True,))
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._end()
        self._allowance.end()
        self._listener.join(1.0)
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
        for _name in names:
            words = self._process.stdout.readline(4096).split()
            if not words:
                raise self._failure()
            if len(words) != 3 or not words[2].isdigit():  # "… missing", "… ambiguous"
                yield None
                continue
            sha, kind, size = words[0].decode(), words[1].decode(), int(words[2])
            if self._max_size is None:
                yield Object(sha, kind, size)
                continue
            if size > self._max_size:
                raise UnreadableRepository(
                    _("{object} is larger than {size} bytes", object=f"{kind} {sha}", size=self._max_size), FSCK
                )
            content = self._process.stdout.read(size + 1)
            if len(content) != size + 1:
                raise self._failure()
            yield Object(sha, kind, size, content[:-1])

    @property
    def remedy(self) -> Message:
        """What helps where something is missing."""
        return FETCH if is_partial(self._git_dir) else FSCK

    @property
    def said(self) -> str:
        """The first of what git has complained about, which is complete when it has ended."""
        return self._said.decode("utf-8", "replace")

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            while line := stream.readline(4096):
                self._said = (self._said + line)[:4096]

    def _end(self, late: bool = False) -> None:
        if late:
            self._late.set()
        tools.end(self._process)

    def _too_late(self) -> ToolTimeout:
        why = _("git ran longer than {seconds} s", seconds=f"{self._allowance.seconds:g}")
        return ToolTimeout(why, command=self._command, stderr=self.said)

    def _failure(self) -> ToolTimeout | ToolFailed:
        self._end()
        self._listener.join(1.0)
        if self._late.is_set():
            return self._too_late()
        return ToolFailed(_("git ended before it answered"), command=self._command, stderr=self.said)


def commit_of(git_dir: Path, revision: str, allowance: Allowance | None = None) -> str:
    """The full id of the commit that ``revision`` names: a ref, an id or the beginning of one, and steps back from it.

    Raises :class:`ConfigurationError` if it names none, :class:`UnreadableRepository` if it cannot be told.
    """
    return dated_commit_of(git_dir, revision, allowance)[0]


def dated_commit_of(
    git_dir: Path, revision: str, allowance: Allowance | None = None
) -> tuple[str, datetime.datetime | None]:
    """The same, and when the commit says that it was made."""
    if not revision or revision.startswith("-") or not revision.isprintable() or len(revision) > 1000:
        raise ConfigurationError(_("{revision} is not a git revision", revision=repr(printable(revision[:100]))))
    asked = _REVISION.fullmatch(revision)
    sha = resolve_ref(git_dir, revision)
    steps = ""
    if sha is None and asked is not None:
        steps = asked["steps"]
        sha = resolve_ref(git_dir, "HEAD" if asked["base"] == "@" else asked["base"])
    is_named = sha is not None
    if sha is None and asked is not None and _ABBREVIATED.fullmatch(asked["base"]):
        sha = asked["base"]
    found: Object | None = None
    if sha is not None:
        with explained(git_dir), Objects(git_dir, allowance) as objects:
            found = _peeled(objects, sha + steps)
        if found is None and is_named and not steps:
            said = excerpt(objects.said) or _("it was never fetched, or is damaged")
            raise UnreadableRepository(_("the commit {commit} is missing: {why}", commit=sha, why=said), objects.remedy)
    if found is None and revision == "HEAD":
        raise UnreadableRepository(_("it has no commit yet"), _("commit the work, and push it"))
    if found is None:
        raise ConfigurationError(
            _("there is no commit {revision} in this repository", revision=repr(printable(revision[:100])))
        )
    return found.sha, committed(found.content)


def committed(content: bytes) -> datetime.datetime | None:
    """When a commit was made, by its own words: whoever makes one may write what they like."""
    date = re.search(rb"^committer .*> (\d{1,12}) ", content.partition(b"\n\n")[0], re.MULTILINE)
    try:
        return datetime.datetime.fromtimestamp(int(date[1]), datetime.UTC) if date is not None else None
    except (OverflowError, ValueError, OSError):
        return None


def _peeled(objects: Objects, name: str) -> Object | None:
    """The commit at the end of tags. Step by step, because git would read what it finds there, of whatever size."""
    for _tag in range(_MAX_TAGS + 1):
        found = next(objects.get([name]))
        if found is None or found.type == "commit":
            return found
        named = re.match(rb"object ([0-9a-f]{40,64})\n", found.content) if found.type == "tag" else None
        if named is None:
            return None
        name = named[1].decode()
    return None


def ancestors(objects: Objects, commit: str, most: int) -> Iterator[str]:
    """A commit and those before it, the nearest ones first, at most so many; what is not there is passed over."""
    level, seen = [commit], {commit}
    while level:
        level = level[:most]
        most -= len(level)
        below = []
        for each in objects.get(level):
            if each is None or each.type != "commit":
                continue
            yield each.sha
            head = each.content.partition(b"\n\n")[0].decode("utf-8", "replace")
            parents: list[str] = re.findall(r"^parent ([0-9a-f]{40,64})$", head, re.MULTILINE)
            below += [parent for parent in dict.fromkeys(parents) if parent not in seen]
            seen.update(parents)
        level = below


class File(NamedTuple):
    """A file of a commit, as its trees have it; also a link, or a commit of another repository (a submodule)."""

    path: bytes
    mode: int
    sha: str


def files_of(objects: Objects, commit: str, *, most: int, depth: int) -> Iterator[File]:
    """Every file of a commit, folder by folder.

    Raises :class:`LimitExceeded` for more than ``most`` files, or as many folders, for folders nested deeper, and for
    a path that no system could make: a name may be as long as its tree, and all that is below repeats it.
    """
    found = next(objects.get([commit]))
    root = re.match(rb"tree ([0-9a-f]{40,64})\n", found.content) if found is not None else None
    if root is None:
        raise UnreadableRepository(_("the commit {commit} is missing or damaged", commit=commit), objects.remedy)
    level = [File(b"", stat.S_IFDIR, root[1].decode())]
    files = folders = 0
    for _depth in range(depth + 1):
        below = []
        for folder, tree in zip(level, objects.get([each.sha for each in level]), strict=True):
            for each in _entries(folder, tree, objects):
                if len(each.path) > MAX_PATH:
                    raise LimitExceeded(_("a path is longer than {limit} bytes", limit=MAX_PATH))
                if stat.S_ISDIR(each.mode):
                    folders += 1
                    below.append(each)
                else:
                    files += 1
                    yield each
                if max(files, folders) > most:
                    raise LimitExceeded(_("more than {limit} files", limit=most))
        level = below
        if not level:
            return
    raise LimitExceeded(_("folders are nested more than {limit} deep", limit=depth))


def _entries(folder: File, tree: Object | None, objects: Objects) -> Iterator[File]:
    """What is directly in a folder: for each a mode, a blank, a name, a zero, and an id in bytes."""
    at, width = 0, len(folder.sha) // 2
    try:
        if tree is None or tree.type != "tree":
            raise ValueError
        while at < len(tree.content):
            blank = tree.content.index(b" ", at)
            end = tree.content.index(b"\0", blank)
            path = (folder.path + b"/" if folder.path else b"") + tree.content[blank + 1 : end]
            yield File(path, int(tree.content[at:blank], 8), tree.content[end + 1 : end + 1 + width].hex())
            at = end + 1 + width
    except ValueError as error:
        shown = excerpt(folder.path) or "/"
        raise UnreadableRepository(
            _("the contents of the folder {folder} are missing or damaged", folder=shown), objects.remedy
        ) from error
