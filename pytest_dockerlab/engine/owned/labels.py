"""Whose thing is it: the labels on every container, network, volume and image that we make, and who is still alive.

A label cannot be changed once the thing exists. What "renewed" means here is therefore this: a thing is dead when its
owner is known to have ended, or, where that cannot be known from here, when the *newest* expiry of its run has passed.
A run renews itself by making something (:func:`pytest_dockerlab.engine.owned.sweep.renew` makes a lease, an empty
volume); everything of that run then lives as long as the newest thing of it. An owner that is seen to live outlasts any
expiry.
"""

from __future__ import annotations

import functools
import os
import platform
import socket
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import DockerlabError
from ...tools import run

__all__ = [
    "EXPIRES",
    "KIND",
    "LIFETIME",
    "NETWORK_PREFIX",
    "OWNER",
    "PROBE_IMAGE",
    "PURPOSE",
    "RUN",
    "SCOPE",
    "Labels",
    "Owner",
    "new_run_id",
]

_PREFIX = "org.pytest-dockerlab."
RUN = _PREFIX + "run"
OWNER = _PREFIX + "owner"
EXPIRES = _PREFIX + "expires"
PURPOSE = _PREFIX + "purpose"
KIND = _PREFIX + "kind"
"""``container``, ``network``, ``volume`` or ``image``. Images hand their labels down: a foreign container of an image
of ours carries our labels too, but says ``image`` here."""
SCOPE = _PREFIX + "scope"
"""What is removed together before its run ends: one lab, one skeleton."""
PROBE_IMAGE = _PREFIX + "probe-image"
"""On the probe image in place of RUN, whose value is the content's hash: it is kept from run to run."""
NETWORK_PREFIX = "pytest-dockerlab-"
"""Every name of a network of ours begins so."""

LIFETIME = 4 * 3600.0
"""Seconds from making a thing to its expiry: a generous bound, since no lab lasts longer than a few minutes."""

_UNKNOWN = "unknown"
_XDIST = "PYTEST_XDIST_TESTRUNUID"


def new_run_id(given: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """The id of this run: ``given``, else xdist's (the same in every worker), else a new one."""
    return given or environ.get(_XDIST) or uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: enough to tell later, on the same machine, whether it still runs.

    ``boot`` names one boot of one kernel, and the pid namespace in it: a process number means nothing elsewhere.
    ``start`` tells a process from a later one with the same number.
    """

    host: str
    boot: str
    pid: int
    start: str

    @classmethod
    def of(cls, pid: int | None = None) -> Owner:
        """The process with this number, by default our own. Raises :class:`DockerlabError` where there is none."""
        pid = os.getpid() if pid is None else pid
        start = _start_of(pid)
        if start is None:
            raise DockerlabError(f"there is no process {pid}")
        return cls(_text(socket.gethostname()), _boot(), pid, start)

    @classmethod
    def parse(cls, text: str) -> Owner | None:
        """The reverse of ``str``; ``None`` for a text that is no owner."""
        parts = text.split("/")
        if len(parts) != 4 or not parts[2].isdecimal() or not all(parts):
            return None
        return cls(parts[0], parts[1], int(parts[2]), parts[3])

    def __str__(self) -> str:
        return f"{self.host}/{self.boot}/{self.pid}/{self.start}"

    def is_alive(self) -> bool | None:
        """Whether this process still runs; ``None`` when it is out of sight: another machine, boot or pid namespace."""
        # Our host name with another boot: a reboot, or another machine (a container, a VM) of the same name.
        if self.host != _text(socket.gethostname()) or self.boot != _boot() or self.boot == _UNKNOWN:
            return None
        return _start_of(self.pid) == self.start


@dataclass(frozen=True, slots=True)
class Labels:
    """What makes the labels of one run's things. Plain data: it can be handed to another process.

    A thing that outlives the process that makes it (a worker's, shared by the run) needs the controller as ``owner``.
    """

    run_id: str
    owner: Owner
    lifetime: float = LIFETIME
    scope: str | None = None

    @classmethod
    def of_run(cls, run_id: str | None = None, *, scope: str | None = None) -> Labels:
        """Labels of the run ``run_id`` (default: :func:`new_run_id`), owned by this process."""
        return cls(new_run_id(run_id), Owner.of(), scope=scope)

    def make(self, kind: str, purpose: str) -> dict[str, str]:
        """The labels of a thing that is made now."""
        labels = {
            RUN: self.run_id,
            OWNER: str(self.owner),
            EXPIRES: str(int(time.time() + self.lifetime)),
            PURPOSE: purpose,
            KIND: kind,
        }
        if self.scope is not None:
            labels[SCOPE] = self.scope
        return labels


def _text(value: str) -> str:
    return value.replace("/", "_") or _UNKNOWN


@functools.cache
def _boot() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - not a path: pid:[4026531836]
    except OSError:
        if platform.system() != "Darwin":
            return _UNKNOWN
        try:
            return _text(run(["sysctl", "-n", "kern.bootsessionuuid"], timeout=10, check=True).stdout.strip())
        except DockerlabError:
            return _UNKNOWN
    return f"{boot}:{namespace.strip('pid:[]')}"


def _start_of(pid: int) -> str | None:
    """When the process began, in whatever unit the system counts; ``None``: there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None if platform.system() == "Linux" else _start_by_ps(pid)
    # The name in brackets may hold spaces and brackets. Fields behind it: state is the 3rd of proc(5), start the 22nd.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields[19]


def _start_by_ps(pid: int) -> str | None:
    try:
        completed = run(["ps", "-o", "lstart=", "-p", str(pid)], timeout=10)
    except DockerlabError:
        return _UNKNOWN
    return _text("-".join(completed.stdout.split())) if completed.returncode == 0 else None
