"""git's folder of a submission: which it is, whether git may be let at its objects, and what its refs say.

The folder may be a student's work of art, so nothing of git's is run here. Its configuration is not read at all, its
refs are read by us, and of its objects it is known afterwards that they are regular files inside the submission.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from ...errors import UnreadableRepository
from ...messages import _, excerpt, reason_of
from .tree import printable

__all__ = [
    "FETCH",
    "FSCK",
    "git_dir_of",
    "has_sha256",
    "head_branch",
    "is_partial",
    "is_ref_name",
    "resolve_ref",
    "seems_git",
]

MAX_GIT_FILES = 200_000
_SMALL = 64 * 1024
_MAX_PACKED_REFS = 16 * 1024 * 1024
_MAX_SYMBOLIC = 5  # as in git

FSCK = _("git fsck shows what is broken; a fresh clone often helps")
FETCH = _("this is a partial clone: fetch what it lacks, git fetch --refetch --no-filter")
_NO_LINKS = _("keep the repository and all its files in one folder; git clone makes one")

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF_NAME = re.compile(
    r"(?!.*(?:\.\.|//|/\.|@\{|\.lock$|[/.]$))[^\x00-\x20\x7f~^:?*\[\\/.][^\x00-\x20\x7f~^:?*\[\\]{0,500}"
)
"""git-check-ref-format(1)."""
# How git completes the short name of a ref: gitrevisions(7).
_FULL_NAMES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")


def git_dir_of(root: Path) -> Path | None:
    """git's folder of a work tree, or the bare repository that ``root`` itself is; ``None`` without git.

    Raises :class:`UnreadableRepository` if anything git would read of it is outside ``root``, or is no regular file.
    """
    root = Path(os.path.realpath(root))
    found = root / ".git"
    mode = _mode(root, found)
    if mode is None:
        found = root
    elif stat.S_ISREG(mode):
        found = _pointed_at(root, found)
    elif not stat.S_ISDIR(mode):
        raise UnreadableRepository(_("{file} is neither a file nor a folder", file=".git"), _NO_LINKS)
    found = _inside(root, found)
    if _mode(root, found / "HEAD") is None:
        return None
    if _mode(root, found / "commondir") is not None:
        raise _linked_work_tree(_read(root, found / "commondir"))
    if _mode(root, found / "objects") is None:
        return None
    for name in ("HEAD", "config", "packed-refs", "refs"):
        real = _inside(root, found / name)
        mode = _mode(root, real)
        if mode is not None and not (stat.S_ISDIR(mode) if name == "refs" else stat.S_ISREG(mode)):
            raise _irregular(root, found / name)
    if _mode(root, found / "reftable") is not None:
        raise UnreadableRepository(
            _("its refs are in git's reftable format, which is not read here"),
            _("store them as files: git refs migrate --ref-format=files"),
        )
    _check_objects(root, _inside(root, found / "objects"))
    return found


def seems_git(root: Path) -> bool:
    """Whether there is git in a folder, or it is a bare repository: without a look at whether it can be read."""
    return os.path.lexists(root / ".git") or all(os.path.lexists(root / name) for name in ("HEAD", "objects"))


def _pointed_at(root: Path, file: Path) -> Path:
    """Where a ``.git`` that is a file says git's folder is."""
    words = _read(root, file).removeprefix("gitdir:").strip()
    if not words or len(words) > 4096 or not words.isprintable():
        raise UnreadableRepository(_("{file} does not say where git's folder is", file=_shown(root, file)), FSCK)
    real = Path(os.path.realpath(root / words))
    if not real.is_relative_to(root):
        if real.parent.name == "worktrees":
            raise _linked_work_tree(str(real.parents[1]).removesuffix("/.git"))
        if ".git/modules/" in real.as_posix():
            raise UnreadableRepository(
                _("this folder is a submodule, and git has its history outside it, in {path}", path=excerpt(str(real))),
                _("clone it to a place of its own, git clone {folder} COPY, and check the copy", folder=str(root)),
            )
    return root / words


def _linked_work_tree(repository: str) -> UnreadableRepository:
    return UnreadableRepository(
        _("this folder is a linked work tree, and git has its history outside it, in {path}", path=excerpt(repository)),
        _("check the repository that it belongs to, with --hw-ref BRANCH for the branch"),
    )


def _check_objects(root: Path, objects: Path) -> None:
    """Refuse links, which git would follow, files that it would wait for without end, and what it would borrow."""
    folders, count = [str(objects)], 0
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    count += 1
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif not entry.is_file(follow_symlinks=False):
                        raise _irregular(root, Path(entry.path))
        except OSError as error:
            raise _unreadable(root, objects, error) from error
        if count > MAX_GIT_FILES:
            raise UnreadableRepository(
                _("{file} holds more than {count} files", file=_shown(root, objects), count=MAX_GIT_FILES),
                _("pack them: git gc"),
            )
    alternates = objects / "info/alternates"
    if _mode(root, alternates) is not None and any(
        line.strip() and not line.startswith("#") for line in _read(root, alternates).splitlines()
    ):
        raise UnreadableRepository(
            _("{file}: it borrows its objects from another repository", file=_shown(root, alternates)),
            _("copy them into it: git repack -a -d, and then delete {file}", file=_shown(root, alternates)),
        )


