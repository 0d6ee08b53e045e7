"""Rows made fast: each repository is had, and every revision is a commit, before anything of it is checked."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

from .. import tools
from ..errors import DockerlabError, UnreadableRepository
from ..homework import Homework
from ..messages import Message, _
from ..selection import Source, open_source
from ..submission.files.tree import printable
from .file_names import file_name
from .row import Row

__all__ = ["freeze_row", "frozen"]

AT_ONCE = 8
CLONE_SECONDS = 300.0


def frozen(
    rows: Iterable[Row],
    homeworks: Sequence[Homework],
    default_ref: str | None,
    clones: Path,
    *,
    at_once: int = AT_ONCE,
) -> Iterator[tuple[Row, Source]]:
    """Each row with what is checked of it, in their order; the next few are fetched meanwhile.

    What a URL names lies afterwards in ``clones``, bare, with nothing that it needs elsewhere. A repository that cannot
    be had, or a revision that is not there, is a ``problem`` of its own row; the others go on.
    """
    clones.mkdir(parents=True, exist_ok=True)
    waiting: deque[tuple[Row, Future[Source]]] = deque()
    coming = iter(rows)
    with ThreadPoolExecutor(at_once) as pool:
        try:
            while True:
                for row in islice(coming, 2 * at_once - len(waiting)):
                    waiting.append((row, pool.submit(freeze_row, row, homeworks, default_ref, clones)))
                if not waiting:
                    return
                row, source = waiting.popleft()
                yield row, source.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def freeze_row(row: Row, homeworks: Sequence[Homework], default_ref: str | None, clones: Path) -> Source:
    """Where the row's submission is, at which commits; what is wrong with it is its ``problem``. Thread-safe."""
    try:
        if row.path is not None:
            path = row.path
            if not str(path).isprintable() or str(path) != str(path).strip():
                raise DockerlabError(
                    _("the folder {path} has a name that no roster can say: rename it", path=repr(path.name))
                )
        else:
            path = _clone(str(row.url), clones / f"{file_name(row.id)}.git")
        refs = {hw.slug: row.refs.get(hw.slug) or row.refs.get("") or default_ref for hw in homeworks}
        return open_source(str(path), refs, homeworks, path, id=row.id, is_frozen=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one submission's, and the others go on
        why = error.text if isinstance(error, DockerlabError) else f"{type(error).__name__}: {error}"
        revisions = {hw.slug: {"commit": None, "worktree": False, "why": why} for hw in homeworks}
        place = row.url or printable(str(row.path))
        source = Source(row.id, place, None, revisions, problem=why)
        if isinstance(error, UnreadableRepository):
            source = replace(source, problem=None, unreadable=error.explained())
        return source


def _clone(url: str, target: Path) -> Path:
    """A bare clone: no work tree, no hooks, no submodules. The URL is the instructor's, and so are git's settings."""
    env = {name: os.environ[name] for name in ("HOME", "SSH_AUTH_SOCK") if name in os.environ}
    env |= {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        "GIT_ALLOW_PROTOCOL": "https:http:ssh:git",
    }
    words = ["git", "-c", f"core.hooksPath={os.devnull}", "clone", "--quiet", "--bare", "--template=", "--", url]
    done = tools.run([*words, str(target)], env=env, timeout=CLONE_SECONDS)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        why: Message | str = said[-1] if said else _("git says nothing")
        raise DockerlabError(
            _("{url} could not be cloned: {why}", url=url, why=why), command=words, returncode=done.returncode
        )
    return target
