"""The item gitlab-ci-1/vm."""

from __future__ import annotations

import re
from typing import Any

from pytest_dockerlab.findings import Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, excerpt

_MEMORY = 3.75e9
_KERNEL = 0.1
"""The part of the memory that a machine's kernel keeps for itself and MemTotal does not show, at most: its code, four
bytes in a hundred of tables, and what is kept for a dump of its memory."""
_DOCKER = """\
PATH=$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin:/snap/bin:$HOME/bin
docker --version
if command -v dockerd >/dev/null || test -S /var/run/docker.sock; then echo engine; fi
"""
"""Docker may be where the PATH of a shell that is no login shell does not lead: snap, rootless, a static binary."""
_CREATE = _("create it anew, or stop it and change its type (n1-standard-1, e2-medium): GitLab does not start in less")
_INSTALL = _("install Docker Engine: https://docs.docker.com/engine/install/; docker-machine create does it, too")


@check(
    "gitlab-ci-1/vm",
    "the VM is large enough and has Docker installed",
    tier="remote",
    needs=[Need.VM],
)
def vm(vm: Any) -> None:
    """Read by the commands that every Linux has; no Python is needed there."""
    from pytest_dockerlab.engine.hosts.errors import HostUnavailable

    try:
        _require_linux(vm)
        _judge_size(vm)
        _judge_docker(vm)
    except HostUnavailable as error:
        raise error.unverified() from error


def _require_linux(vm: Any) -> None:
    answer = vm.run("uname -s")
    words = answer.stdout.split()
    if "Linux" in words:  # the login shell may greet first
        return
    if answer.rc == 0 and words:
        raise Unverified(_("the VM is not Linux: {system}", system=excerpt(answer.stdout)))
    said = excerpt(answer.stderr or answer.stdout) or str(answer.rc)
    raise Unverified(
        _("the login shell of the VM runs no command: {said}", said=said),
        _("name a user with an ordinary shell: --hw-vm USER@HOST"),
    )


def _judge_size(vm: Any) -> None:
    """That there is a processor, the answer itself shows."""
    said = vm.run("cat /proc/cpuinfo /proc/meminfo").stdout
    note("processors", len(re.findall(r"^processor\b", said, re.M)))
    total = re.search(r"^MemTotal:\s{1,40}(\d{1,15}) kB", said, re.M)
    if total is None:
        raise Unverified(_("the VM does not say how much memory it has: /proc/meminfo cannot be read"))
    memory = int(total[1]) * 1024
    note("memory", f"{memory / 1e9:.2f} GB")
    expect(
        memory >= _MEMORY * (1 - _KERNEL),
        _("at least {count} GB of memory, less the tenth that its kernel may keep", count=f"{_MEMORY / 1e9:.2f}"),
        found=_("MemTotal in /proc/meminfo is {count} GB", count=f"{memory / 1e9:.2f}"),
        hint=_CREATE,
    )


def _judge_docker(vm: Any) -> None:
    said = vm.run("sh -c %s", _DOCKER).stdout
    version = re.search(r"^Docker version ([\w.+~-]{1,60})", said, re.M)
    is_engine = "engine" in said.split("\n")
    if version is None:
        other = excerpt(said.removesuffix("engine\n"))
        found = _("the command docker there is another program: {said}", said=other)
        expect(False, _("Docker is installed"), found=found if other else _("no command docker"), hint=_INSTALL)
        return
    note("engine", version[1])
    expect(
        is_engine,
        _("Docker Engine is installed"),
        found=_("only its client, {version}: neither dockerd nor the socket of an engine", version=version[1]),
        hint=_INSTALL,
    )
