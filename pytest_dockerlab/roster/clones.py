"""Repositories that URLs name, brought here: into a cache of the user's, which the next run only fetches into, and
from there into a folder of the grading's own, which is complete and changes no more.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from .. import tools
from ..digests import stored
from ..errors import DockerlabError
from ..messages import _, reason_of
from .remote import PATIENCE, NotHad, Patience, Refs, fetch, refs_of

__all__ = ["cache_folder", "cached", "clone_of", "keep"]

T = TypeVar("T")

_LOCK_SECONDS = 1800.0
_COPIED = ("refs/heads/", "refs/tags/")
_NOBODYS = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
"""git with nobody's settings."""
_COMMIT = re.compile(r"(?:auto@)?([0-9a-f]{40}|[0-9a-f]{64})")


def cache_folder() -> Path:
    """Where clones are kept for the next run. Raises ``RuntimeError`` where there is no home."""
    return stored.folder() / "clones"


def clone_of(
    url: str, folder: Path, wanted: Collection[str] = (), *, again: bool = False, patience: Patience = PATIENCE
) -> Path:
    """The repository that the URL names, bare, in ``folder``: fetched once, and as it was then for all who ask.

    :param wanted: revisions that it is to have. What is a commit no branch has any more, or a ref that is no branch
        or tag, is asked for by name, for as long as the server has it.

    :param again: fetch what was pushed since. What was here stays: commits that others know are not lost.

    Raises :class:`NotHad`, and other :class:`DockerlabError` for what is wrong on this machine.
    """
    name = _name(url)
    target = folder / name
    with _locked(folder, name):
        if target.exists():
            if again:
                _bring(url, target, refs_of(url, patience), patience)
            _ask_for(url, target, wanted, patience)
            return target
        with _cached(name, target) as entry:
            _refresh(url, entry, wanted, patience)
            if entry is not target:
                _take(entry, target)
    return target


def keep(url: str, wanted: Collection[str] = (), *, patience: Patience = PATIENCE) -> None:
    """Have it in the cache, with these revisions, so that they are not lost when branches are rewritten.

    Raises as :func:`clone_of` does.
    """
    name = _name(url)
    with _cached(name, None) as entry:
        if entry is not None:
            _refresh(url, entry, wanted, patience)


def cached(url: str) -> Path | None:
    """What is in the cache of it, as it was fetched last; ``None`` where there is nothing."""
    try:
        entry = cache_folder() / _name(url)
    except RuntimeError:
        return None
    return entry if entry.is_dir() else None


def _name(url: str) -> str:
    """For readers and for us: the repository's own name, and whose of all that are called so."""
    last = re.sub(
        r"[^A-Za-z0-9._-]+", "-", re.split(r"[/:]", url.rstrip("/").removesuffix("/.git"))[-1].removesuffix(".git")
    ).strip("-.")
    return f"{last[:60] or 'repository'}-{sha256(url.encode()).hexdigest()[:16]}.git"


@contextlib.contextmanager
def _locked(folder: Path, name: str) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / f"{name}.lock", timeout=_LOCK_SECONDS, poll_interval=0.05)
    try:
        with lock:
            yield
    except Timeout:
        raise DockerlabError(_("{lock} is held by another process", lock=lock.lock_file)) from None


@contextlib.contextmanager
def _cached(name: str, target: T) -> Iterator[Path | T]:
    """Where to fetch into: the cache, or where there can be none the place itself."""
    try:
        cache = cache_folder()
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_usable = os.access(cache, os.W_OK)
    except (OSError, RuntimeError):
        is_usable = False
    if not is_usable:
        yield target
        return
    with _locked(cache, name):
        yield cache / name


def _refresh(url: str, entry: Path, wanted: Collection[str], patience: Patience) -> None:
    """Bring it up to date. What a killed run or a full disk has left is not mended: it is had once more, whole."""
    refs = refs_of(url, patience)
    was_here = entry.exists()
    try:
        _init(entry, refs)
        _bring(url, entry, refs, patience)
        _ask_for(url, entry, wanted, patience)
    except DockerlabError as error:
        if isinstance(error, NotHad) and error.is_known:
            raise
        shutil.rmtree(entry, ignore_errors=True)
        if not was_here:
            raise
        _refresh(url, entry, wanted, patience)


