"""The roster: which submissions to check. A table, a folder of repositories, or a list of them.

A table is a CSV file with a header: ``id`` (unique; it stands in node ids and results), ``path`` (relative to the
roster) or ``url``, and optionally ``ref``, or ``ref:<slug>`` for one homework: files move between homeworks, so one
revision cannot serve them all. The other columns are those of :mod:`.row`; what none of them is, is kept.

In a folder each folder is a submission. A list has a path or a URL in each line.
"""

from __future__ import annotations

import csv
import difflib
import io
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

from ..errors import ConfigurationError
from ..messages import Message, _, reason_of
from ..submission.files.tree import printable
from .listed import ids_of, is_repository
from .row import KNOWN, Row, Unmeant, row_of

__all__ = ["Roster", "read_roster"]

_MAX_BYTES = 256 * 1024 * 1024
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Roster:
    """The rows in their order."""

    rows: Sequence[Row]
    columns: Sequence[str]
    """The headers as they are written."""
    digest: str
    """Of what it was read from: another one is another roster."""
    notes: Sequence[Message] = ()
    """What is odd, and may be meant all the same."""


def read_roster(path: Path, slugs: Sequence[str], zone: tzinfo | None = None) -> Roster:
    """The submissions of a table, a folder or a list.

    :param slugs: the homeworks that a column ``ref:<slug>`` may name.
    :param zone: of moments that do not say their own.

    Raises :class:`ConfigurationError`, naming the line, for what cannot be meant: an id that is there twice, a row
    without a repository.
    """
    try:
        roster = _of_folder(path) if path.is_dir() else _of_text(path, _read(path), slugs, zone)
    except (OSError, UnicodeDecodeError) as error:
        why = reason_of(error) if isinstance(error, OSError) else _("not in UTF-8")
        raise ConfigurationError(_("the roster {file} cannot be read: {why}", file=path, why=why)) from error
    if not roster.rows:
        raise ConfigurationError(_("the roster {file} is empty", file=path))
    return roster


