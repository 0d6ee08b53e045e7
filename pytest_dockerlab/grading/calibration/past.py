"""Grades that people gave: a CSV file with a column ``id``, and others that say how good the work was.

``grade`` is about all of it, a column named as a homework about that, one named as an item about that item: a number,
or a word such as accepted, rejected, +, -. A row with an empty id has the maxima of numbers. The gradebook.csv of an
earlier grading is such a file.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import ConfigurationError
from ...messages import Message, _, excerpt, reason_of

__all__ = ["ALL", "Past", "PastGrade", "read_past"]

ALL = ""
"""What a grade is about that is about all that was asked."""

_MAX_BYTES = 64 * 1024 * 1024
_OF_ALL = ("grade", "accepted", "score", "total", "points", "оценка", "зачёт", "балл")
# fmt: off
_GOOD = {"+", "accept", "accepted", "ok", "pass", "passed", "true", "y", "yes",
         "да", "зачет", "зачтено", "зачёт", "принято", "сдано"}
_BAD = {"-", "−", "advised", "fail", "failed", "false", "n", "no", "reject", "rejected",
        "не зачтено", "не принято", "не сдано", "незачет", "незачтено", "незачёт", "нет", "отклонено"}
# fmt: on
_NOTHING = {"", "–", "error", "n/a", "not attempted", "unverified"}
_NUMBER = re.compile(r"\d{1,6}([.,]\d{1,6})?")


@dataclass(frozen=True, slots=True)
class PastGrade:
    """What a person said of one submission, about something."""

    share: float
    """Of the maximum: 1 for accepted, 0 for rejected."""
    said: str
    """As it is in the file."""
    is_number: bool


@dataclass(frozen=True, slots=True)
class Past:
    """All of the file."""

    grades: Mapping[str, Mapping[str, PastGrade]]
    """By what they are about (an item, a homework, :data:`ALL`), then by submission."""
    maxima: Mapping[str, float]
    """Of what is graded by numbers."""
    ids: Collection[str]
    ignored: Sequence[str] = field(default=())
    """Columns that are no grades."""


def read_past(file: Path, slugs: Collection[str], items: Collection[str]) -> Past:
    """The grades in ``file``. Raises :class:`ConfigurationError`, naming the line, for what cannot be meant."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = reason_of(error) if isinstance(error, OSError) else _("not in UTF-8")
        raise _refused(file, None, why) from error
    if len(content) > _MAX_BYTES:
        raise _refused(file, None, _("it has more than {limit} bytes", limit=_MAX_BYTES))
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        lines = list(_lines(text, delimiter))
    except csv.Error as error:
        raise _refused(file, None, _("{why}", why=str(error))) from error
    if not lines or "id" not in (columns := [cell.lower() for cell in lines[0][1]]):
        raise _refused(file, 1, _("there is no column id"))
    about = dict(_about(columns, slugs, items))
    if not about:
        near = difflib.get_close_matches(" ".join(columns[1:2]), [*slugs, *items], n=3, cutoff=0.3)
        known = near or ["grade", *slugs]
        raise _refused(file, 1, _("no column is a grade; such a column is called {known}, or as an item", known=known))
    twice = next((what for what in about.values() if list(about.values()).count(what) > 1), None)
    if twice is not None:
        raise _refused(file, 1, _("two columns are the grade of {what}", what=twice or _("all")))
    return _past(file, columns, about, lines[1:])


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for cells in reader:
        cells = [cell.strip().removeprefix("'") for cell in cells]
        if any(cells):
            yield reader.line_num, cells


def _about(columns: Sequence[str], slugs: Collection[str], items: Collection[str]) -> Iterator[tuple[int, str]]:
    for place, column in enumerate(columns):
        item = column.removesuffix(" verdict")  # gradebook.csv has both, the points and the verdict
        if item in items and (item != column or f"{item} verdict" not in columns):
            yield place, item
        elif column in slugs:
            yield place, column
        elif column in _OF_ALL:
            yield place, ALL


def _past(file: Path, columns: Sequence[str], about: Mapping[int, str], lines: Sequence[tuple[int, list[str]]]) -> Past:
    at = columns.index("id")
    rows: dict[str, tuple[int, list[str]]] = {}
    maxima_line: list[str] = []
    for line, cells in lines:
        id = cells[at] if at < len(cells) else ""
        if not id:
            maxima_line = cells
        elif id in rows and any(cells[place : place + 1] != rows[id][1][place : place + 1] for place in about):
            raise _refused(file, line, _("{id} is there twice, with other grades", id=repr(id)))
        else:
            rows[id] = (line, cells)
    grades: dict[str, dict[str, PastGrade]] = {}
    maxima: dict[str, float] = {}
    for place, what in about.items():
        given = {
            id: (line, cells[place])
            for id, (line, cells) in rows.items()
            if place < len(cells) and cells[place].lower() not in _NOTHING
        }
        numbers = {id: number for id, (_line, cell) in given.items() if (number := _number(cell)) is not None}
        if numbers and all(id in numbers or cell == "-" for id, (_line, cell) in given.items()):  # - is then no grade
            stated = _number(maxima_line[place]) if place < len(maxima_line) else None
            maxima[what] = stated or max(numbers.values()) or 1.0
            grades[what] = {
                id: PastGrade(min(1.0, points / maxima[what]), given[id][1], is_number=True)
                for id, points in numbers.items()
            }
        else:
            grades[what] = {id: _word(file, line, cell) for id, (line, cell) in given.items() if id not in numbers}
            for line, cell in (given[id] for id in numbers):
                why = _(
                    "{cell} is a number, and other grades of this column are words: use one or the other", cell=cell
                )
                raise _refused(file, line, why)
    ignored = [name for place, name in enumerate(columns) if place not in about and place != at]
    return Past(grades, maxima, rows.keys(), ignored)


def _word(file: Path, line: int, cell: str) -> PastGrade:
    if cell.lower() not in _GOOD | _BAD:
        raise _refused(file, line, _("{cell} is no grade: a number, accepted, rejected, + or -", cell=excerpt(cell)))
    return PastGrade(1.0 if cell.lower() in _GOOD else 0.0, cell, is_number=False)


def _number(cell: str) -> float | None:
    return float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else None


def _refused(file: Path, line: int | None, why: Message | str) -> ConfigurationError:
    place = f"{file}:{line}" if line else str(file)
    return ConfigurationError(_("the grades {place}: {why}", place=place, why=why))
