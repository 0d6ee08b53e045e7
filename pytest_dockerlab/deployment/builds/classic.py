"""Builds of other people's Dockerfiles, by the classic builder of the Engine API, within limits.

The classic builder and not BuildKit where the Dockerfile leaves the choice: it runs every step in a container of the
engine, so that memory, processes, CPU and disk of a step can be limited and a step can be ended; BuildKit takes no
limits (https://github.com/moby/buildkit/issues/593). What only BuildKit can do: :mod:`.buildkit`.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...engine.hosts.errors import HostDied
from ...errors import DockerlabError
from .log import BuildLog
from .stream import BuildRefused, BuildStream
from .surroundings import Surroundings

if TYPE_CHECKING:
    from ...engine.hosts.hosts import DockerHost

__all__ = ["BuildEnd", "BuildLimits", "BuildRequest", "BuiltImage", "BuiltStep", "ImageBuildFailed", "build_classic"]

_LOOK_AT_DISK = 2.0
_CPU_PERIOD = 100_000


class BuildEnd(StrEnum):
    """Why a build ended without an image."""

    STEP = "a step failed"
    TIME = "it ran too long"
    LOG = "it wrote too much to its log"
    DISK = "it wrote too much to the disk"
    SPACE = "the docker host's disk filled up meanwhile"


@dataclass(frozen=True, slots=True)
class BuildLimits:
    """The most a build may take. ``disk`` and ``memory`` are bytes, ``disk`` all that its steps write together."""

    seconds: float = 900.0
    log: int = 16 * 1024 * 1024
    memory: int = 2 * 1024**3
    processes: int = 2048
    cpus: float = 2.0
    disk: int = 6 * 1000**3


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build: ``context`` is a tar archive, ``dockerfile`` the name of one in it."""

    tag: str
    context: Path
    dockerfile: str
    target: str | None
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BuiltStep:
    """One step of a build, in the builder's own counting from 1; ``text`` is the instruction as it says it."""

    number: int
    text: str
    is_cached: bool


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """An image that was built."""

    id: str
    steps: tuple[BuiltStep, ...]
    log: str
    seconds: float


class ImageBuildFailed(DockerlabError):
    """No image came of it.

    :ivar end: why.
    :ivar step: the step it ended in, in the builder's counting from 1; ``None`` where it never came to one.
    :ivar line: the line of the Dockerfile that was sent, where the builder names one.
    :ivar instruction: the failing instruction as the builder says it, where it counts no steps.
    :ivar reason: what the builder says; untrusted text.
    :ivar log: the build's log; untrusted text.
    :ivar tail: the last lines of the failing step; untrusted text.
    :ivar silent: seconds since it last wrote something.
    :ivar container: the container that ran the step; ``None`` where none did, or the builder does not name it.
    :ivar is_out_of_memory: whether a process of the step was killed for want of memory, where somebody listened.
    """

    def __init__(
        self,
        end: BuildEnd,
        reason: str,
        *,
        step: int | None = None,
        line: int | None = None,
        instruction: str | None = None,
        log: str = "",
        tail: str = "",
        silent: float = 0.0,
        container: str | None = None,
        host: str | None = None,
    ) -> None:
        super().__init__(f"the image was not built: {end}: {reason}", stdout=log, host=host)
        self.end = end
        self.step = step
        self.line = line
        self.instruction = instruction
        self.reason = reason
        self.log = log
        self.tail = tail
        self.silent = silent
        self.container = container
        self.is_out_of_memory = False


