"""The program that starts slices without their start: ``python -m pytest_dockerlab.grading.warm CONNECTION FOLDER``.

A check imports six hundred modules before it reads a line of a submission. This process imports them once, and forks
itself for each slice: into the slice's program, and that into its check, each a process of its own as ever. It reads
nothing of a submission and has one thread. FOLDER says in a list of processes whose they are.

An order comes as a message with the handle that becomes the slice's stdin; that a slice is over is a message too. Where
nobody orders any more, it ends what does not end by itself.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import platform
import select
import signal
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from _pytest.config import default_plugins

from .. import digests, report, roster, run, submission, tools
from ..isolated import command as isolated
from . import slice as slices
from .forked import Forked, fork
from .local_pool import IN_ORDER

__all__ = ["main"]

_MAX_MESSAGE = 100_000
_LIBRARIES = ("markdown_it", "pytest", "tree_sitter", "tree_sitter_bash", "yaml")
"""What is imported where it is used.

Not dockerfile, which is written in Go: that has threads as soon as it is there.
"""


def main(connection: socket.socket) -> int:
    """Fork slices until nobody orders any."""
    _import()
    _look_around()
    gc.collect()
    gc.freeze()  # what a collection does not look at is not copied for it either
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    running: dict[int, int] = {}
    while True:
        readable, _writable, _broken = select.select([connection.fileno(), woken], [], [])
        if woken in readable:
            os.read(woken, 4096)
            _tell(connection, _over(running))
        if connection.fileno() in readable:
            message, handles, _flags, _address = socket.recv_fds(connection, _MAX_MESSAGE, 1)
            if not message:
                return _end(running)
            number, order = json.loads(message)
            try:
                running[_start(Path(order), handles[0])] = number
            except OSError:  # no more processes
                _tell(connection, [(number, 1)])
            finally:
                os.close(handles[0])


def _start(order: Path, stdin: int) -> int:
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        return fork(lambda: slices.main(order, _check), stdin, nothing)
    finally:
        os.close(nothing)


def _check(arguments: list[str], _folder: Path) -> Forked:
    """As :mod:`pytest_dockerlab.isolated`; its environment is ours already."""

    def work() -> int:
        import pytest

        sys.argv = ["pytest", *isolated.arguments(arguments)]
        return pytest.console_main()

    return Forked(work)


def _import() -> None:
    """Import what checks of tier files need.

    Not the checks and fixtures themselves: pytest rewrites their assertions as it imports them.
    """
    for name in (*_LIBRARIES, *(f"_pytest.{plugin}" for plugin in default_plugins)):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for room in (digests, run, report, roster, submission):
        for name in _modules(room):
            importlib.import_module(name)


def _look_around() -> None:
    """Find out what stays known to the children, where each would start a program for it."""
    platform.platform()
    tools.compose_command()


def _modules(room: ModuleType) -> Iterator[str]:
    for each in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        yield each.name


def _over(running: dict[int, int]) -> Iterator[tuple[int, int]]:
    """The numbers and exit codes of the slices that have ended."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        yield running.pop(pid), os.waitstatus_to_exitcode(status)


def _tell(connection: socket.socket, over: Iterable[tuple[int, int]]) -> None:
    for each in over:
        with contextlib.suppress(OSError):  # nobody is there any more
            connection.send(json.dumps(each).encode())


def _end(running: dict[int, int]) -> int:
    """Give the slices some time, for their stdin has ended too."""
    deadline = time.monotonic() + IN_ORDER
    while running and time.monotonic() < deadline:
        select.select([], [], [], 0.05)
        list(_over(running))
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