def _read(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for without end
        raise ConfigurationError(_("the roster {file} is neither a file nor a folder", file=path))
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ConfigurationError(_("the roster {file} is larger than {size} bytes", file=path, size=_MAX_BYTES))
    return content


# --- A folder, or a list ---


def _of_folder(folder: Path) -> Roster:
    if is_repository(folder):
        raise ConfigurationError(
            _("{folder} is one repository, not a folder of them: dockerlab check {folder}", folder=folder)
        )
    entries = sorted(entry for entry in folder.absolute().iterdir() if not entry.name.startswith("."))
    paths = [entry for entry in entries if entry.is_dir()]
    others = [printable(entry.name) for entry in entries if not entry.is_dir()]
    notes = []
    if others:
        words = {"folder": folder, "count": len(others), "names": others[:5]}
        notes.append(_("in {folder} are {count} that are no folders, and are passed over: {names}", **words))
    places = [str(path) for path in paths]
    # whatever a folder is called: it is one row's, and the others have theirs
    rows = [
        Row(id, path, columns={"id": id, "path": printable(place)})
        for id, path, place in zip(ids_of(places), paths, places, strict=True)
    ]
    return Roster(rows, ("id", "path"), _digest(os.fsencode("\0".join(places))), tuple(notes))


def _of_text(path: Path, content: bytes, slugs: Sequence[str], zone: tzinfo | None) -> Roster:
    text = content.decode("utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = next((each for each in _DELIMITERS if each in head and "id" in _cells(head, each)), None)
    if delimiter or path.suffix.lower() in (".csv", ".tsv"):
        return _of_table(path, text, delimiter or ",", slugs, zone, _digest(content))
    return _of_list(path, text, _digest(content))


def _cells(head: str, delimiter: str) -> list[str]:
    return [cell.strip(' "\r').lower() for cell in head.split(delimiter)]


def _of_list(file: Path, text: str, digest: str) -> Roster:
    lines = {number: line.strip() for number, line in enumerate(text.split("\n"), start=1)}
    places = {number: line for number, line in lines.items() if line and not line.startswith("#")}
    names = {"id": "id", "path": "path"}
    rows = _Rows(file, names, None)
    for id, (number, place) in zip(ids_of(list(places.values())), places.items(), strict=True):
        rows.add(number, {"id": id, "path": place})
    return Roster(rows, tuple(names), digest)


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


class _Rows(list[Row]):
    """Rows of a file, no two of one id."""

    def __init__(self, file: Path, names: Mapping[str, str], zone: tzinfo | None) -> None:
        super().__init__()
        self._file, self._names, self._zone = file, names, zone
        self._seen: dict[str, tuple[str, int]] = {}

    def add(self, line: int, cells: Mapping[str, str]) -> None:
        try:
            row = row_of(self._names, cells, self._file.parent, self._zone)
        except Unmeant as error:
            raise _refused(self._file, line, error.why) from error
        key = row.id.casefold()
        if key in self._seen:
            other, before = self._seen[key]
            places = {"id": repr(row.id), "other": repr(other), "line": before}
            if row.id == other:
                raise _refused(self._file, line, _("id {id} is there twice, in line {line} too", **places))
            raise _refused(self._file, line, _("id {id} differs from {other} in line {line} in case alone", **places))
        self._seen[key] = row.id, line
        self.append(row)


# --- A table ---


def _of_table(file: Path, text: str, delimiter: str, slugs: Sequence[str], zone: tzinfo | None, digest: str) -> Roster:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        headers, names, notes = _columns(file, next(lines, []), slugs)
        rows = _Rows(file, names, zone)
        for line in lines:
            cells = [cell.strip() for cell in line]
            if not any(cells):
                continue
            if any(cell and not header for header, cell in zip_longest(headers, cells, fillvalue="")):
                raise _refused(file, lines.line_num, _("more cells than columns"))
            by_header = {header: cell for header, cell in zip_longest(headers, cells, fillvalue="") if header}
            rows.add(lines.line_num, by_header)
    except csv.Error as error:
        raise _refused(file, lines.line_num, _("{why}", why=str(error))) from error
    return Roster(rows, tuple(header for header in headers if header), digest, tuple(notes))


def _columns(
    file: Path, header: Sequence[str], slugs: Sequence[str]
) -> tuple[list[str], dict[str, str], list[Message]]:
    """The headers, each another; what those that we know mean; and what to ask about the rest."""
    known = {*KNOWN, *(f"ref:{slug}" for slug in slugs)}
    headers: list[str] = []
    names: dict[str, str] = {}
    notes = []
    for text in (each.strip() for each in header):
        name = text.lower()
        if name in known:
            if name in names.values():
                raise _refused(file, 1, _("the column {column} is there twice", column=repr(name)))
            names[text] = name
        elif name.startswith("ref:"):
            raise _columns_refused(file, _("unknown column {column}", column=repr(text)))
        elif near := difflib.get_close_matches(name, known - {"id"}, n=1, cutoff=0.8):
            notes.append(
                _("the column {column} means nothing here; did you mean {near}?", column=repr(text), near=near[0])
            )
        headers.append(_unlike(text, headers))
    if "id" not in names.values() or not {"path", "url"} & set(names.values()):
        raise _columns_refused(file, _("columns are missing"))
    return headers, names, notes


def _unlike(text: str, others: Sequence[str]) -> str:
    """A header of its own for each column; one without a name, as spreadsheets leave them behind, has none."""
    number, name = 1, text
    while name and name in others:
        number += 1
        name = f"{text} ({number})"
    return name


def _columns_refused(file: Path, what: Message) -> ConfigurationError:
    return ConfigurationError(
        _("the roster {file}: {what}; its columns are id, path or url, ref, ref:<slug>", file=file, what=what)
    )


def _refused(file: Path, line: int, why: Message) -> ConfigurationError:
    return ConfigurationError(_("the roster {file}:{line}: {why}", file=file, line=line, why=why))
