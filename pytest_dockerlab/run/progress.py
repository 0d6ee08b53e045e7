"""Shows what is at work, to those who wait for longer than a moment. Nothing of it is in what is captured or kept.

A thread looks at it twice a second. While pytest itself writes, it is silent, and what it has shown is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from _pytest.terminal import TerminalReporter

from ..activity import Activity, at_work, set_listener
from ..messages import Message, from_json, to_json
from ..report.lines import Lines
from ..report.status import LiveLine, LogLines, can_be_rewritten, describe
from .run import Run

__all__ = ["ProgressPlugin", "tell_controller"]

_EVERY = 0.5
_SHOWN_AFTER = 1.5
_HIDDEN_AT = -2
"""The verbosity of -qq."""


def tell_controller(folder: Path, nodeid: Callable[[], str]) -> None:
    """Write down in the run's folder what this worker is at: xdist lets it talk to the controller only between items.

    :param nodeid: which check it is at.
    """
    path = folder / f"{os.getpid()}.now"
    last: list[object] = []

    def write(activities: tuple[Activity, ...]) -> None:
        data = [nodeid(), *([to_json(each.what), each.began] for each in activities)]
        if data != last:  # the phases of one check
            last[:] = data
            with contextlib.suppress(OSError):  # a worker on another machine has no such folder
                path.write_text(json.dumps(data), "utf-8")

    set_listener(write)


def _told_by_workers(folder: Path, over: set[str]) -> Iterator[tuple[Activity, ...]]:
    for path in sorted(folder.glob("*.now")):
        with contextlib.suppress(OSError, ValueError):  # it is just being written
            nodeid, *told = json.loads(path.read_text("utf-8"))
            if nodeid not in over:
                whats = [(from_json(what), began) for what, began in told]
                yield tuple(Activity(what, began) for what, began in whats if isinstance(what, Message))


class ProgressPlugin:
    """Where the terminal is: on the controller, and in a run without workers."""

    def __init__(self, config: pytest.Config, run: Run, verbosity: int) -> None:
        self._run = run
        self._lines = Lines(run.settings.language)
        self._config = config
        self._has_workers = config.getoption("dist", "no") != "no"
        self._is_wanted = verbosity > _HIDDEN_AT and not (
            config.option.collectonly or config.getoption("usepdb", False) or config.getoption("capture", "") == "no"
        )
        self._over: set[str] = set()
        self._all = sum(1 if item.node_id(None) == item.node_id("x") else len(run.sources) for item in run.items)
        self._place: LiveLine | LogLines | None = None
        self._file: IO[str] | None = None
        self._writing = threading.RLock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="dockerlab-progress", daemon=True)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Begin: now the files of the process are still the user's."""
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if self._is_wanted:
            self._place = self._find_place(reporter)
        if self._place is not None:
            self._thread.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self) -> Generator[None, object, object]:
        """pytest may write."""
        with self._hidden():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self) -> Generator[None, object, object]:
        """pytest may write."""
        with self._hidden():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> Generator[None, object, object]:
        """pytest may write, and a check is over."""
        self._over.add(nodeid)
        with self._hidden():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True, optionalhook=True)
    def pytest_testnodedown(self) -> Generator[None, object, object]:
        """xdist may write."""
        with self._hidden():
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_enter_pdb(self) -> None:
        """From now on the terminal is the debugger's."""
        self._end()

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        """Nothing more is to be shown."""
        self._end()

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self) -> None:
        """Nothing more is to be shown."""
        self._end()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Nothing more is to be shown."""
        self._end()

    def _find_place(self, reporter: Any) -> LiveLine | LogLines | None:
        """The terminal that pytest writes to, else that of stderr, else stderr as a log."""
        if reporter is not None and type(reporter) is not TerminalReporter:
            return None  # somebody else's, who may show such things too
        if reporter is not None and (file := _own(reporter._tw._file)) is not None:
            self._file = file
            if can_be_rewritten(file):
                return LiveLine(file, lambda: int(reporter._tw.width_of_current_line))
            file.close()
        self._file = _own(sys.stderr)
        if self._file is None:
            return None
        return LiveLine(self._file, lambda: 0) if can_be_rewritten(self._file) else LogLines(self._file)

    def _look(self) -> None:
        while not self._stop.wait(_EVERY):
            with self._writing:
                if self._stop.is_set():
                    return
                try:
                    self._show()
                except (OSError, ValueError):  # the terminal is gone
                    return

    def _show(self) -> None:
        assert self._place is not None
        told = _told_by_workers(self._run.folder, self._over) if self._has_workers else [at_work()]
        long = [each for each in told if each and time.time() - each[0].began >= _SHOWN_AFTER]
        if long:
            self._place.show(f"{len(self._over)}/{self._all} ", [describe(each, self._lines) for each in long])
        else:
            self._place.hide()

    @contextlib.contextmanager
    def _hidden(self) -> Iterator[None]:
        with self._writing:
            if self._place is not None and not self._stop.is_set():
                self._place.hide()
            yield

    def _end(self) -> None:
        with self._writing:
            if self._place is not None and not self._stop.is_set():
                with contextlib.suppress(OSError, ValueError):
                    self._place.hide()
            self._stop.set()


def _own(stream: object) -> IO[str] | None:
    """A file of ours that leads where ``stream`` does, wherever pytest makes that lead later."""
    try:
        handle = os.dup(stream.fileno())  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):  # no file of the system
        return None
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return os.fdopen(handle, "w", encoding=encoding, errors="replace")
