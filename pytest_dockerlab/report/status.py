"""What is at work, shown to those who wait: a line of the terminal that changes, or now and then a line of a log."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING

from ..activity import Activity
from .lines import Lines

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["LiveLine", "LogLines", "describe"]

_BETWEEN = " · "


def describe(activities: Sequence[Activity], lines: Lines) -> str:
    """One line: what was begun first, how long ago, and what it has come to."""
    first, *others = activities
    parts = [lines.say(first.what), _clock(time.time() - first.began)]
    if others:
        parts.append(lines.say(others[-1].what))
    return " ".join("  ".join(parts).splitlines())


class LiveLine:
    """The line below the one that the terminal's cursor is in; it leaves no trace.

    :param terminal: a file of ours: that of pytest leads elsewhere while a check runs.
    :param column: where the cursor is.
    """

    def __init__(self, terminal: IO[str], column: Callable[[], int]) -> None:
        self._terminal = terminal
        self._column = column
        self._console: Console | None = None
        self._shown: object = None

    def show(self, head: str, texts: Sequence[str]) -> None:
        """Show ``texts`` side by side, each with its part of the room that ``head`` leaves."""
        from rich.console import Console
        from rich.control import Control
        from rich.text import Text

        if self._console is None:
            self._console = Console(file=self._terminal, force_terminal=True, highlight=False)
        console = self._console
        console.width = _width(self._terminal)
        room = (console.width - 1 - len(head) - len(_BETWEEN) * (len(texts) - 1)) // len(texts)
        line = Text(head, "dim")
        for at, each in enumerate(texts):
            line.append(_BETWEEN if at else "")
            part = Text(each)
            part.truncate(max(room, 1), overflow="ellipsis")
            line.append_text(part)
        column = self._column() % console.width
        if self._shown == (line.plain, column):
            return
        with console:  # as one write
            self.hide()
            console.print(end="\n")
            console.print(line, end="", no_wrap=True, crop=True)
            console.control(Control.move_to_column(column, -1))
        self._shown = line.plain, column

    def hide(self) -> None:
        """Leave the terminal as it was."""
        from rich.control import Control
        from rich.segment import ControlType

        if self._shown is None or self._console is None:
            return
        column = self._column() % self._console.width
        with self._console:
            self._console.control(Control.move_to_column(0, 1))
            self._console.control(Control((ControlType.ERASE_IN_LINE, 2)))
            self._console.control(Control.move_to_column(column, -1))
        self._shown = None


class LogLines:
    """A line of its own now and then, where nothing that was written can be changed: a log of CI, say."""

    def __init__(self, log: IO[str], every: float = 30.0) -> None:
        self._log = log
        self._every = every
        self._next = time.monotonic() + every

    def show(self, head: str, texts: Sequence[str]) -> None:
        """Write, if it is time to."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every
            print(f"{head}{_BETWEEN.join(texts)}", file=self._log, flush=True)

    def hide(self) -> None:
        """Nothing: it stays."""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02}"


def _width(terminal: IO[str]) -> int:
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        return os.get_terminal_size(terminal.fileno()).columns or 80


def can_be_rewritten(terminal: IO[str]) -> bool:
    """Whether a line of it can be written over."""
    return terminal.isatty() and os.environ.get("TERM") not in ("dumb", "unknown") and sys.platform != "win32"
