"""What is asked of a builder, the most a build may take, and what comes of it: the same for both builders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ...errors import DockerlabError

__all__ = ["BuildEnd", "BuildLimits", "BuildRequest", "BuiltImage", "BuiltStep", "ImageBuildFailed"]


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
    every: float = 2.0
    """Seconds between two looks at the disk."""


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
    :ivar is_out_of_memory: whether a process of the step was killed for want of memory; ``None`` where nobody knows.
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
        self.is_out_of_memory: bool | None = None
