"""``docker-1.log``: where it lies, and the tables of ``docker images`` in it, as typed rows.

Seen in 47 accepted logs: in the root or in ``docker-monolith/``; the table on line 1 or under prompts and prose; with
BOM, without a last newline, in CP1251, (a redirection in Windows' PowerShell) in UTF-16, and with the colours that a
terminal shows (recorded by ``script``). The table has three
layouts: with ``SIZE``; in clients before 1.10 ``VIRTUAL SIZE``; since 29 ``IMAGE ID DISK USAGE CONTENT SIZE EXTRA``.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location
from pytest_dockerlab.submission.text.terminal import visible

if TYPE_CHECKING:
    from pytest_dockerlab.submission.files.tree import Text, Tree

__all__ = ["NAME", "USUAL", "DockerLog", "ImageRow", "find_log", "find_logs", "parse_size", "read_log"]

NAME = "docker-1.log"
USUAL = ("docker-monolith/docker-1.log", "docker-1.log")
_MAX_LINE = 1000
"""A longer line is no row of a table: 300 characters are the longest with a digest."""
_MAX_FILES = 20

# What stands before a table that was pasted into Markdown, a comment or a mail.
_MARGIN = " \t>|#`*\ufeff"
_OLD_HEADER = re.compile(r"REPOSITORY\s+TAG\s+(DIGEST\s+)?IMAGE ID\s+CREATED\s+(VIRTUAL )?SIZE")
_NEW_HEADER = re.compile(r"IMAGE\s+ID\s+DISK USAGE\s+CONTENT SIZE(\s+EXTRA)?")
_ID = r"(?P<id>(?:sha256:)?[0-9a-f]{6,64})"
_SIZE = r"\d[\d.]{0,12} ?[kKMGTP]?i?B"
_OLD_ROW = re.compile(
    r"(?<!\S)(?P<name>\S+)\s+(?P<tag>\S+)\s+(?:(?:sha256:[0-9a-f]{64}|<none>)\s+)?"
    # no age, or "N/A", for an image that does not say when it was made
    rf"{_ID}(?:\s+(?P<created>\S.{{0,60}}?))?\s+(?P<size>{_SIZE})"
)
_NEW_ROW = re.compile(rf"(?<!\S)(?P<name>\S+)\s+{_ID}\s+(?P<size>{_SIZE})\s+(?:{_SIZE}|-|N/A)(?:\s+[A-Z]{{1,4}})*")
_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


@dataclass(frozen=True, slots=True)
class ImageRow:
    """One row of ``docker images``."""

    name: str
    """The repository, ``<none>`` too."""
    tag: str
    id: str
    """Without ``sha256:``; 12 digits unless ``--no-trunc`` was given."""
    created: str
    """As printed, ``5 minutes ago``; empty in the layout without this column."""
    size: int
    """Bytes, as precise as docker prints: three digits."""
    line: int

    @property
    def reference(self) -> str:
        """Name and tag."""
        return f"{self.name}:{self.tag}"

    def is_of(self, image_id: str) -> bool:
        """Whether an engine's image id is this row's."""
        return image_id.removeprefix("sha256:").startswith(self.id)


class DockerLog:
    """One log."""

    def __init__(self, path: str, text: Text) -> None:
        self.path = path
        self.text = text
        self.content = visible(text.content)
        """What ``script`` recorded, as the terminal showed it."""
        self.lines = self.content.split("\n")

    def location(self, line: int | None = None) -> Location:
        """A line of this file."""
        return Location(self.path, line)

    @property
    def rows(self) -> tuple[ImageRow, ...]:
        """The rows of every table, in order."""
        return self._tables[1]

    @property
    def headers(self) -> tuple[int, ...]:
        """The lines where a table begins."""
        return self._tables[0]

    @property
    def broken(self) -> tuple[int, ...]:
        """Lines directly in a table that are no complete row."""
        return self._tables[2]

    @functools.cached_property
    def prose(self) -> list[str]:
        """The lines; those of the tables are empty."""
        drop = {*self.headers, *(row.line for row in self.rows)}
        return ["" if number in drop else line for number, line in enumerate(self.lines, start=1)]

    @functools.cached_property
    def _tables(self) -> tuple[tuple[int, ...], tuple[ImageRow, ...], tuple[int, ...]]:
        headers, rows, broken = [], [], []
        pattern: re.Pattern[str] | None = None
        for number, line in enumerate(self.lines, start=1):
            # Stripped by hand: a pattern for the margin would take a square of the time on a line of nothing else.
            line = line[:_MAX_LINE].strip(_MARGIN)
            if _OLD_HEADER.fullmatch(line) or _NEW_HEADER.fullmatch(line):
                headers.append(number)
                pattern = _OLD_ROW if _OLD_HEADER.fullmatch(line) else _NEW_ROW
                continue
            if pattern is None:
                continue
            match = pattern.fullmatch(line)
            if match:
                rows.append(_row(match, number))
                continue
            # A table ends at a blank line or at whatever has no columns: a prompt, prose.
            if number - 1 in (*headers[-1:], *(row.line for row in rows[-1:])) and re.search(r"\S {2,}\S", line):
                broken.append(number)
            pattern = None if line.strip("-") or rows else pattern
        return tuple(headers), tuple(rows), tuple(broken)


def find_logs(tree: Tree) -> list[str]:
    """The paths of the submission's logs: the usual place first, then the outermost."""
    paths = [path for path in tree.files if path.rpartition("/")[2].casefold() == NAME]
    return sorted(paths, key=lambda path: (path not in USUAL, path.count("/"), path))[:_MAX_FILES]


def find_log(tree: Tree) -> DockerLog | None:
    """The log with a table, else the likeliest one; ``None`` where there is none that can be read.

    A symbolic link that leads out is not read: the one :func:`find_logs` names first raises :class:`RefusedPath`.
    """
    logs = []
    for number, path in enumerate(find_logs(tree)):
        try:
            logs.append(DockerLog(path, tree.text(path)))
        except RefusedPath:
            if number == 0:
                raise
    return next((log for log in logs if log.rows), logs[0] if logs else None)


def read_log(tree: Tree) -> DockerLog:
    """The log, for items that need docker-1/log-file."""
    log = find_log(tree)
    assert log is not None, "docker-1/log-file is needed first"
    return log


def parse_size(text: str) -> int:
    """A size as docker prints it, in bytes: decimal units, with or without a space. Raises ``ValueError``."""
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?) ?([kKMGTP]?)(i?)B", text.strip())
    if match is None:
        raise ValueError(f"{text[:40]!r} is no size")
    unit: int = (1024 if match[3] else 1000) ** _UNITS[match[2].lower()]
    return round(float(match[1]) * unit)


def _row(match: re.Match[str], number: int) -> ImageRow:
    found = match.groupdict()
    name, tag = found["name"], found.get("tag")
    if tag is None:  # the new layout has both in one column; a registry's port is no tag
        name, colon, tag = name.rpartition(":")
        if not colon or "/" in tag:
            name, tag = found["name"], "<none>"
    try:
        size = parse_size(found["size"])
    except ValueError:
        size = 0  # "1.2.3MB": nothing docker prints
    id = found["id"].removeprefix("sha256:")
    return ImageRow(name, tag, id, (found.get("created") or "").strip(), size, number)
