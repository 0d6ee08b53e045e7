"""Builds by BuildKit, through the docker command: for Dockerfiles that the classic builder cannot read.

BuildKit is driven over a session that only its own clients speak, so the docker command is needed: with its plugin
buildx, or of a version before 23, which carries BuildKit's client itself. Of the limits only time and log hold here:
BuildKit gives its steps no others (https://github.com/moby/buildkit/issues/593), which is said where it matters.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ... import tools
from ...activity import now
from ...engine.hosts.cli_environment import cli_environment
from ...errors import DockerlabError, LimitExceeded, ToolTimeout
from ...messages import _, excerpt
from .contract import BuildEnd, BuildLimits, BuildRequest, BuiltImage, BuiltStep, ImageBuildFailed

if TYPE_CHECKING:
    from ...engine.hosts.hosts import DockerHost

__all__ = ["build_by_buildkit", "buildkit_command", "parse_vertices", "teller"]

_VERTEX = re.compile(r"#(\d+) (\[[^\]]*\] )((?:FROM|RUN|COPY|ADD|WORKDIR)\b.*)")
_STEP = re.compile(r"(\d{1,6})/(\d{1,6})\]")
_LONGEST = 2_000
_CACHED = re.compile(r"#(\d+) CACHED")
# Since BuildKit 0.9 an error names the place: "Dockerfile:7".
_PLACE = re.compile(r"^[^\s:]{1,200}:([0-9]{1,6})$", re.MULTILINE)
_FAILED = re.compile(r"^#(\d+) ERROR", re.MULTILINE)
_TAIL = 80


def buildkit_command() -> tuple[list[str], dict[str, str]] | None:
    """How to call BuildKit on this machine, and the variables it needs; ``None`` where there is no way."""
    for docker in tools.find_all("docker"):
        if _says([docker, "buildx", "version"]):
            return [docker, "buildx", "build", "--load"], {}
        version = re.search(r"\d+", _says([docker, "--version"]) or "")
        if version is not None and 18 < int(version[0]) < 23:
            return [docker, "build"], {"DOCKER_BUILDKIT": "1"}
    return None


def build_by_buildkit(host: DockerHost, request: BuildRequest, limits: BuildLimits, name: str = "") -> BuiltImage:
    """Build an image. Raises :class:`ImageBuildFailed`; ``ToolMissing`` where :func:`buildkit_command` is ``None``.

    :param name: what the image is for, to those who wait.
    """
    command, variables = buildkit_command() or (["docker", "buildx", "build", "--load"], {})
    argv = [*command, "--progress", "plain", "--tag", request.tag, "--file", request.dockerfile]
    argv += [word for name, value in request.args.items() for word in ("--build-arg", f"{name}={value}")]
    argv += ["--target", request.target] if request.target is not None else []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dockerlab-") as folder:
        environment = {**cli_environment(host, Path(folder)), **variables}
        try:
            done = tools.run(
                [*argv, "-"],
                cwd=Path(folder),
                env=environment,
                timeout=limits.seconds,
                stdin=request.context.read_bytes(),
                max_output=limits.log,
                hear=teller(name),
            )
        except ToolTimeout as error:
            raise _failed(BuildEnd.TIME, f"more than {limits.seconds:g} s", error.stderr or "", host) from error
        except LimitExceeded as error:
            raise _failed(BuildEnd.LOG, f"more than {limits.log} bytes", error.stderr or "", host) from error
    log = done.stdout + done.stderr
    if done.returncode != 0:
        last = next((line for line in reversed(log.splitlines()) if line.strip()), "nothing more is known")
        raise _failed(BuildEnd.STEP, last, log, host)
    image = host.client.images.get(request.tag)
    return BuiltImage(str(image.id), tuple(parse_vertices(log)), log, time.monotonic() - began)


def teller(name: str) -> Callable[[bytes], None]:
    """Who says which step of an image is at work, by the pieces of BuildKit's plain progress."""
    rest = b""

    def hear(piece: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + piece).split(b"\n")
        rest = rest[-_LONGEST:]
        for line in lines:
            vertex = _VERTEX.match(line[:_LONGEST].decode("utf-8", "replace"))
            if vertex is not None and (step := _STEP.search(vertex[2])) is not None:
                now(_("image of {name}, step {number}/{count}: {instruction}",
                      name=name, number=step[1], count=step[2], instruction=excerpt(vertex[3])))  # fmt: skip

    return hear


def parse_vertices(log: str) -> list[BuiltStep]:
    """The instructions in BuildKit's plain progress, numbered as they appear, without FROM."""
    found: dict[str, str] = {}
    cached = set()
    for line in log.splitlines():
        if (vertex := _VERTEX.match(line)) and not vertex[3].startswith("FROM"):
            found.setdefault(vertex[1], vertex[3])
        elif match := _CACHED.match(line):
            cached.add(match[1])
    return [BuiltStep(at, text, number in cached) for at, (number, text) in enumerate(found.items(), start=1)]


def _failed(end: BuildEnd, reason: str, log: str, host: DockerHost) -> ImageBuildFailed:
    number = _FAILED.search(log)
    if number is None:  # broken off: the one that spoke last
        numbers = re.findall(r"^#(\d+) ", log, re.MULTILINE)
        last = numbers[-1] if numbers else ""
    else:
        last = number[1]
    said = [line.partition(" ")[2] for line in log.splitlines() if line.startswith(f"#{last} ")]
    own = [re.sub(r"^\d+\.\d+ ", "", line) for line in said if re.match(r"\d+\.\d+ ", line)]
    vertex = next((match[3] for line in log.splitlines() if (match := _VERTEX.match(line)) and match[1] == last), None)
    place = _PLACE.search(log[number.start() :]) if number is not None else None
    return ImageBuildFailed(
        end,
        reason,
        line=int(place[1]) if place else None,
        instruction=vertex,
        log=log,
        tail="\n".join(own[-_TAIL:]),
        host=host.address,
    )


def _says(argv: list[str]) -> str | None:
    try:
        done = tools.run(argv, timeout=20)
    except DockerlabError:
        return None
    return done.stdout if done.returncode == 0 else None
