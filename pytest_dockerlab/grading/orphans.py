"""What a check leaves running that was killed: its programs are sessions of their own, and outlive it.

On Linux they become children of ours. Elsewhere they end by their own limits.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

__all__ = ["adopt", "end"]

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE = 5.0


def adopt() -> None:
    """From now on children of ours take the orphans among theirs to us."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # no C library that we know
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end() -> None:
    """Kill all that is left, and what comes to us by that."""
    deadline = time.monotonic() + _PATIENCE
    while (children := _children()) and time.monotonic() < deadline:
        for pid in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):  # it is gone
            # the name, in parentheses, may hold anything
            state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:2]
            if int(parent) == os.getpid() and state != b"X":
                found.append(int(folder.name))
    return found
