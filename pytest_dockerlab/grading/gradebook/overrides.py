"""What the instructor decided by hand: ``overrides.csv``, which nobody but them writes.

Its columns: ``id``, ``item``, ``verdict`` or ``points`` (or both), ``reason``, ``who``, ``when``. An item
``manual/<name>`` is one that no check has: with ``max`` in one of its lines everybody is to be marked for it, without
it is a bonus, or a deduction.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigurationError
from ...homework import MOST_POINTS
from ...messages import Message, _, excerpt, reason_of
from ...results import Verdict

if TYPE_CHECKING:
    from .model import Mark

__all__ = ["MANUAL", "Override", "Overrides", "read_overrides", "refuse_points", "refuse_unknown"]

MANUAL = "manual/"
"""How the items begin that only people mark."""

_NEEDED = ("id", "item", "reason", "who", "when")
_COLUMNS = (*_NEEDED, "verdict", "points", "max")
_MANUAL_ITEM = re.compile(r"manual/[a-z0-9]+(-[a-z0-9]+)*")
_DECIDED = tuple(verdict for verdict in Verdict if verdict is not Verdict.ERROR)
_DATES = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
"""How a spreadsheet may save what was typed as ISO 8601. With slashes nobody knows which is the month."""


@dataclass(frozen=True, slots=True)
class Override:
    """One line of it."""

    verdict: Verdict | None
    points: float | None
    reason: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """All of it."""

    marks: Mapping[tuple[str, str], Override] = field(default_factory=dict)
    """By the submission's id and the item's."""
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Where each stands in the file."""
    maxima: Mapping[str, float] = field(default_factory=dict)
    """The points of manual items that everybody is to be marked for."""

    @property
    def manual_items(self) -> tuple[str, ...]:
        """The manual items, in the order in which the file first names them."""
        return tuple(dict.fromkeys(item for _id, item in self.marks if item.startswith(MANUAL)))


def read_overrides(file: Path) -> Overrides:
    """What is in it; nothing where it is not there.

    Raises :class:`ConfigurationError`, naming the line, for what cannot be meant.
    """
    try:
        if file.is_fifo():  # whoever opens it waits for ever
            raise IsADirectoryError(file)
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        return Overrides()
    except (OSError, UnicodeDecodeError) as error:
        why = reason_of(error) if isinstance(error, OSError) else _("not in UTF-8")
        raise ConfigurationError(_("{file} cannot be read: {why}", file=file.name, why=why)) from error
    marks: dict[tuple[str, str], Override] = {}
    lines: dict[tuple[str, str], int] = {}
    maxima: dict[str, float] = {}
    for line, cells in _rows(file, text):
        try:
            key = unicodedata.normalize("NFC", cells["id"]), cells["item"]  # as in the roster
            if key in marks:
                raise ValueError(_("{item} of {id} is there twice, in line {line} too", item=key[1], id=key[0],
                                   line=lines[key]))  # fmt: skip
            marks[key], lines[key] = _override(cells), line
            if (maximum := _number(cells["max"], "max")) is not None:
                if not key[1].startswith(MANUAL) or maximum <= 0:
                    raise ValueError(_("max is a number above 0, for items that begin with {manual}", manual=MANUAL))
                if maxima.setdefault(key[1], maximum) != maximum:
                    raise ValueError(_("max of {item} is {max} in another line", item=key[1], max=maxima[key[1]]))
        except ValueError as error:
            raise _refused(file.name, line, error.args[0]) from error
    return Overrides(marks, lines, maxima)


def refuse_unknown(overrides: Overrides, known: Mapping[str, Mapping[str, Mark]], exempt: Collection[str]) -> None:
    """Raise :class:`ConfigurationError` for a line about nobody, about an item that they have not, or too many points.

    :param known: the marks of each submission, by item.
    """
    for id, item in overrides.marks:
        if id in exempt:
            continue
        try:
            if id not in known:
                raise ValueError(_("nobody in the roster has the id {id}{near}", id=id, near=_near(id, known)))
            if item not in known[id]:
                raise ValueError(_("{id} was not checked for {item}{near}", id=id, item=item,
                                   near=_near(item, known[id])))  # fmt: skip
        except ValueError as error:
            raise _refused("overrides.csv", overrides.lines.get((id, item), 0), error.args[0]) from error
        if not item.startswith(MANUAL) or known[id][item].max_points:  # not a bonus
            _refuse_points(overrides, id, item, known[id][item].max_points)


