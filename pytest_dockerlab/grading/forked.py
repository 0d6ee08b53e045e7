"""Children that begin where this process stands, with all that it has imported."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from typing import IO

__all__ = ["Forked", "fork"]

_POLL = 0.01


def fork(work: Callable[[], int], stdin: int, output: int) -> int:
    """Start ``work`` in a session of its own, as if it were a program: of what is open here it has nothing else.

    Returns its process id; what ``work`` returns is its exit code. Only where there is one thread.
    """
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, handle in enumerate((stdin, output, output)):
            os.dup2(handle, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        code = work()
    except KeyboardInterrupt:
        code = 2
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - nothing of ours may go on in the child
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


class Forked:
    """A child whose output is read here; a ``subprocess.Popen`` as far as one is needed."""

    def __init__(self, work: Callable[[], int]) -> None:
        ours, theirs = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            self.pid = fork(work, nothing, theirs)
        finally:
            os.close(theirs)
            os.close(nothing)
        self.stdout: IO[bytes] = os.fdopen(ours, "rb", buffering=0)
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code once it has ended."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises ``subprocess.TimeoutExpired``."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0)
            time.sleep(_POLL)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)
