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

from filelock import FileLock, Timeout

from ..homework import Item
from ..results import ItemResult

__all__ = ["Ledger", "State"]


class State(Enum):
    """What is known of a check."""

    UNKNOWN = auto()
    RUNNING = auto()
    DIED = auto()
    DONE = auto()


class Ledger:
    """The notes of one run's processes: which check has started where, and what came of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._alive = FileLock(folder / f"{os.getpid()}.alive")
        with contextlib.suppress(OSError):  # a worker on another machine has no such folder, and does without
            self._alive.acquire(timeout=0)

    def start(self, nodeid: str) -> None:
        """This process starts the check."""
        with contextlib.suppress(OSError):
            self._path(nodeid, f"started-{os.getpid()}").touch()

    def finish(self, nodeid: str, result: ItemResult) -> None:
        """The check has a result."""
        with contextlib.suppress(OSError):
            part = self._path(nodeid, f"part-{os.getpid()}")
            part.write_text(json.dumps(result.to_json()), "utf-8")
            part.replace(self._path(nodeid, "json"))

    def result(self, nodeid: str) -> ItemResult:
        """The result of a check that is done."""
        return ItemResult.from_json(json.loads(self._path(nodeid, "json").read_text("utf-8")))

    def state(self, nodeid: str) -> State:
        """What is known of the check; what this process itself started is not asked for here."""
        notes = self._folder.glob(self._path(nodeid, "started-*").name)
        others = {int(path.suffix.rpartition("-")[2]) for path in notes}
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
        lock = FileLock(self._folder / f"{pid}.alive")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def _path(self, nodeid: str, kind: str) -> Path:
        return self._folder / f"{hashlib.sha256(nodeid.encode()).hexdigest()[:24]}.{kind}"
