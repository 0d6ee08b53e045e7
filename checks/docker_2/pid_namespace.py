"""The item docker-2/pid-namespace."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.starting import Probes

# A file is read by a program of its own, which counts too: the shell's own list of /proc is what there is.
_OWN = "for p in /proc/[0-9]*; do echo ${p##*/}; done; tr '\\0' ' ' < /proc/1/cmdline"
_OF_PID = "tr '\\0' ' ' < /proc/PID/cmdline; echo; grep '^NSpid:' /proc/PID/status"


@check(
    "docker-2/pid-namespace", "a container sees only its own processes", kind="lab", tier="engine", needs=[Need.ENGINE]
)
def pid_namespace(probes: Probes) -> None:
    """Its first process is 1 to itself, and another number to the docker host, which knows it by its arguments."""
    mark = secrets.token_hex(8)
    command = ["sh", "-c", "while :; do sleep 3600; done", mark]
    default, host = probes.start_all({"network": "none", "command": command}, {"network": "none", "pid_mode": "host"})
    own = default.exec(["sh", "-c", _OWN]).stdout.splitlines()
    processes, first = [line for line in own[:-1] if line.isdecimal()], own[-1] if own else ""
    note("processes a container sees", len(processes))
    expect(mark in first, _("process 1 of a container is its own command"), found=first)
    expect(len(processes) < 5, _("a container sees only its own processes"), found=_("{count}", count=len(processes)))
    pid = default.pid
    shown = host.exec(["sh", "-c", _OF_PID.replace("PID", str(pid))])
    note("the same process on the docker host", shown.stdout.splitlines())
    if not pid:
        raise ProbeError("the engine reports no process of a running probe", host=probes.host.address)
    expect(
        mark in shown.stdout,
        _("with --pid host, process {pid} of another container is visible", pid=pid),
        found=shown.stdout.strip() or _("no such process"),
        hint=_("start it with --pid host"),
    )
    numbers = shown.stdout.partition("NSpid:")[2].split()
    expect(
        not numbers or (numbers[0] == str(pid) and numbers[-1] == "1"),
        _("it is process {pid} there and 1 in its container", pid=pid),
        found=numbers,
    )