def build_classic(
    host: DockerHost, request: BuildRequest, limits: BuildLimits, surroundings: Surroundings
) -> BuiltImage:
    """Build an image; nothing but the image's name and its layers is left behind.

    Raises :class:`ImageBuildFailed`, and :class:`~.errors.HostDied` where the engine goes away.
    """
    from requests import RequestException

    began = time.monotonic()
    log = BuildLog(lambda container: _is_there(host, container, surroundings.network))
    watch = _Watch(host, log, limits, began, surroundings)
    try:
        with (
            request.context.open("rb") as context,
            BuildStream(host, context, _parameters(host, request, limits, surroundings.network)) as messages,
        ):
            for message in messages:
                if message is not None:
                    log.take(message)
                watch.look()
    except BuildRefused as error:
        raise watch.failure(BuildEnd.STEP, error.message) from error
    except RequestException as error:  # of a question beside the build
        raise HostDied(str(host.endpoint), str(error)) from error
    except BaseException:
        watch.end_step()
        raise
    if log.error is not None:
        raise watch.failure(BuildEnd.STEP, log.error)
    if log.image is None:
        raise HostDied(str(host.endpoint), "the build's answer ended before the image was there")
    steps = tuple(BuiltStep(each.number, each.text, each.is_cached) for each in log.steps)
    return BuiltImage(log.image, steps, log.text, time.monotonic() - began)


def _is_there(host: DockerHost, container: str, network: str) -> bool:
    """Whether a container is there and of this build, which is alone on its network: a program may name any other."""
    from docker.errors import NotFound

    try:
        found = host.client.api.inspect_container(container)
    except NotFound:
        return False
    return bool((found.get("HostConfig") or {}).get("NetworkMode") == network)


def _parameters(host: DockerHost, request: BuildRequest, limits: BuildLimits, network: str) -> dict[str, Any]:
    facts = host.facts
    parameters: dict[str, Any] = {
        "dockerfile": request.dockerfile,
        "t": request.tag,
        "rm": True,
        "forcerm": True,
        "buildargs": json.dumps(dict(request.args)),
        "networkmode": network,
    }
    if request.target is not None:
        parameters["target"] = request.target
    if facts.limits_memory:
        parameters["memory"] = limits.memory
        if facts.limits_swap:
            parameters["memswap"] = limits.memory
    if facts.limits_cpu:
        parameters["cpuperiod"] = _CPU_PERIOD
        parameters["cpuquota"] = int(limits.cpus * _CPU_PERIOD)
    return parameters


class _Watch:
    """Looks after a running build, and ends it by raising."""

    def __init__(
        self, host: DockerHost, log: BuildLog, limits: BuildLimits, began: float, surroundings: Surroundings
    ) -> None:
        self._host = host
        self._log = log
        self._limits = limits
        self._deadline = began + limits.seconds
        self._bounded: str | None = None
        self._written: dict[str, int] = {}
        self._volumes: tuple[str, ...] = ()
        self._next_look = began + _LOOK_AT_DISK
        self._surroundings = surroundings

    def look(self) -> None:
        """Raise :class:`ImageBuildFailed` where a limit is passed."""
        limits, now = self._limits, time.monotonic()
        if now > self._deadline:
            raise self.failure(BuildEnd.TIME, f"more than {limits.seconds:g} s")
        if self._log.size > limits.log:
            raise self.failure(BuildEnd.LOG, f"more than {limits.log} bytes")
        step = self._log.step
        container = step.container if step is not None else None
        if container is not None and self._bounded != container:
            self._bounded = container
            if self._is_there(container):
                self._bound(container)
        if now > self._next_look:
            if container is not None:
                self._written[container] = max(self._written.get(container, 0), self._size(container))
            is_short = self._surroundings.space.is_short()  # without a container too: COPY --from has none
            self._next_look = time.monotonic() + _LOOK_AT_DISK
            if sum(self._written.values()) > limits.disk:
                raise self.failure(BuildEnd.DISK, f"more than {limits.disk} bytes")
            if is_short:
                raise self.failure(BuildEnd.SPACE, "the free space of the docker host fell")

    def failure(self, end: BuildEnd, reason: str) -> ImageBuildFailed:
        """The error that says so."""
        log = self._log
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

        step = self._log.step
        if step is not None and step.container is not None:
            with contextlib.suppress(APIError, RequestException):
                if self._is_there(step.container):
                    self._host.client.api.remove_container(step.container, force=True, v=True)

    def _is_there(self, container: str) -> bool:
        return _is_there(self._host, container, self._surroundings.network)

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
