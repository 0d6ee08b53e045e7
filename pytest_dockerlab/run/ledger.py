"""What the processes of one run tell each other: which check has started where, and what came of it.

In files of the run's folder, because xdist lets workers talk to the controller only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from ..homework import Item
from ..results import ItemResult
from ..whole_files import replacing

if TYPE_CHECKING:
    from filelock import FileLock

__all__ = ["Ledger", "State"]


class State(Enum):
    """What is known of a check."""

    UNKNOWN = auto()
    RUNNING = auto()
    DIED = auto()
    DONE = auto()


class Ledger:
    """The notes of one run's processes. A run without workers has no ``folder``: there is nobody to tell."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            self._alive = _lock(folder, os.getpid())
            with contextlib.suppress(OSError):  # a worker on another machine has no such folder, and does without
                self._alive.acquire(timeout=0)

    def start(self, nodeid: str) -> None:
        """This process starts the check."""
        if self._folder is not None:
            with contextlib.suppress(OSError), self._path(nodeid, "started").open("a", encoding="ascii") as notes:
                notes.write(f"{os.getpid()}\n")

    def finish(self, nodeid: str, result: ItemResult) -> None:
        """The check has a result."""
        if self._folder is not None:
            with contextlib.suppress(OSError), replacing(self._path(nodeid, "json")) as part:
                part.write_text(json.dumps(result.to_json()), "utf-8")

    def result(self, nodeid: str) -> ItemResult:
        """The result of a check that is done."""
        return ItemResult.from_json(json.loads(self._path(nodeid, "json").read_text("utf-8")))

    def state(self, nodeid: str) -> State:
        """What is known of the check; what this process itself started is not asked for here."""
        if self._folder is None:
            return State.UNKNOWN
        try:
            others = {int(pid) for pid in self._path(nodeid, "started").read_text("ascii").split()}
        except OSError:
            return State.UNKNOWN
        states = [self._is_alive(pid) for pid in others - {os.getpid()}]
        if self._path(nodeid, "json").exists():  # looked for last: it may have finished and gone since
            return State.DONE
        if False in states:
            return State.DIED
        return State.RUNNING if states else State.UNKNOWN

    def cause_of_death(self, item: Item, submission: str | None, items: Mapping[str, Item]) -> Item:
        """The item in which the process died that was at ``item``: itself, or one it needs that ran on its behalf."""
        for need in item.needs_items:
            cause = self.cause_of_death(items[need], submission, items)
            if self.state(cause.node_id(submission)) is State.DIED:
                return cause
        return item

    def _is_alive(self, pid: int) -> bool:
        """Whether the worker lives. By its lock: a dead one stays a zombie, with its pid, until xdist waits for it."""
        from filelock import Timeout

        assert self._folder is not None
        lock = _lock(self._folder, pid)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def _path(self, nodeid: str, kind: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{hashlib.sha256(nodeid.encode()).hexdigest()[:24]}.{kind}"


def _lock(folder: Path, pid: int) -> FileLock:
    from filelock import FileLock  # here: only workers have use for it

    return FileLock(folder / f"{pid}.alive")
