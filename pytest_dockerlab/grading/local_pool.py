"""Slices run as processes of this machine."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Sequence

from ..errors import DockerlabError
from ..messages import Message, _, reason_of
from .pool import Over, Slice

__all__ = ["IN_ORDER", "LocalPool", "died"]

_POLL = 0.02
IN_ORDER = 60.0
"""Seconds for an end in order: the program of a slice allows its check less."""


class LocalPool:
    """Starts what it is given, at once."""

    def __init__(self) -> None:
        self._running: dict[subprocess.Popen[bytes], Slice] = {}

    def start(self, slice: Slice) -> None:
        """Start it."""
        try:
            # our end of its stdin closes when we end, however that happens
            process = subprocess.Popen(
                slice.argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise DockerlabError(_("no process can be started: {why}", why=reason_of(error))) from error
        self._running[process] = slice

    def over(self, seconds: float) -> Sequence[Over]:
        """Those that have ended by now."""
        deadline = time.monotonic() + seconds
        while True:
            found: list[Over] = []
            for process, slice in list(self._running.items()):
                code = process.poll()
                if code is not None:
                    del self._running[process]
                    _let_go(process)
                    found.append(Over(slice, died(code)))
            if found or not self._running or time.monotonic() > deadline:
                return found
            time.sleep(_POLL)

    def close(self) -> None:
        """End what runs: each has some time for it."""
        for process in self._running:
            _let_go(process)
        for process in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(IN_ORDER)
            process.kill()
            process.wait()
        self._running.clear()


def died(code: int) -> Message:
    """What is known of a process by its exit code alone."""
    how = f"signal {-code}" if code < 0 else f"exit {code}"
    return _("the process that checked it died ({how})", how=how)


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Close our end of its stdin: it then ends in order."""
    if process.stdin is not None:
        process.stdin.close()