def refuse_points(overrides: Overrides, maxima: Mapping[str, float]) -> None:
    """Raise :class:`ConfigurationError` for a line with more points than an item is going to have."""
    for id, item in overrides.marks:
        if item in maxima:
            _refuse_points(overrides, id, item, maxima[item])


def _refuse_points(overrides: Overrides, id: str, item: str, most: float) -> None:
    points = overrides.marks[id, item].points
    if points is not None and not 0 <= points <= most:
        why = _("points of {item} are a number from 0 to {max}", item=item, max=f"{most:g}")
        raise _refused("overrides.csv", overrides.lines.get((id, item), 0), why)


def _near(word: str, words: Collection[str]) -> Message | str:
    near = difflib.get_close_matches(word, words, n=3)
    return _("; did you mean {near}?", near=near) if near else ""


def _refused(file: str, line: int, why: Message) -> ConfigurationError:
    return ConfigurationError(_("{file}:{line}: {why}", file=file, line=line, why=why))


def _rows(file: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines that say something, each with the number of its last one. A spreadsheet may have used semicolons."""
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        columns = [cell.strip().lower() for cell in next(reader, [])]
        while columns and not columns[-1]:  # a spreadsheet's
            columns.pop()
        for problem in (
            [_("column {column} is missing", column=name) for name in _NEEDED if name not in columns]
            + [_("unknown column {column}", column=repr(excerpt(name))) for name in columns if name not in _COLUMNS]
            + [_("column {column} is there twice", column=name) for name in columns if columns.count(name) > 1]
        ):
            raise _refused(file.name, 1, _("{what}; the columns are {known}", what=problem, known=_COLUMNS))
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if len(values) > len(columns) and any(values[len(columns) :]):
                raise _refused(file.name, reader.line_num, _("more cells than columns"))
            if any(values):
                given = dict(zip(columns, values, strict=False))
                yield reader.line_num, {name: given.get(name, "") for name in _COLUMNS}
    except csv.Error as error:
        raise _refused(file.name, reader.line_num, _("{why}", why=str(error))) from error


def _override(cells: Mapping[str, str]) -> Override:
    for name in _NEEDED:
        if not cells[name]:
            raise ValueError(_("{column} is empty", column=name))
    if cells["item"].startswith(MANUAL) and not _MANUAL_ITEM.fullmatch(cells["item"]):
        why = _("a manual item is called manual/<name>, in lower case with hyphens, not {item}", item=cells["item"])
        raise ValueError(why)
    points = _number(cells["points"], "points")
    verdict = cells["verdict"].lower().replace("_", " ")
    if not verdict and points is None:
        raise ValueError(_("give a verdict or points"))
    if verdict and verdict not in _DECIDED:
        raise ValueError(_("{value} is none of {choices}", value=repr(excerpt(verdict)), choices=_DECIDED))
    if verdict == Verdict.UNVERIFIED and points:
        raise ValueError(_("what is unverified has no points"))
    return Override(
        verdict=Verdict(verdict) if verdict else None,
        points=points,
        reason=cells["reason"],
        who=cells["who"],
        when=_date(cells["when"]),
    )


def _number(cell: str, column: str) -> float | None:
    if not cell:
        return None
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = math.nan
    if not abs(value) < MOST_POINTS:  # nor is nan
        raise ValueError(_("{column} is a number such as 1 or 0.5, not {value}", column=column,
                           value=repr(excerpt(cell))))  # fmt: skip
    return value


def _date(cell: str) -> str:
    """As ISO 8601."""
    for form in _DATES:
        try:
            found = datetime.strptime(cell, form)
        except ValueError:
            continue
        return found.date().isoformat() if form == _DATES[0] else found.isoformat(timespec="minutes")
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(_("when is a date such as 2026-11-29, not {value}", value=repr(excerpt(cell)))) from None
    return cell
