"""The program that runs a slice, ``python -m pytest_dockerlab.grading.slice ORDER``: an isolated check, within limits.

It ends the check at its time limit, when whoever started it is gone, and when it is told to end; whatever the check
prints, a little of it is kept; and how it ended is written down.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Protocol

from .. import option_table
from ..isolated import command as isolated
from ..messages import Message, _
from ..run.output_files import write_json
from . import orphans
from .pool import Slice
from .slices import Ended

__all__ = ["environment", "main"]

_FIRST, _LAST = 8_000, 32_000
"""Characters of its output that are kept: of the beginning, and of the end."""
_POLL = 0.05


class Process(Protocol):
    """A check that runs."""

    @property
    def pid(self) -> int: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...


def main(order_file: Path, begin: Callable[[list[str], Path], Process] | None = None) -> int:
    """Run it; ``begin`` starts a check with its arguments. Returns the exit code of the check."""
    order = json.loads(order_file.read_text("utf-8"))
    began = time.monotonic()
    stop = Slice(0, order_file.parent, (), ()).stop
    orphans.adopt()
    asked_to_end = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: asked_to_end.set())
    signal.signal(signal.SIGINT, lambda _number, _frame: asked_to_end.set())
    # whatever it prints goes to our end of the pipe, and nowhere else
    arguments = ["-q", "--capture=no", *order["check"], f"--hw-slice={order_file.absolute()}"]
    process = (begin or _spawn)(arguments, order_file.parent)
    _limit(process, order)
    if not sys.stdin.isatty() and _is_pipe(0):  # not before: what has threads may not be forked
        threading.Thread(target=_wait_for_end, args=(asked_to_end,), daemon=True).start()
    assert process.stdout is not None
    output = _Output(process.stdout)
    why = _wait(
        process,
        order["seconds"],
        order["in_order"],
        lambda: _finished(order_file.parent / "results"),
        lambda: asked_to_end.is_set() or stop.exists() or not order_file.exists(),
    )
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    orphans.end()
    ended = Ended(
        exit=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        why=why,
        seconds=round(time.monotonic() - began, 3),
        last_words=output.kept(),
    )
    if order_file.exists():  # else nobody wants to know: who ordered it was killed, and somebody else goes on
        write_json(order_file.parent / "ended.json", ended.to_json())
    return code if code >= 0 else 3


def _spawn(arguments: list[str], folder: Path) -> Process:
    return subprocess.Popen(
        isolated.command(arguments),
        env=environment(folder),
        cwd=isolated.FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _finished(results: Path) -> int:
    try:
        return len(os.listdir(results))  # noqa: PTH208 - it is done again and again
    except FileNotFoundError:
        return 0


def environment(folder: Path) -> dict[str, str]:
    """What the check sees: of our own variables only those that no option of the order says."""
    said = {option.environment for option in option_table.OPTIONS if option.name != "registry"}
    return {name: value for name, value in isolated.environment(folder).items() if name not in said}


def _is_pipe(handle: int) -> bool:
    import stat

    try:
        return stat.S_ISFIFO(os.fstat(handle).st_mode)
    except OSError:
        return False


def _wait_for_end(ended: threading.Event) -> None:
    """Nothing is ever written to our stdin: that it ends says that whoever started us is gone."""
    with contextlib.suppress(OSError):
        while os.read(0, 65536):
            pass
    ended.set()


def _limit(process: Process, order: Mapping[str, Any]) -> None:
    if sys.platform != "linux":
        return
    import resource

    seconds = (int(order["seconds"]) + 60) * len(order["sources"])
    with contextlib.suppress(OSError, ValueError):  # it has ended already, or may have less than that
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (order["memory"], order["memory"]))
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (seconds, seconds))
        resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))


def _wait(
    process: Process,
    seconds: float,
    in_order: float,
    count: Callable[[], int],
    is_asked_to_end: Callable[[], bool],
) -> Message | None:
    """Wait for its end, and end it where it does not. ``seconds`` are for each submission anew."""
    finished, deadline = -1, 0.0
    while process.poll() is None:
        time.sleep(_POLL)
        if finished != (finished := count()):
            deadline = time.monotonic() + seconds
        if is_asked_to_end():
            _end_in_order(process, in_order)
            return _("it was interrupted")
        if time.monotonic() > deadline:
            _end_in_order(process, in_order)
            return _("it came to nothing for {seconds} s", seconds=f"{seconds:g}")
    return None


def _end_in_order(process: Process, seconds: float) -> None:
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)  # it may have been stopped
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


class _Output:
    """What a process prints, read as it comes, so that it never waits for us, and kept only in part."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._first, self._last, self._size = b"", b"", 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def kept(self) -> str:
        """The beginning and the end of it."""
        self._thread.join(1.0)  # whoever left the group may hold it open for ever
        gap = self._size - len(self._first) - len(self._last)
        between = f"\n[… {gap} bytes …]\n".encode() if gap > 0 else b""
        return (self._first + between + self._last).decode("utf-8", "replace")

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 65536):
                self._size += len(chunk)
                room = _FIRST - len(self._first)
                if room > 0:
                    self._first, chunk = self._first + chunk[:room], chunk[room:]
                self._last = (self._last + chunk)[-_LAST:]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
