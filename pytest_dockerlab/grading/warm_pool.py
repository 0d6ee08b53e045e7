"""Slices run as processes of this machine that are forked from one which has imported all they need: on Linux."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ..errors import DockerlabError
from ..isolated import command as isolated
from ..messages import _, reason_of
from .local_pool import IN_ORDER, LocalPool, died
from .pool import Over, Pool, Slice
from .slice import environment

__all__ = ["WarmPool", "local_pool"]

_MAX_MESSAGE = 1_000
_LONGER = 10.0
"""Seconds that the process has for its own end, after what it allows its slices."""


def local_pool(folder: Path) -> Pool:
    """The pool of this machine, for slices in ``folder``.

    Elsewhere than on Linux a process that has used a system's libraries may not be forked.
    """
    return WarmPool(folder) if sys.platform == "linux" else LocalPool()


class WarmPool:
    """Has what it is given started at once, by ``python -m pytest_dockerlab.grading.warm``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._running: dict[int, tuple[Slice, int]] = {}
        """By number, with our end of its stdin: that closes when we end, however that happens."""

    def start(self, slice: Slice) -> None:
        """Start it."""
        theirs, ours = os.pipe()
        try:
            connection = self._connected()
            message = json.dumps([slice.number, str(slice.order.absolute())]).encode()
            socket.send_fds(connection, [message], [theirs])
        except OSError as error:
            os.close(ours)
            raise DockerlabError(_("no process can be started: {why}", why=reason_of(error))) from error
        finally:
            os.close(theirs)
        self._running[slice.number] = slice, ours

    def over(self, seconds: float) -> Sequence[Over]:
        """Those that have ended by now."""
        found: list[Over] = []
        deadline = time.monotonic() + seconds
        while self._running and self._connection is not None and self._process is not None:
            wait = 0.0 if found else max(0.0, deadline - time.monotonic())
            if not select.select([self._connection], [], [], wait)[0]:
                break
            if message := _heard(self._connection):
                number, code = json.loads(message)
                found.append(self._settle(number, code))
            else:  # it was killed, and the slices end now
                code = self._process.wait()
                found += [self._settle(number, code) for number in list(self._running)]
                self._forget()
        return found

    def close(self) -> None:
        """End what runs: each has some time for it."""
        for _slice, ours in self._running.values():
            os.close(ours)
        self._running.clear()
        self._forget()

    def _connected(self) -> socket.socket:
        if self._connection is None:
            self._connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [
                        sys.executable, "-P", "-m", "pytest_dockerlab.grading.warm",
                        str(theirs.fileno()), str(self._folder.absolute()),
                    ],
                    cwd=isolated.FOLDER,
                    env=environment(self._folder),
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )  # fmt: skip
        return self._connection

    def _settle(self, number: int, code: int) -> Over:
        slice, ours = self._running.pop(number)
        os.close(ours)
        return Over(slice, died(code))

    def _forget(self) -> None:
        """End the process; the next slice has another."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(IN_ORDER + _LONGER)
            self._process.kill()
            self._process.wait()
        self._connection = self._process = None


def _heard(connection: socket.socket) -> bytes:
    with contextlib.suppress(ConnectionError):
        return connection.recv(_MAX_MESSAGE)
    return b""
