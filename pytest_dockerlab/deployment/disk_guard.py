"""Looks after the disk while other people's containers run: neither overlay2 nor a volume has a limit of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..engine.labels import SCOPE

if TYPE_CHECKING:
    from ..engine.hosts import DockerHost
    from ..engine.probe import Probe

__all__ = ["DiskGuard"]

_EVERY = 2.0


class DiskGuard:
    """Kills the containers of a scope when they, with their volumes, have written more than ``limit`` bytes.

    :param volumes: a probe that has the volumes mounted below ``/volumes``; ``None`` where there are none.
    """

    def __init__(self, host: DockerHost, scope: str, limit: int, volumes: Probe | None) -> None:
        self._host = host
        self._scope = scope
        self._limit = limit
        self._volumes = volumes
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_after, daemon=True)
        self.written: int | None = None
        """How much it was when the limit was passed; ``None`` until then."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; nothing is asked of the engine after this."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(30)

    def _look_after(self) -> None:
        while not self._over.wait(_EVERY):
            # an engine that does not answer is somebody else's to notice
            with contextlib.suppress(Exception):
                containers = self._host.client.api.containers(size=True, filters={"label": f"{SCOPE}={self._scope}"})
                written = sum(int(each.get("SizeRw") or 0) for each in containers) + self._in_volumes()
                if written > self._limit:
                    self.written = written
                    self._kill([str(each["Id"]) for each in containers])
                    return

    def _in_volumes(self) -> int:
        if self._volumes is None:
            return 0
        said = self._volumes.exec(["busybox", "du", "-s", "-k", "/volumes"]).stdout.split()
        return int(said[0]) * 1024 if said and said[0].isdecimal() else 0

    def _kill(self, containers: Sequence[str]) -> None:
        for container in containers:
            with contextlib.suppress(Exception):
                self._host.client.api.kill(container)
