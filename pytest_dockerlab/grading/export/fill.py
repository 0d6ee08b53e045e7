"""``--fill downloaded.csv``: totals put into the file that Canvas, Moodle or a spreadsheet exported.

Headers are localised and dialects many, so no file is generated: the one that was downloaded is taken, and of its bytes
only the cells of one column change. What is not certain is refused, or left as it is and listed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...errors import ConfigurationError
from ...messages import Message, _
from .columns import people_of, table_with
from .people import Total, by_key
from .table import Cell, Record, Table

__all__ = ["Changed", "Filled", "Kept", "fill"]

_NUMBER = re.compile(r"[+-]?\d+(?:([.,])\d+)?")
_POSSIBLE = "points possible"
"""What Canvas' row of maxima begins with, whatever the language of its interface."""
_NOT_ASKED = {"ex": _("it is excused in the file"), "n/a": _("it is not assigned to them in the file")}
"""What Canvas has where it takes no number."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell that says something else now."""

    line: int
    id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the file that is somebody's of the roster, and stays as it is."""

    line: int
    id: str
    why: Message


@dataclass(slots=True)
class Filled:
    """The file as it is now, and what is to be said of it."""

    content: bytes
    matched_by: str
    """The column of the file in which people were found."""
    changed: list[Changed] = field(default_factory=list)
    same: int = 0
    """Cells that said the same number before."""
    kept: list[Kept] = field(default_factory=list)
    strangers: list[tuple[int, str]] = field(default_factory=list)
    """Rows of the file that are nobody's of the roster: line and key."""
    missing: list[Total] = field(default_factory=list)
    """Whom the file does not know."""
    notes: list[Message] = field(default_factory=list)


def fill(
    content: bytes, totals: Sequence[Total], *, match: str, into: str, column: str | None = None, maximum: float
) -> Filled:
    """Fill ``totals`` into the column ``into``; people are found by ``match``, a column of the roster.

    :param column: the file's column of these keys, where its name is not ``match`` and more than one might be meant.
    :param maximum: the most that a total can be, without bonus.

    Raises :class:`ConfigurationError` where two rows are one person's, or one row two persons', and for a file in which
    it is not certain what to fill.
    """
    people = by_key(totals, match)
    table, target = table_with(content, into)
    records = table.records[1:]
    possible = next((each for each in records if each.value(0).lower().startswith(_POSSIBLE)), None)
    rows = [record for record in records if record is not possible]
    notes = list(_of_the_column(rows, possible, target, into, maximum))
    at, mine = people_of(table, rows, target, people, match, column)
    filled = Filled(content, table.header[at], notes=notes)
    decimal = _decimal_mark(table, rows, target)
    cells: list[tuple[Cell, str]] = []
    for record in rows:
        total = mine.get(record.line)
        if total is None:
            if record.value(at) or record.value(0):  # Canvas has rows about its columns, which name nobody
                filled.strangers.append((record.line, record.value(at) or record.value(0)))
        elif total.points is None:
            filled.kept.append(Kept(record.line, total.id, total.why_not or _("it has no points")))
        elif len(record.cells) != len(table.header):
            raise ConfigurationError(
                _(
                    "line {line} has {count} cells, and the header has {columns}",
                    line=record.line,
                    count=len(record.cells),
                    columns=len(table.header),
                )
            )
        elif (before := record.value(target)).lower() in _NOT_ASKED:
            filled.kept.append(Kept(record.line, total.id, _NOT_ASKED[before.lower()]))
        elif _same(before, total.points):
            filled.same += 1
        else:
            after = _written(total.points, decimal)
            cells.append((record.cells[target], after))
            filled.changed.append(Changed(record.line, total.id, before, after))
    found = {id(total) for total in mine.values()}
    filled.missing = [total for total in totals if id(total) not in found]
    filled.content = table.with_cells(cells)
    above = sum(total.points is not None and total.points > maximum for total in mine.values())
    if above:  # Moodle refuses a grade above the maximum of the assignment
        filled.notes.append(
            _("above the maximum {maximum}, by a bonus: {count}", maximum=_written(maximum, "."), count=above)
        )
    below = sum(total.points is not None and total.points < 0 for total in mine.values())
    if below:  # nor one below 0
        filled.notes.append(_("below 0, by a deduction: {count}", count=below))
    return filled


def _of_the_column(
    rows: Sequence[Record], possible: Record | None, target: int, into: str, maximum: float
) -> Iterator[Message]:
    """What is to be said of the column; :class:`ConfigurationError` for one whose numbers nobody would take."""
    most = "" if possible is None else possible.value(target)
    if most and not _NUMBER.fullmatch(most):  # "(read only)", in the language of the interface
        raise ConfigurationError(_("{name} is no assignment: Canvas computes what stands there", name=into))
    if any(row.value(target).endswith("%") for row in rows):
        raise ConfigurationError(_("{name} holds percentages; fill the column of points", name=into))
    if most and not _same(most, maximum):
        yield _(
            "{name} has a maximum of {most} in the file, and of {maximum} here",
            name=into,
            most=most,
            maximum=_written(maximum, "."),
        )


def _decimal_mark(table: Table, rows: Sequence[Record], target: int) -> str:
    """The one of the file: in this column, else in any, else that of spreadsheets which separate by semicolons."""
    for columns in ([target], range(len(table.header))):
        marks = Counter(mark for row in rows for at in columns for mark in [_mark(row.value(at))] if mark is not None)
        if marks:
            return marks.most_common(1)[0][0]
    return "," if table.delimiter == ";" else "."


def _mark(value: str) -> str | None:
    number = _NUMBER.fullmatch(value)
    return number[1] if number else None


def _same(value: str, points: float) -> bool:
    return bool(_NUMBER.fullmatch(value)) and float(value.replace(",", ".")) == round(points, 6)


def _written(points: float, decimal: str) -> str:
    return f"{points:.6f}".rstrip("0").rstrip(".").replace(".", decimal)
