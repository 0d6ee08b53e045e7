"""Locks around what only one may do at a time on a docker host.

Two kinds. A file in a folder of this user keeps our own processes apart; it costs nothing and is released by the kernel
when its holder dies. The lab lock also keeps others out, on whatever machine they are: it is a container of a fixed
name, made but never started, since to refuse a name that is taken is the one thing the Engine API does atomically.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import DockerlabError
from ...messages import _
from ..waiting import wait_until
from .labels import KIND, RUN, Labels
from .leftovers import cleaning_up

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["LAB_LOCK_NAME", "LockTimeout", "engine_lock", "lab_lock", "user_folder"]

LAB_LOCK_NAME = "pytest-dockerlab-lab-lock"
_LAB_LIFETIME = 1800.0


class LockTimeout(DockerlabError):
    """Somebody else held the lock until our deadline."""


def user_folder() -> Path:
    """A folder of this user alone in the temporary folder. Raises :class:`DockerlabError` if another user made it."""
    user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"pytest-dockerlab-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
        raise DockerlabError(_("{folder} was not made by this user: remove it", folder=folder))
    return folder


@contextlib.contextmanager
def engine_lock(host: DockerHost, name: str, timeout: float = 120.0) -> Iterator[None]:
    """Hold the lock ``name`` of this engine against our other processes on this machine.

    :param timeout: seconds; then :class:`LockTimeout`.
    """
    from filelock import FileLock, Timeout

    engine = hashlib.sha256((host.facts.id or host.address).encode()).hexdigest()[:16]
    lock = FileLock(user_folder() / f"{engine}.{name}.lock")
    try:
        lock.acquire(timeout=timeout, poll_interval=0.02)
    except Timeout:
        raise LockTimeout(f"the lock {name} is held by another process for more than {timeout:g} s") from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def lab_lock(host: DockerHost, image: str, labels: Labels, timeout: float = 600.0) -> Iterator[None]:
    """Hold the labs of this docker host for ourselves: no other run, of whoever and from wherever, measures beside us.

    :param image: an image that is on the engine: a container of it stands for the lock and is never started.
    :param timeout: seconds to wait for the others; then :class:`LockTimeout`, which names the holder.

    What a dead holder left is taken away by the rule of :mod:`.sweep`. Not reentrant.
    """
    deadline = time.monotonic() + timeout
    # Of no scope: it is given back after the scope's things are gone.
    own = Labels(labels.run_id, labels.owner, _LAB_LIFETIME)
    with engine_lock(host, "labs", timeout):
        container = wait_until(
            lambda: _take(host, image, own),
            timeout=max(0.0, deadline - time.monotonic()),
            error=lambda: LockTimeout(f"the labs of this docker host are held by {_holder(host)}", host=host.address),
            longest_pause=1.0,
        )
        try:
            yield
        finally:
            with cleaning_up(host):
                _remove(host, container)


def _take(host: DockerHost, image: str, labels: Labels) -> str | None:
    from docker.errors import APIError

    from .sweep import is_dead

    client = host.client
    try:
        container = client.api.create_container(
            image, ["true"], name=LAB_LOCK_NAME, labels=labels.make("container", "lab-lock"), network_disabled=True
        )
        return str(container["Id"])
    except APIError as error:
        if error.status_code != 409:
            raise
    holder = _inspect(host)
    if holder is not None:
        if not _is_ours(holder):  # and will not go away while we wait
            raise LockTimeout(f"the labs need the name of {_holder(host)}: remove it", host=host.address)
        if is_dead(client, holder["Config"]["Labels"] or {}):
            _remove(host, str(holder["Id"]))  # by id: the name may have a new holder by now
    return None


def _inspect(host: DockerHost) -> dict[str, Any] | None:
    from docker.errors import NotFound

    try:
        found: dict[str, Any] = host.client.api.inspect_container(LAB_LOCK_NAME)
    except NotFound:
        return None
    return found


def _is_ours(holder: dict[str, Any]) -> bool:
    return (holder["Config"]["Labels"] or {}).get(KIND) == "container"


def _holder(host: DockerHost) -> str:
    holder = _inspect(host)
    if holder is None:
        return "a run that has ended"
    if not _is_ours(holder):
        return f"a container named {LAB_LOCK_NAME} that is not ours"
    return f"run {holder['Config']['Labels'].get(RUN)}"


def _remove(host: DockerHost, container: str) -> None:
    from docker.errors import APIError

    try:
        host.client.api.remove_container(container, force=True)
    except APIError as error:
        if error.status_code not in (404, 409):
            raise
