"""Which column of a table is which: the one to fill, and the one by which people are found."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ...errors import ConfigurationError
from ...messages import _
from .people import Total, normalised
from .table import Record, Table, readings

__all__ = ["people_of", "table_with"]

_ID_OF_CANVAS = re.compile(r" ?\(\d{1,20}\)$")
_MOST_NAMES = 40


def table_with(content: bytes, into: str) -> tuple[Table, int]:
    """The file read in the way in which it has the column."""
    tables = [table for table in readings(content) if table.header]
    if not tables:
        raise ConfigurationError(_("the file to fill is no table in text: save it as CSV, in UTF-8"))
    for table in tables:
        found = _columns(table.header, into)
        if len(found) > 1:
            raise ConfigurationError(_("the file to fill has {count} columns {name}", count=len(found), name=into))
        if found:
            return table, found[0]
    header = max(tables, key=lambda table: len(table.header)).header
    near = difflib.get_close_matches(into, header, n=3) or header[:_MOST_NAMES]
    raise ConfigurationError(_("the file to fill has no column {name}; it has {near}", name=repr(into), near=near))


def people_of(
    table: Table, rows: Sequence[Record], target: int, people: Mapping[str, Total], match: str, column: str | None
) -> tuple[int, dict[int, Total]]:
    """The file's column of keys, and whose row is which, by its line.

    It is the one that is named, else one in which most keys of the roster stand: that needs no list of localised
    headers. A few may stand anywhere by chance, as numbers do.
    """
    header = table.header
    if column is not None:
        named = _columns(header, column)
        if len(named) != 1:
            raise ConfigurationError(
                _("the file to fill has no column {name}; it has {near}", name=column, near=header[:_MOST_NAMES])
            )
        at, mine = named[0], _people_in(rows, named[0], people)
    else:
        at, mine = _guessed(header, rows, target, people, match)
    if not mine:
        raise ConfigurationError(_("nobody of the roster is found in the file to fill by {match}", match=match))
    twice = [id for id, count in Counter(id(each) for each in mine.values()).items() if count > 1]
    if twice:
        lines = [line for line, each in mine.items() if id(each) == twice[0]]
        raise ConfigurationError(
            _("{key} is in the file to fill twice, in the lines {lines}", key=repr(mine[lines[0]].key), lines=lines)
        )
    return at, mine


def _guessed(
    header: Sequence[str], rows: Sequence[Record], target: int, people: Mapping[str, Total], match: str
) -> tuple[int, dict[int, Total]]:
    found = [(at, _people_in(rows, at, people)) for at in range(len(header)) if at != target]
    enough = min(len(rows), len(people)) / 2
    likely = [(at, mine) for at, mine in found if len(mine) >= enough]
    at, mine = max(
        likely or found,
        key=lambda pair: (len(pair[1]), header[pair[0]].casefold() == match.casefold()),
        default=(target, {}),
    )
    if mine and not likely:
        raise ConfigurationError(
            _(
                "by {match} only {count} of the roster are found in the file; if that is meant: --match {given}",
                match=match,
                count=len(mine),
                given=f"{match}={header[at]}",
            )
        )
    if any(mine.get(line) is not each for _at, other in likely for line, each in other.items()):
        names = [header[at] for at, _mine in likely]
        raise ConfigurationError(
            _("by {match} of the roster several columns may be meant: {names}", match=match, names=names)
        )
    return at, mine


def _people_in(rows: Sequence[Record], at: int, people: Mapping[str, Total]) -> dict[int, Total]:
    return {row.line: people[key] for row in rows if (key := normalised(row.value(at))) in people}


def _columns(header: Sequence[str], name: str) -> list[int]:
    """Where a column of this name is; Canvas' number behind it need not be given."""
    name = name.strip()
    exact = [at for at, each in enumerate(header) if each == name]
    return exact or [at for at, each in enumerate(header) if _ID_OF_CANVAS.sub("", each).casefold() == name.casefold()]
