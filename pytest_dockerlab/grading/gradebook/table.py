"""gradebook.csv: the gradebook for a spreadsheet. A person is a row, and the first row has the maxima.

Cells of the roster are anybody's text: one that a spreadsheet would take for a formula is told apart by an apostrophe.
So is what stands behind a semicolon, a tab or an end of line in it: where the comma is the decimal mark, Excel opens
the file with the semicolon between cells, and minds no quotes then.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from .model import Entry, Gradebook, GradedItem, Mark

__all__ = ["formula_safe", "gradebook_csv"]

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_BLANK = re.compile(r"([\s\";]+)([=+\-@＝＋－＠]?)")
_SEPARATOR = re.compile(r"[;\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")

_HEAD = (
    "status",
    "score",
    "max",
    "verified max",
    "bonus",
    "final",
    "settled",
    "late",
    "known of the deadline",
    "why not graded",
    "workflow",
)


def formula_safe(cell: str) -> str:
    """The cell as text whatever a spreadsheet makes of it; a number is one."""
    cell = _BLANK.sub(_quoted, cell)
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _quoted(blank: re.Match[str]) -> str:
    """Where a separator of cells is in it and a formula follows, an apostrophe stands behind the last separator."""
    before, formula = blank.groups()
    ends = [each.end() for each in _SEPARATOR.finditer(before)] if formula else []
    return f"{before[: ends[-1]]}'{before[ends[-1] :]}{formula}" if ends else blank[0]


def gradebook_csv(book: Gradebook) -> str:
    """The file's text, with the mark by which spreadsheets know UTF-8.

    After the roster's columns: how far the row has come, its score, and for each item points and verdict. What is not
    known is empty, and not 0.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    columns = list(dict.fromkeys(name for row in book.rows for name in row.columns))
    if not any(map(_is_id, columns)):  # a roster that was a folder
        columns.insert(0, "id")
    items = book.columns
    counting = [item for item in items if _counts(book, item)]
    ours = [*_HEAD, *(item.id for item in counting), *(f"{item.id} verdict" for item in items)]
    # a column of the roster that is called as one of ours keeps its cells
    writer.writerow([formula_safe(f"{name} (roster)" if name in ours else name) for name in columns] + ours)
    maxima = ["maximum", _points(book.maximum), _points(book.maximum), *[""] * (len(_HEAD) - 3)]
    maxima += [_points(item.max_points) if item.max_points else "" for item in counting]  # a bonus by hand has none
    writer.writerow([""] * len(columns) + maxima + [""] * len(items))
    for row in book.rows:
        scores = list(_scores(row))
        scores += [_points_of(row.marks.get(item.id)) for item in counting]
        scores += [str(row.marks[item.id].verdict) if item.id in row.marks else "" for item in items]
        for member in row.members:
            writer.writerow([formula_safe(_cell(member, name, row)) for name in columns] + scores)
    return "\ufeff" + written.getvalue()


def _counts(book: Gradebook, item: GradedItem) -> bool:
    return bool(item.max_points) or any(row.marks[item.id].points for row in book.rows if item.id in row.marks)


def _cell(member: Mapping[str, str], name: str, row: Entry) -> str:
    return row.id if _is_id(name) else member.get(name, "")


def _is_id(name: str) -> bool:
    return name.strip().casefold() == "id"


def _scores(row: Entry) -> Iterator[str]:
    yield str(row.status)
    yield "" if row.total is None else _points(row.total)
    yield _points(row.maximum)
    yield _points(row.verified_maximum)
    yield "" if row.total is None else _points(row.bonus)
    yield "yes" if row.is_final else "no"
    yield "yes" if row.is_settled else "no"
    yield "yes" if row.is_late else ""
    yield formula_safe(row.late)
    yield formula_safe(row.reason)
    yield str(row.workflow or "")


def _points_of(mark: Mark | None) -> str:
    return "" if mark is None or not mark.is_verified else _points(mark.points)


def _points(value: float) -> str:
    return f"{round(value, 6):g}"
