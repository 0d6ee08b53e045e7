"""The roster: which submissions to check. A CSV file with a header:

``id`` (unique; it stands in node ids and results), ``path`` (relative to the roster) or ``url``, and optionally
``ref``, or ``ref:<slug>`` for one homework: files move between homeworks, so one revision cannot serve them all.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from .. import tools
from ..errors import ConfigurationError, DockerlabError, UnreadableRepository
from ..homework import Homework
from ..messages import Message, _, reason_of
from ..selection import Source, open_source

__all__ = ["Row", "freeze", "read_roster"]

MAX_ROWS = 5_000
CLONE_SECONDS = 300.0
_CLONES_AT_ONCE = 4
# In a node id: no brackets, colons, slashes or blanks.
_ID = re.compile(r"[\w.@+-]{1,100}")
_URL = re.compile(r"(https?|ssh|git)://\S+|[\w.-]+@[\w.-]+:\S+")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the roster: ``path`` or ``url`` is set; ``refs`` are by slug, ``""`` for all others."""

    id: str
    path: Path | None
    url: str | None
    refs: Mapping[str, str]


def read_roster(file: Path, slugs: Sequence[str]) -> list[Row]:
    """The rows, sorted by id, so that every process has them in one order.

    Raises :class:`ConfigurationError`, naming the line, for what cannot be meant: an unknown column, an id that is
    there twice, a row without a repository.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = reason_of(error) if isinstance(error, OSError) else _("not in UTF-8")
        raise ConfigurationError(_("the roster {file} cannot be read: {why}", file=file, why=why)) from error
    reader = csv.DictReader(text.splitlines(), skipinitialspace=True, strict=True)
    columns = [column.strip() for column in reader.fieldnames or ()]
    reader.fieldnames = columns
    known = {"id", "path", "url", "ref", *(f"ref:{slug}" for slug in slugs)}
    unknown = sorted(set(columns) - known)
    if unknown or "id" not in columns or not {"path", "url"} & set(columns):
        what = _("unknown column {column}", column=repr(unknown[0])) if unknown else _("columns are missing")
        raise ConfigurationError(
            _("the roster {file}: {what}; its columns are id, path or url, ref, ref:<slug>", file=file, what=what)
        )
    rows: dict[str, Row] = {}
    try:
        for cells in reader:
            if not any(cell and str(cell).strip() for cell in cells.values()):
                continue
            row = _row(file, reader.line_num, cells)
            if row.id in rows:
                raise _refused(file, reader.line_num, _("id {id} is there twice", id=repr(row.id)))
            rows[row.id] = row
            if len(rows) > MAX_ROWS:
                raise ConfigurationError(_("the roster {file} has more than {limit} rows", file=file, limit=MAX_ROWS))
    except csv.Error as error:
        raise _refused(file, reader.line_num, _("{why}", why=str(error))) from error
    if not rows:
        raise ConfigurationError(_("the roster {file} is empty", file=file))
    return [rows[id] for id in sorted(rows)]


def freeze(rows: Sequence[Row], homeworks: Sequence[Homework], default_ref: str | None, folder: Path) -> list[Source]:
    """Clone what has to be cloned, into ``folder``, and resolve every revision to a commit, before collection.

    A repository that cannot be had, or a revision that is not there, is a ``problem`` of its own row; the others go on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_CLONES_AT_ONCE) as pool:
        return list(pool.map(lambda row: _source(row, homeworks, default_ref, folder), rows))


def _refused(file: Path, line: int, why: Message) -> ConfigurationError:
    return ConfigurationError(_("the roster {file}:{line}: {why}", file=file, line=line, why=why))


def _row(file: Path, line: int, cells: Mapping[str | None, object]) -> Row:
    if None in cells:
        raise _refused(file, line, _("more cells than columns"))
    values = {str(name): str(value or "").strip() for name, value in cells.items()}
    id = values["id"]
    if not _ID.fullmatch(id):
        raise _refused(
            file, line, _("an id has letters, digits and the characters . _ @ + - only, not {id}", id=repr(id))
        )
    path, url = values.get("path", ""), values.get("url", "")
    if _URL.fullmatch(path) and not url:
        path, url = "", path
    if bool(path) == bool(url):
        raise _refused(file, line, _("{id} needs a path or a URL, one of them", id=id))
    if url and not _URL.fullmatch(url):
        raise _refused(file, line, _("{url} is not the URL of a git repository (https, ssh)", url=repr(url)))
    refs = {name.partition(":")[2]: value for name, value in values.items() if name.startswith("ref") and value}
    return Row(id, (file.parent / Path(path).expanduser()).absolute() if path else None, url or None, refs)


def _source(row: Row, homeworks: Sequence[Homework], default_ref: str | None, folder: Path) -> Source:
    try:
        path = row.path if row.path is not None else _clone(str(row.url), folder / row.id)
        refs = {hw.slug: row.refs.get(hw.slug) or row.refs.get("") or default_ref for hw in homeworks}
        return open_source(str(path), refs, homeworks, path, id=row.id, is_frozen=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one submission's, and the others go on
        why = error.text if isinstance(error, DockerlabError) else f"{type(error).__name__}: {error}"
        revisions = {hw.slug: {"commit": None, "worktree": False, "why": why} for hw in homeworks}
        source = Source(row.id, str(row.path or row.url), None, revisions, problem=why)
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
        why = said[-1] if said else _("git says nothing")
        raise DockerlabError(
            _("{url} could not be cloned: {why}", url=url, why=why), command=words, returncode=done.returncode
        )
    return target
