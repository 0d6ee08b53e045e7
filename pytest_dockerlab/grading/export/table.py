"""A table as some program wrote it: where each cell stands in its bytes, so that one can be changed and nothing else.

``csv`` of the standard library reads any dialect, and forgets how a cell was quoted and a line ended.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ...errors import ConfigurationError
from ...messages import _

__all__ = ["Cell", "Record", "Table", "readings"]

DELIMITERS = (",", ";", "\t", "|")
_ENCODINGS = ("utf-8", "cp1251", "cp1252")
"""What a spreadsheet writes: with a mark at the beginning it is known, without one the first that fits."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HINT = re.compile(r"sep=(.)(\r\n|\r|\n)")
"""The first line by which Excel is told the delimiter."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, and where it stands in the text, its quotes included."""

    value: str
    start: int
    end: int
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A row: the line it begins in, and its cells."""

    line: int
    cells: list[Cell]

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it: an empty line."""
        return len(self.cells) == 1 and not self.cells[0].value.strip()

    def value(self, column: int) -> str:
        """What stands in a column, without blanks around it; nothing in one that the row does not come to."""
        return self.cells[column].value.strip() if column < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """The content of a file, read with one encoding and one delimiter."""

    mark: bytes
    text: str
    encoding: str
    delimiter: str

    @cached_property
    def records(self) -> list[Record]:
        """All rows, the header first. Raises :class:`ConfigurationError` for a quote that is not closed properly."""
        return [record for record in self._records() if not record.is_blank]

    @cached_property
    def header(self) -> list[str]:
        """The names of the columns: none where the file cannot be read with this delimiter."""
        with contextlib.suppress(ConfigurationError):
            first = next((record for record in self._records() if not record.is_blank), None)
            return [cell.value.strip() for cell in first.cells] if first else []
        return []

    def _records(self) -> Iterator[Record]:
        cell = _cell(self.delimiter)
        hint = _HINT.match(self.text)
        at, line = (hint.end(), 2) if hint else (0, 1)
        begun, cells = line, list[Cell]()
        while at < len(self.text) or cells:
            found = cell.match(self.text, at)
            assert found is not None, "any text is a cell"
            quoted, rest, bare, end = found.groups()
            if bare is not None and bare.startswith('"'):
                raise ConfigurationError(_("a quote of line {line} is never closed", line=line))
            if rest and _LINE_END.search(quoted):  # most likely it swallows somebody's row
                raise ConfigurationError(_("a quote of line {line} ends in the middle of a cell", line=line))
            value = bare if quoted is None else quoted.replace('""', '"') + rest
            cells.append(Cell(value, at, found.start(4), quoted is not None))
            at = found.end()
            line += len(_LINE_END.findall(found[0]))
            if end != self.delimiter:
                yield Record(begun, cells)
                begun, cells = line, []

    def with_cells(self, values: Iterable[tuple[Cell, str]]) -> bytes:
        """The same file with other text in some cells: every other byte of it is as it was."""
        pieces, at = [], 0
        for cell, value in sorted(values, key=lambda pair: pair[0].start):
            pieces += [self.text[at : cell.start], self._written(cell, value)]
            at = cell.end
        return self.mark + "".join([*pieces, self.text[at:]]).encode(self.encoding)

    def _written(self, cell: Cell, value: str) -> str:
        if cell.is_quoted or any(letter in value for letter in (self.delimiter, '"', "\r", "\n")):
            return '"' + value.replace('"', '""') + '"'
        return value


_LINE_END = re.compile(r"\r\n|\r|\n")


def _cell(delimiter: str) -> re.Pattern[str]:
    """A cell and what ends it. What stands behind a closing quote belongs to the cell, as in other readers."""
    bare = rf"[^{re.escape(delimiter)}\r\n]*+"
    return re.compile(rf'(?:"((?:[^"]|"")*+)"({bare})|({bare}))({re.escape(delimiter)}|\r\n|\r|\n|\Z)')


def readings(content: bytes) -> Iterator[Table]:
    """How the content of a file may be read, the likeliest first: by each encoding and delimiter that it can have.

    Each gives the same bytes when it is written.
    """
    mark, encodings = next(((mark, (name,)) for mark, name in _MARKS if content.startswith(mark)), (b"", _ENCODINGS))
    for encoding in encodings:
        try:
            text = content.removeprefix(mark).decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:  # a workbook, or UTF-16 without its mark
            return
        for delimiter in DELIMITERS:
            yield Table(mark, text, encoding, delimiter)
