"""Homeworks in memory, and edits of them that can be combined in any order.

An edit names a file by the path that it has in the example, wherever another edit has moved it since. The mark of a
line travels with the text.
"""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = [
    "ANYWHERE",
    "HERE",
    "OR_HERE",
    "Homework",
    "Step",
    "Unfitting",
    "encode",
    "everywhere",
    "example",
    "move",
    "not_executable",
    "remove",
    "replace",
    "windows",
    "write",
]

HERE = "☜"
"""Stands at the end of a line where a fault must be told; it is taken out when the homework is written."""
OR_HERE = "☚"
"""And this where it may be told: of several lines of one fault, a program that stops at the first tells one."""
ANYWHERE = "*"
_EXAMPLE = Path(__file__).parents[2] / "examples" / "reddit"


class Unfitting(Exception):
    """An edit does not fit what the edits before it have made."""


@dataclass(slots=True)
class Homework:
    """The files of a homework by the path that they have in the example, with marks in their texts."""

    files: dict[str, str]
    places: dict[str, str] = field(default_factory=dict)
    """Where those lie that were moved."""
    encodings: dict[str, str] = field(default_factory=dict)
    not_executable: set[str] = field(default_factory=set)

    def copy(self) -> Homework:
        """Another one, to be edited by itself."""
        return Homework(dict(self.files), dict(self.places), dict(self.encodings), set(self.not_executable))

    def place(self, path: str) -> str:
        """Where a file lies."""
        return self.places.get(path, path)

    def text(self, path: str) -> str:
        """The text of a file. Raises :class:`Unfitting` where it is gone."""
        if path not in self.files:
            raise Unfitting(f"there is no {path}")
        return self.files[path]

    def marks(self, mark: str) -> set[tuple[str | None, int | None]]:
        """The places and lines that have this mark."""
        return {
            (self.place(path), number)
            for path, text in self.files.items()
            if mark in text
            for number, line in enumerate(text.split("\n"), start=1)
            if mark in line
        }

    def write(self, folder: Path) -> None:
        """Write it to a folder: scripts are executable, as git has them of who works on Linux."""
        for path, text in self.files.items():
            target = folder / self.place(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_unmarked(text).encode(self.encodings.get(path, "utf-8")))
            if text.startswith("#!") and path not in self.not_executable:
                target.chmod(0o755)


def _unmarked(text: str) -> str:
    return text.replace(HERE, "").replace(OR_HERE, "")


Step = Callable[[Homework], None]
"""An edit. It raises :class:`Unfitting`, or changes the homework."""


@functools.cache
def _example() -> Homework:
    paths = [path for path in sorted(_EXAMPLE.rglob("*")) if path.is_file()]
    return Homework({path.relative_to(_EXAMPLE).as_posix(): path.read_text("utf-8") for path in paths})


def example() -> Homework:
    """The example, which passes every item."""
    return _example().copy()


def replace(path: str, old: str, new: str) -> Step:
    """Change a text that stands in the file exactly once."""

    def step(homework: Homework) -> None:
        text = homework.text(path)
        if text.count(old) != 1:
            raise Unfitting(f"{path} has {old!r} {text.count(old)} times, not once")
        homework.files[path] = text.replace(old, new)

    return step


def everywhere(path: str, old: str, new: str) -> Step:
    """Change a text wherever it stands in the file, or in all files."""

    def step(homework: Homework) -> None:
        paths = list(homework.files) if path == ANYWHERE else [path]
        if not any(old in homework.text(each) for each in paths):
            raise Unfitting(f"{path} has no {old!r}")
        for each in paths:
            homework.files[each] = homework.files[each].replace(old, new)

    return step


def write(path: str, text: str) -> Step:
    """Add a file that is not there."""

    def step(homework: Homework) -> None:
        if any(homework.place(each) == path for each in homework.files):
            raise Unfitting(f"{path} is there")
        key = f"{path} (new)" if path in homework.files else path  # the one of the example was moved
        homework.files[key], homework.places[key] = text, path

    return step


def remove(path: str) -> Step:
    """Take a file away."""

    def step(homework: Homework) -> None:
        homework.text(path)
        del homework.files[path]

    return step


def move(path: str, to: str) -> Step:
    """Move a file, or a folder with all that is in it by now."""

    def step(homework: Homework) -> None:
        moved = {
            each: posixpath.normpath(posixpath.join(to, posixpath.relpath(homework.place(each), path)))
            for each in homework.files
            if homework.place(each) == path or homework.place(each).startswith(f"{path}/")
        }
        taken = {homework.place(each) for each in homework.files if each not in moved}
        if not moved or taken & set(moved.values()):
            raise Unfitting(f"{path} is gone, or {to} is taken")
        homework.places.update(moved)

    return step


def encode(path: str, encoding: str) -> Step:
    """Write a file in another encoding."""

    def step(homework: Homework) -> None:
        try:
            _unmarked(homework.text(path)).encode(encoding)
        except UnicodeEncodeError as error:
            raise Unfitting(str(error)) from error
        homework.encodings[path] = encoding

    return step


def windows(path: str) -> Step:
    """Give a file Windows' line ends."""

    def step(homework: Homework) -> None:
        homework.files[path] = homework.text(path).replace("\r\n", "\n").replace("\n", "\r\n")

    return step


def not_executable(path: str) -> Step:
    """Take the mode bit of a script away, as a commit from Windows has it."""

    def step(homework: Homework) -> None:
        homework.text(path)
        homework.not_executable.add(path)

    return step
