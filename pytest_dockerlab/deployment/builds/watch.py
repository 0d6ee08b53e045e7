"""A build of the classic builder while it runs: its limits, and the container of the step that is at work."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from .contract import BuildEnd, BuildLimits, ImageBuildFailed
from .log import BuildLog
from .surroundings import Surroundings

if TYPE_CHECKING:
    from ...engine.hosts.hosts import DockerHost

__all__ = ["BuildWatch"]


class BuildWatch:
    """Looks after a running build, and ends it by raising; its ``log`` is what the builder has said so far."""

    def __init__(self, host: DockerHost, limits: BuildLimits, began: float, surroundings: Surroundings) -> None:
        self._host = host
        self.log = BuildLog(self._is_there)
        self._limits = limits
        self._deadline = began + limits.seconds
        self._bounded: str | None = None
        self._written: dict[str, int] = {}
        self._volumes: tuple[str, ...] = ()
        self._next_look = began + limits.every
        self._surroundings = surroundings

    def look(self) -> None:
        """Raise :class:`ImageBuildFailed` where a limit is passed."""
        limits, now = self._limits, time.monotonic()
        if now > self._deadline:
            raise self.failure(BuildEnd.TIME, f"more than {limits.seconds:g} s")
        if self.log.size > limits.log:
            raise self.failure(BuildEnd.LOG, f"more than {limits.log} bytes")
        step = self.log.step
        container = step.container if step is not None else None
        if container is not None and self._bounded != container:
            self._bounded = container
            if self._is_there(container):
                self._bound(container)
        if now > self._next_look:
            if container is not None:
                self._written[container] = max(self._written.get(container, 0), self._size(container))
            is_short = self._surroundings.space.is_short()  # without a container too: COPY --from has none
            self._next_look = time.monotonic() + limits.every
            if sum(self._written.values()) > limits.disk:
                raise self.failure(BuildEnd.DISK, f"more than {limits.disk} bytes")
            if is_short:
                raise self.failure(BuildEnd.SPACE, "the free space of the docker host fell")

    def failure(self, end: BuildEnd, reason: str) -> ImageBuildFailed:
        """The error that says so."""
        log = self.log
        return ImageBuildFailed(
            end,
            reason,
            step=log.step.number if log.step else None,
            log=log.text,
            tail=log.tail(),
            silent=time.monotonic() - log.spoke,
            container=log.step.container if log.step else None,
            host=self._host.address,
        )

    def end_step(self) -> None:
        """Remove the container of the step that is at work. The engine does so too, but nobody says when."""
        from docker.errors import APIError
        from requests import RequestException

        step = self.log.step
        if step is not None and step.container is not None:
            with contextlib.suppress(APIError, RequestException):
                if self._is_there(step.container):
                    self._host.client.api.remove_container(step.container, force=True, v=True)

    def _is_there(self, container: str) -> bool:
        """Whether a container is there and of this build, which is alone on its network: a program may name any."""
        from docker.errors import NotFound

        try:
            found = self._host.client.api.inspect_container(container)
        except NotFound:
            return False
        return bool((found.get("HostConfig") or {}).get("NetworkMode") == self._surroundings.network)

    def _bound(self, container: str) -> None:
        """Limit the number of processes of a step that has begun: the build itself has no parameter for it."""
        from docker.errors import APIError, NotFound

        api: Any = self._host.client.api  # the stubs leave out what the SDK itself builds its calls of
        if self._host.facts.limits_pids:
            with contextlib.suppress(APIError):  # it may have ended already
                api.post(
                    api._url("/containers/{0}/update", container),
                    json={"PidsLimit": self._limits.processes},
                    timeout=api.timeout,
                )
        self._volumes = ()
        with contextlib.suppress(NotFound):
            mounts = api.inspect_container(container).get("Mounts") or ()
            self._volumes = tuple(str(each["Name"]) for each in mounts if each.get("Type") == "volume")

    def _size(self, container: str) -> int:
        from docker.errors import APIError

        try:
            found = self._host.client.api.containers(all=True, size=True, filters={"id": container})
        except APIError:  # it may go away while it is measured
            return 0
        return int(found[0].get("SizeRw") or 0) + self._size_of_volumes() if found else 0

    def _size_of_volumes(self) -> int:
        """What the step wrote where its image has a VOLUME, which is no part of the container's own size."""
        from docker.errors import APIError

        if not self._volumes:
            return 0
        try:
            found = self._host.client.api.df().get("Volumes") or ()
        except APIError:  # older engines answer one such question at a time
            return 0
        sizes = [(each.get("UsageData") or {}).get("Size") for each in found if each.get("Name") in self._volumes]
        return sum(int(size or 0) for size in sizes)
