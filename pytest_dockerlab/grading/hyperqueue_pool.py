"""Slices on the workers of a HyperQueue, where one machine is not enough: ``dockerlab grade --pool hq``.

Its server and workers are started by whoever grades (``hq server start``, ``hq worker start``); we are a client of it,
by the Python API of the same version. A task is the argv of a slice and nothing else. HyperQueue brings no files back:
the folder of the grading, the repositories and our Python have to be there, under the same paths, on every machine.
The API cannot cancel a task: the program of a slice looks for its stop file itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import ConfigurationError, DockerlabError
from ..messages import Message, _
from .pool import Over, Slice

if TYPE_CHECKING:
    from hyperqueue import Client

__all__ = ["HyperQueuePool", "server_folder"]

_POLL_SECONDS = 0.25
_STOP_SECONDS = 15.0
FIRST_WORKER_SECONDS = 120.0
SERVER_AWAY_SECONDS = 300.0
"""A server that comes back from its journal within this time has lost nothing."""

_LOOK = """
import json, os, socket, sys
try:
    import pytest_dockerlab
    version = pytest_dockerlab.__version__
except ImportError:
    version = None
missing = [path for path in sys.argv[2:] if not os.path.exists(path)]
said = {"version": version, "machine": socket.gethostname(), "missing": missing}
with open(sys.argv[1] + ".new", "w") as file:
    json.dump(said, file)
os.replace(sys.argv[1] + ".new", sys.argv[1])
"""


def server_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where HyperQueue's own command finds its server, too."""
    return Path(environ.get("HQ_SERVER_DIR") or "~/.hq-server").expanduser()


