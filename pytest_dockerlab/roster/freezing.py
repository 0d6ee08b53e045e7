"""Rows made fast: each repository is had, and every revision is a commit, before anything of it is checked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ..errors import DockerlabError, UnreadableRepository
from ..homework import Homework
from ..messages import Message, _
from ..source import Source, open_source
from ..submission.files.tree import printable
from .clones import clone_of
from .remote import PATIENCE, Patience
from .row import Row

__all__ = ["freeze_row", "frozen"]

AT_ONCE = 8


def frozen(
    rows: Iterable[Row],
    homeworks: Sequence[Homework],
    default_ref: str | None,
    clones: Path,
    *,
    at_once: int = AT_ONCE,
    patience: Patience = PATIENCE,
) -> Iterator[tuple[Row, Source]]:
    """Each row with what is checked of it, in their order; the next few are fetched meanwhile.

    What a URL names lies afterwards in ``clones``, bare, with nothing that it needs elsewhere. A repository that cannot
    be had, or a revision that is not there, is a ``problem`` of its own row; the others go on.
    """
    waiting: deque[tuple[Row, Future[Source]]] = deque()
    coming = iter(rows)
    with ThreadPoolExecutor(at_once) as pool:
        try:
            while True:
                for row in islice(coming, 2 * at_once - len(waiting)):
                    waiting.append(
                        (row, pool.submit(freeze_row, row, homeworks, default_ref, clones, patience=patience))
                    )
                if not waiting:
                    return
                row, source = waiting.popleft()
                yield row, source.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def freeze_row(
    row: Row,
    homeworks: Sequence[Homework],
    default_ref: str | None,
    clones: Path,
    *,
    again: bool = False,
    patience: Patience = PATIENCE,
) -> Source:
    """What is checked of one row. Never raises for what is the row's own; may be called from many threads.

    :param again: a URL that was fetched into ``clones`` already is fetched once more.
    """
    refs = {hw.slug: row.refs.get(hw.slug) or row.refs.get("") or default_ref for hw in homeworks}
    try:
        if row.url is not None:
            clones.mkdir(parents=True, exist_ok=True)
            wanted = [ref for ref in refs.values() if ref]
            path = clone_of(row.url, clones, wanted, again=again, patience=patience)
        else:
            path = _named(row)
        return open_source(str(path), refs, homeworks, path, id=row.id, is_frozen=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one submission's, and the others go on
        why: Message | str = f"{type(error).__name__}: {error}"
        if isinstance(error, DockerlabError):
            why = error.text if error.remedy is None else _("{why}: {remedy}", why=error.text, remedy=error.remedy)
        revisions = {hw.slug: {"commit": None, "worktree": False, "why": why} for hw in homeworks}
        place = row.url or printable(str(row.path))
        source = Source(row.id, place, None, revisions, problem=why)
        if isinstance(error, UnreadableRepository):
            source = replace(source, problem=None, unreadable=error.explained())
        return source


def _named(row: Row) -> Path:
    path = row.path
    assert path is not None
    if not str(path).isprintable() or str(path) != str(path).strip():
        raise DockerlabError(_("the folder {path} has a name that no roster can say: rename it", path=repr(path.name)))
    return path
