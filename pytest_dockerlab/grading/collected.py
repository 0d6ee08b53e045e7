"""The file that ``dockerlab collect`` writes: the roster again, with commits for its revisions.

What was collected stays as it is when the command is given again: it was true at its moment, and is so no more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path

from ..errors import ConfigurationError
from ..messages import _
from ..roster.row import Row
from ..roster.rows import Roster, read_roster
from ..run.output_files import write_text
from . import json_lines
from .collecting import Seen
from .lateness import COLLECTED
from .published import PUBLISHED, Published

__all__ = ["Collected"]


class Collected:
    """The rows, and what is known of each by now.

    Raises :class:`ConfigurationError` for a file that is there and is none of this command's.
    """

    def __init__(
        self, path: Path, roster: Roster, slugs: Sequence[str], zone: tzinfo | None, *, asks_who: bool = False
    ) -> None:
        """``asks_who``: there is a column for who published a result."""
        self._path = path
        self._slugs, self._zone = slugs, zone
        self._rows = roster.rows
        self._names = {header: header.strip().lower() for header in roster.columns}
        """What each column means."""
        if "ref" not in self._names.values():
            self._names["ref"] = "ref"
        self._names.setdefault(COLLECTED, COLLECTED)
        self._refs = {header: name.partition(":")[2] for header, name in self._names.items() if _is_ref(name)}
        """The columns of revisions, with the slug of each."""
        self._done = {row.id: row.columns for row in _before(path, slugs, zone) if row.columns.get(COLLECTED)}
        if asks_who or any(PUBLISHED in cells for cells in self._done.values()):
            self._names.setdefault(PUBLISHED, PUBLISHED)

    def __contains__(self, id: str) -> bool:
        return id in self._done

    def add(self, seen: Iterable[Seen]) -> None:
        """Take in what was seen, write the file, and put every ref's commit beside it. Raises ``OSError``."""
        lines = []
        for each in seen:
            if each.asked is None:
                continue
            self._done[each.row.id] = self._cells(each)
            if each.refs is not None and each.row.url is not None:
                lines.append(_line(each))
        self.write()
        json_lines.append(self.refs, lines)

    @property
    def refs(self) -> Path:
        """What every ref held, a line for each time that a repository was asked."""
        return self._path.with_name(f"{self._path.stem}.refs.jsonl")

    def add_publishers(self, found: Mapping[str, Published]) -> None:
        """Take in who published the results of these rows, and put all that is known beside it. Raises ``OSError``."""
        for id, published in found.items():
            self._done[id] = {**self._done[id], PUBLISHED: published.text}
        self.write()
        json_lines.append(self.runs, [each.to_json() for each in found.values()])

    def without_publisher(self) -> list[Row]:
        """The rows that were collected, as a grading reads them, and of which that is not known yet."""
        rows = read_roster(self._path, self._slugs, self._zone).rows
        return [row for row in rows if row.id in self._done and not self._done[row.id].get(PUBLISHED)]

    @property
    def runs(self) -> Path:
        """Which runs there were, a line for each time that GitHub was asked about a row."""
        return self._path.with_name(f"{self._path.stem}.runs.jsonl")

    def write(self) -> None:
        """Write the file, whole. Raises ``OSError``."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self._names, restval="", extrasaction="ignore")
        writer.writeheader()
        for row in self._rows:
            writer.writerow({**self._placed(row), **self._kept(row.id)})
        write_text(self._path, text.getvalue())

    def _kept(self, id: str) -> dict[str, str]:
        """Of what was collected only what says which commit: a later roster may have another deadline or name."""
        done = self._done.get(id, {})
        return {header: cell for header, cell in done.items() if header in {*self._refs, COLLECTED, PUBLISHED}}

    def _cells(self, seen: Seen) -> Mapping[str, str]:
        assert seen.asked is not None
        cells = {COLLECTED: seen.asked.isoformat(timespec="seconds")}
        for header, slug in self._refs.items():
            if revision := seen.revisions.get(slug):
                cells[header] = revision
        return cells

    def _placed(self, row: Row) -> dict[str, str]:
        """Its cells; paths are relative to the file that they stand in."""
        cells = dict(row.columns)
        if row.path is not None:
            header = next(header for header, cell in cells.items() if cell and self._names[header] in ("path", "url"))
            cells[header] = str(row.path)
        return cells


def _is_ref(name: str) -> bool:
    return name == "ref" or name.startswith("ref:")


def _before(path: Path, slugs: Sequence[str], zone: tzinfo | None) -> Iterator[Row]:
    if not path.exists():
        return
    roster = read_roster(path, slugs, zone)
    if COLLECTED not in roster.columns:
        raise ConfigurationError(_("{path} was not written by this command: give another name", path=path))
    yield from roster.rows


def _line(seen: Seen) -> dict[str, object]:
    assert seen.refs is not None
    return {
        "id": seen.row.id,
        "url": seen.row.url,
        "asked": seen.refs.asked.isoformat(),
        "head": seen.refs.head,
        "refs": dict(seen.refs.commits),
    }