class HyperQueuePool:
    """A client of the server whose access file is in ``folder``."""

    def __init__(self, folder: Path, *, server_away_seconds: float = SERVER_AWAY_SECONDS) -> None:
        self._folder = folder
        self._patience = server_away_seconds
        self._jobs: dict[int, Slice] = {}
        self._gone: list[Over] = []
        self._away_since: float | None = None
        self._server, self.is_open = _access(folder)
        self._client: Client | None = self._connected()

    def try_out(self, folder: Path, paths: Sequence[Path], seconds: float = FIRST_WORKER_SECONDS) -> str:
        """The name of the machine of one worker, which can do what we need.

        Raises :class:`ConfigurationError` where no worker takes a task, does not see ``folder`` or one of ``paths``, or
        has another version of this package.
        """
        file = folder / "worker.json"
        file.unlink(missing_ok=True)
        trial = Slice(0, folder, (sys.executable, "-I", "-c", _LOOK, str(file), *map(str, paths)), ())
        self.start(trial)
        until = time.monotonic() + seconds
        over: Sequence[Over] = ()
        while not over and time.monotonic() < until:
            over = self.over(until - time.monotonic())
        if not over:
            self._jobs.clear()
            raise ConfigurationError(
                _(
                    "no worker of the HyperQueue in {folder} took a task within {seconds} s: hq worker start",
                    folder=self._folder,
                    seconds=round(seconds),
                )
            )
        try:
            said = json.loads(file.read_text("utf-8"))
            version, machine, missing = said["version"], str(said["machine"]), list(map(str, said["missing"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            why = over[0].why or _("it does not see the folder {folder}", folder=folder)
            raise ConfigurationError(_("a worker of HyperQueue cannot grade: {why}", why=why)) from error
        file.unlink(missing_ok=True)
        if version != __version__:
            why = _("it has version {other} of pytest-dockerlab, not {ours}", other=str(version), ours=__version__)
            raise ConfigurationError(_("the worker on {machine} cannot grade: {why}", machine=machine, why=why))
        if missing:
            why = _("it does not see {path}", path=missing[0])
            raise ConfigurationError(_("the worker on {machine} cannot grade: {why}", machine=machine, why=why))
        return machine

    def start(self, slice: Slice) -> None:
        """Give the slice to the server."""
        from hyperqueue import Job

        job = Job(max_fails=None, name=f"dockerlab {slice.folder.name}")
        # Where its worker dies, what is to be done is decided by us, as for a process of this machine. HyperQueue makes
        # the current folder of a task where it is not there: that of a slice may have been removed since.
        job.program(list(slice.argv), cwd="/", stdout=None, stderr=None, crash_limit=1)
        while True:
            try:
                number = self._there().submit(job).id
            except Exception as error:  # noqa: BLE001 - HyperQueue raises bare ones
                self._lost(error)
                time.sleep(_POLL_SECONDS)
            else:
                self._jobs[number] = slice
                return

    def over(self, seconds: float) -> Sequence[Over]:
        """Those that ended since it was last asked; waits at most so long for one."""
        until = time.monotonic() + seconds
        while True:
            try:
                found = self._ended()
            except Exception as error:  # noqa: BLE001 - HyperQueue raises bare ones
                self._lost(error)
                found = []
            remaining = until - time.monotonic()
            if found or remaining <= 0:
                return found
            time.sleep(min(_POLL_SECONDS, remaining))

    def close(self) -> None:
        """Leave a word for all slices that run or wait, and give those that run some time to end by themselves."""
        for slice in self._jobs.values():
            with contextlib.suppress(OSError):
                slice.stop.touch()
        until = time.monotonic() + _STOP_SECONDS
        with contextlib.suppress(DockerlabError):
            while self._jobs and time.monotonic() < until:
                self.over(until - time.monotonic())
        self._jobs.clear()

    def _ended(self) -> list[Over]:
        if not self._jobs:
            return []
        connection = self._there().connection
        over = []
        if self._jobs:
            now: dict[int, Mapping[str, Any]] = {}
            with contextlib.suppress(_Enough):
                connection.wait_for_jobs(list(self._jobs), _first_answer_into(now))
            failed = [number for number, job in now.items() if job["completed"] and job["failed"]]
            words = connection.get_failed_tasks(failed) if failed else {}
            for number in [number for number, job in now.items() if job["completed"]]:
                said = next(iter(words.get(number, {}).values()), None)
                why = None if said is None else _("HyperQueue says: {said}", said=_words(said.error))
                over.append(Over(self._jobs.pop(number), why))
                with contextlib.suppress(Exception):
                    connection.forget_job(number)  # else the server keeps it for ever
            for number in self._jobs.keys() - now.keys():
                over.append(Over(self._jobs.pop(number), _("HyperQueue knows nothing of it any more")))
        gone, self._gone = self._gone, []
        return [*gone, *over]

    def _there(self) -> Client:
        if self._client is None:
            server, is_open = _access(self._folder)
            client = self._connected()
            if server != self._server:  # another one, and its jobs have the numbers of ours
                why = _("the server of HyperQueue was started anew, without its journal")
                self._gone += [Over(slice, why) for slice in self._jobs.values()]
                self._jobs.clear()
            self._server, self.is_open, self._client = server, is_open, client
        self._away_since = None
        return self._client

    def _connected(self) -> Client:
        try:
            from hyperqueue import Client
        except ImportError as error:
            raise ConfigurationError(
                _("HyperQueue is not installed here: pip install 'pytest-dockerlab[hq]'")
            ) from error
        try:
            return Client(self._folder)
        except Exception as error:
            why = _words(str(error))
            raise ConfigurationError(
                _("no server of HyperQueue answers by {folder}: {why}", folder=self._folder, why=why)
            ) from error

    def _lost(self, error: Exception) -> None:
        self._client = None
        now = time.monotonic()
        self._away_since = self._away_since or now
        if now - self._away_since > self._patience:
            raise DockerlabError(
                _(
                    "the server of HyperQueue is away since {seconds} s: {why}",
                    seconds=round(now - self._away_since),
                    why=_words(str(error)),
                )
            ) from error


class _Enough(Exception):
    """Ends HyperQueue's waiting after its first answer: it would wait for all jobs, and hold the interpreter."""


def _first_answer_into(answer: dict[int, Mapping[str, Any]]) -> Any:
    def take(status: Mapping[int, Mapping[str, Any]]) -> None:
        answer.update(status)
        raise _Enough

    return take


def _access(folder: Path) -> tuple[str, bool]:
    """The server's id, and whether it has no keys. Raises :class:`ConfigurationError` where there is none."""
    for file in (folder / "hq-current" / "access.json", folder / "access.json"):
        try:
            access = json.loads(file.read_text("utf-8"))
            return str(access["server_uid"]), access["client"]["secret_key"] is None
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                _("{file} is no access file of HyperQueue: {why}", file=file, why=str(error))
            ) from error
    raise ConfigurationError(_("there is no server of HyperQueue in {folder}: hq server start", folder=folder))


def _words(said: str) -> Message | str:
    """What it says before the stack that it adds."""
    lines = [line.strip() for line in said.partition("Stack backtrace")[0].splitlines()]
    return " ".join(line for line in lines if line)[:300] or _("nothing more is known")
