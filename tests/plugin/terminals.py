"""A terminal of its own for a program, and what stands on it: on the screen in the end, and by the way."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Terminal"]

_CONTROL = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]")


class Terminal:
    """Runs a command on a terminal of ``columns``; a context manager that ends it."""

    def __init__(self, command: Sequence[str], cwd: Path, columns: int = 80) -> None:
        self.columns = columns
        self.said = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._end, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"TERM": "xterm"}
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=side, stdout=side, stderr=side, cwd=cwd, env=environment,
            start_new_session=True,
        )  # fmt: skip
        os.close(side)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._end)

    def read_until(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """Read until something is said."""
        deadline = time.monotonic() + seconds
        while (found := re.search(pattern, self.said)) is None:
            assert time.monotonic() < deadline, self.said
            assert self._read(), self.said
        return found

    def interrupt(self) -> None:
        """Ctrl-C: the signal goes to all that run on the terminal."""
        os.killpg(self._process.pid, signal.SIGINT)

    def wait(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        return self._process.wait(60)

    def screen(self) -> list[str]:
        """The lines that are left."""
        lines, row, column = [""], 0, 0
        for match in _CONTROL.finditer(self.said):
            numbers = [int(each or 0) for each in (match[1] or "").split(";")] if match[2] else []
            match match[2], match[0]:
                case None, "\r":
                    column = 0
                case None, "\n":
                    row += 1
                    lines += [""] * (row + 1 - len(lines))
                case "A", _:
                    row -= numbers[0] or 1
                case "B", _:
                    row += numbers[0] or 1
                case "G", _:
                    column = numbers[0] - 1
                case "K", _:
                    lines[row] = "" if numbers[0] == 2 else lines[row][:column]
                case "m", _:
                    pass
                case None, character:
                    if column == self.columns:
                        row, column = row + 1, 0
                        lines += [""] * (row + 1 - len(lines))
                    lines[row] = lines[row][:column].ljust(column) + character + lines[row][column + 1 :]
                    column += 1
                case _, sequence:
                    raise AssertionError(f"unknown: {sequence!r}")
        return [line.rstrip() for line in lines]

    def _read(self) -> bool:
        ready, _, _ = select.select([self._end], [], [], 60)
        assert ready, self.said
        try:
            chunk = os.read(self._end, 65536)
        except OSError:  # nobody is left on the terminal
            return False
        self.said += self._decoder.decode(chunk)
        return bool(chunk)