def _bring(url: str, git_dir: Path, refs: Refs, patience: Patience) -> None:
    """Branches, tags and HEAD as they are there; nothing is asked for where they are so already."""
    there = {name: commit for name, commit in refs.commits.items() if name.startswith(_COPIED)}
    if _refs(git_dir) != there:
        fetch(url, git_dir, [f"+{prefix}*:{prefix}*" for prefix in _COPIED], patience)
    if refs.head is not None:
        _own(git_dir, "symbolic-ref", "HEAD", refs.head, check=True)
    elif commit := refs.commits.get("HEAD"):
        _ask_for(url, git_dir, [commit], patience)
        _own(git_dir, "update-ref", "--no-deref", "HEAD", commit, check=True)


def _ask_for(url: str, git_dir: Path, wanted: Collection[str], patience: Patience) -> None:
    """Fetch by name what no branch or tag has brought."""
    for revision in wanted:
        if _has(git_dir, revision):
            continue
        commit = _COMMIT.fullmatch(revision)
        refspec = f"+{commit[1]}:refs/wanted/{commit[1]}" if commit else f"+{revision}:{revision}"
        try:
            fetch(url, git_dir, [refspec], patience, prune=False)
        except NotHad as error:
            if error.may_pass:
                raise
            why = _("the repository has no {ref} any more", ref=commit[1] if commit else revision)
            remedy = _("it may have been rewritten since: ask the student for a clone that has it")
            raise NotHad(why, remedy, stderr=error.stderr) from error


def _has(git_dir: Path, revision: str) -> bool:
    """Whether a commit or a ref is here. Of what is neither by its form it is not known, and not asked."""
    if commit := _COMMIT.fullmatch(revision):
        return _own(git_dir, "cat-file", "-e", f"{commit[1]}^{{commit}}").returncode == 0
    if revision.startswith("refs/") and not revision.startswith(_COPIED):
        return _own(git_dir, "rev-parse", "--quiet", "--verify", "--end-of-options", revision).returncode == 0
    return True


def _init(entry: Path, refs: Refs) -> None:
    if entry.exists():
        return
    width = len(next(iter(refs.commits.values()), ""))
    words = [
        "git",
        "init",
        "--quiet",
        "--bare",
        "--template=",
        f"--object-format={'sha256' if width == 64 else 'sha1'}",
    ]
    tools.run([*words, "--", str(entry)], env=_NOBODYS, timeout=60, check=True)


def _refs(git_dir: Path) -> dict[str, str]:
    """What its refs hold. It fails where what one holds is damaged: the type is asked to have it looked at."""
    done = _own(git_dir, "for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", *_COPIED, check=True)
    lines = (line.split(" ") for line in done.stdout.splitlines())
    return {name: commit for name, commit, _type in lines}


def _own(git_dir: Path, *words: str, check: bool = False) -> tools.Completed:
    """git in a repository that we made, with nobody's settings."""
    env = {**_NOBODYS, "GIT_DIR": str(git_dir)}
    return tools.run(
        ["git", "-c", f"core.hooksPath={os.devnull}", *words], cwd=git_dir, env=env, timeout=60, check=check
    )


def _take(entry: Path, target: Path) -> None:
    """Copy a repository, as hard links where it can be: git never writes into a file, it puts another in its place."""
    part = target.with_name(f"{target.name}.part")
    try:
        for old in (part, target):
            if old.exists():
                shutil.rmtree(old)
        shutil.copytree(entry, part, copy_function=_link)
        part.rename(target)
    except (OSError, shutil.Error) as error:
        why = reason_of(error) if not isinstance(error, shutil.Error) else str(error)
        raise DockerlabError(_("{path} cannot be written: {why}", path=target, why=why)) from error


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
