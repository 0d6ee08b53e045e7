"""Which commits stand in the repositories of a roster now: asked at the deadline, and written down.

The date in a commit is what its author wrote there, so it proves nothing; what a server says of its refs does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from ..errors import DockerlabError
from ..messages import Message, _
from ..roster.clones import keep
from ..roster.remote import PATIENCE, Patience, Refs, refs_of
from ..roster.row import Row
from ..submission.files.git_folder import git_dir_of, resolve_ref

__all__ = ["Seen", "kept", "seen"]

_ASKED_AT_ONCE = 16
_FETCHED_AT_ONCE = 8
A = TypeVar("A")
B = TypeVar("B")

_FORMS = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}")
"""How git completes the short name of a ref: gitrevisions(7)."""
_FROZEN = re.compile(r"(?:auto@)?(?:[0-9a-f]{40}|[0-9a-f]{64})")
_REVISION = re.compile(r"(?P<base>[^~^@:]+)(?P<steps>[~^].*)?")


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of asking for one row."""

    row: Row
    revisions: Mapping[str, str] = field(default_factory=dict)
    """By slug, as in :attr:`Row.refs`: what is to be graded, by commits."""
    refs: Refs | None = None
    """What every ref held, of a repository that a URL names."""
    asked: datetime | None = None
    problem: Message | str | None = None


def seen(rows: Sequence[Row], default_ref: str | None, patience: Patience = PATIENCE) -> Iterator[Seen]:
    """Ask for each row, many at once; in the rows' order. What cannot be had is the row's own problem."""
    return _at_once(lambda row: _seen(row, default_ref, patience), rows, _ASKED_AT_ONCE)


def kept(found: Sequence[Seen], patience: Patience = PATIENCE) -> Iterator[Message | str | None]:
    """Fetch what was seen into the cache: a branch may be rewritten. For each, why that could not be done."""

    def fetch(each: Seen) -> Message | str | None:
        try:
            keep(str(each.row.url), tuple(each.revisions.values()), patience=patience)
        except DockerlabError as error:
            return error.text
        return None

    return _at_once(fetch, found, _FETCHED_AT_ONCE)


def _at_once(do: Callable[[A], B], each: Sequence[A], most: int) -> Iterator[B]:
    with ThreadPoolExecutor(most) as pool:
        try:
            yield from pool.map(do, each)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _seen(row: Row, default_ref: str | None, patience: Patience) -> Seen:
    wanted = {slug: ref for slug, ref in row.refs.items() if ref}
    wanted.setdefault("", default_ref or "HEAD")
    try:
        refs = _of_folder(row, wanted) if row.url is None else refs_of(row.url, patience)
        return Seen(row, {slug: _frozen(ref, refs) for slug, ref in wanted.items()}, refs, refs.asked)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one row's, and the others go on
        return Seen(
            row, problem=error.text if isinstance(error, DockerlabError) else f"{type(error).__name__}: {error}"
        )


def _of_folder(row: Row, wanted: Mapping[str, str]) -> Refs:
    """Of a repository on this machine those refs that are asked for."""
    assert row.path is not None
    if not row.path.is_dir():
        raise DockerlabError(_("the submission {path} is not there: no such folder", path=row.path))
    git_dir = git_dir_of(row.path)
    if git_dir is None:
        raise DockerlabError(_("there is no git repository: what lies there is graded, whenever that is"))
    asked = datetime.now(UTC)
    names = {"HEAD", *(_base(ref) for ref in wanted.values())}
    found = {name: commit for name in names if (commit := resolve_ref(git_dir, name)) is not None}
    return Refs(asked, found)


def _base(ref: str) -> str:
    found = _REVISION.fullmatch(ref)
    return found["base"] if found else ref


def _frozen(ref: str, refs: Refs) -> str:
    """The same revision, by a commit: what is pushed later does not change it."""
    if _FROZEN.fullmatch(ref):
        return ref
    word, _at, start = ref.partition("@")
    if word == "auto":
        return f"auto@{_frozen(start or 'HEAD', refs)}"
    found = _REVISION.fullmatch(ref)
    if found is not None:
        commit = next(
            (refs.commits[name] for form in _FORMS if (name := form.format(found["base"])) in refs.commits), None
        )
        if commit is not None:
            return commit + (found["steps"] or "")
    if not refs.commits:
        raise DockerlabError(_("it has no commit yet"))
    raise DockerlabError(_("it has no ref {ref}", ref=ref))