# --- Refs ---


def head_branch(git_dir: Path) -> str | None:
    """The branch that is checked out; ``None`` if it is a commit instead."""
    prefix = "ref: refs/heads/"
    head = _Refs(git_dir).loose("HEAD") or ""
    return head.removeprefix(prefix) if head.startswith(prefix) else None


def resolve_ref(git_dir: Path, name: str) -> str | None:
    """The id that a ref holds, asked for by its full name or a short one; ``None`` if there is no such ref.

    Raises :class:`UnreadableRepository` for one that leads to itself or holds no id.
    """
    refs = _Refs(git_dir)
    return next(filter(None, (refs.resolve(form.format(name)) for form in _FULL_NAMES)), None)


def is_ref_name(name: str) -> bool:
    """Whether a ref may have this full name: what git takes for one leads nowhere else."""
    return _REF_NAME.fullmatch(name) is not None and (name.startswith("refs/") or name.isupper())


class _Refs:
    """The refs of a repository, as they lie there: one file each, or many together in ``packed-refs``."""

    def __init__(self, git_dir: Path) -> None:
        self._git_dir = Path(os.path.realpath(git_dir))

    def resolve(self, name: str) -> str | None:
        """The id at the end of symbolic refs."""
        at: str | None = name
        for _hop in range(_MAX_SYMBOLIC + 1):
            if at is None or not is_ref_name(at):
                return None
            held = self.loose(at)
            if held is None:
                return self._packed.get(at)
            if not held.startswith("ref:"):
                if id := _ID.match(held):
                    return id[0]
                raise UnreadableRepository(_("the ref {ref} holds no commit", ref=printable(at)), FSCK)
            at = held.removeprefix("ref:").strip()
        raise UnreadableRepository(_("the ref {ref} leads to itself", ref=printable(name)), FSCK)

    def loose(self, name: str) -> str | None:
        """What the ref's own file says; ``None`` without one."""
        path = self._git_dir / name
        mode = _mode(self._git_dir, path)
        return None if mode is None or stat.S_ISDIR(mode) else _read(self._git_dir, path).strip()

    @cached_property
    def _packed(self) -> dict[str, str]:
        path = self._git_dir / "packed-refs"
        if _mode(self._git_dir, path) is None:
            return {}
        text = _read(self._git_dir, path, _MAX_PACKED_REFS)
        lines: Iterator[tuple[str, str, str]] = (line.partition(" ") for line in text.splitlines())
        return {name: id for id, _space, name in lines if _ID.fullmatch(id)}


def has_sha256(git_dir: Path) -> bool:
    """Whether objects are named by SHA-256: the one thing of the configuration that decides how objects are read."""
    git_dir = Path(os.path.realpath(git_dir))
    if _mode(git_dir, git_dir / "config") is None:
        return False
    lines = (line.strip().lower() for line in _read(git_dir, git_dir / "config").splitlines())
    return any(line.startswith("objectformat") and line.endswith("sha256") for line in lines)


def is_partial(git_dir: Path) -> bool:
    """Whether objects were left where the repository was cloned from: git marks the packs that lean on them."""
    return any((git_dir / "objects/pack").glob("*.promisor"))


# --- git's own small files ---


def _read(root: Path, path: Path, most: int = _SMALL) -> str:
    real = _inside(root, path)
    try:
        # Looked at before it is opened, because opening a device may already do something.
        if not stat.S_ISREG(real.stat().st_mode):
            raise _irregular(root, path)
        descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise _unreadable(root, path, error) from error
    if len(data) > most:
        raise UnreadableRepository(_("{file} is larger than {size} bytes", file=_shown(root, path), size=most), FSCK)
    return os.fsdecode(data)


def _mode(root: Path, path: Path) -> int | None:
    """What is there, at the end of links; ``None`` for nothing."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if not path.is_symlink():
            return None
        raise _leads_out(root, path) from None
    except OSError as error:
        raise _unreadable(root, path, error) from error


def _inside(root: Path, path: Path) -> Path:
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(root):
        raise _leads_out(root, path)
    return real


def _leads_out(root: Path, path: Path) -> UnreadableRepository:
    return UnreadableRepository(_("{file} leads out of the submission", file=_shown(root, path)), _NO_LINKS)


def _irregular(root: Path, path: Path) -> UnreadableRepository:
    return UnreadableRepository(_("{file} is not a regular file", file=_shown(root, path)), _NO_LINKS)


def _unreadable(root: Path, path: Path, error: OSError) -> UnreadableRepository:
    return UnreadableRepository(_("{file}: {why}", file=_shown(root, path), why=reason_of(error)), FSCK)


def _shown(root: Path, path: Path) -> str:
    return excerpt(printable(os.path.relpath(path, root)))
