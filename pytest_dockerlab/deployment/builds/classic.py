"""Builds of other people's Dockerfiles, by the classic builder of the Engine API, within limits.

The classic builder and not BuildKit where the Dockerfile leaves the choice: it runs every step in a container of the
engine, so that memory, processes, CPU and disk of a step can be limited and a step can be ended; BuildKit takes no
limits (https://github.com/moby/buildkit/issues/593). What only BuildKit can do: :mod:`.buildkit`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...engine.hosts.errors import HostDied
from .contract import BuildEnd, BuildLimits, BuildRequest, BuiltImage, BuiltStep
from .stream import BuildRefused, BuildStream
from .surroundings import Surroundings
from .watch import BuildWatch

if TYPE_CHECKING:
    from ...engine.hosts.hosts import DockerHost

__all__ = ["build_classic"]

_CPU_PERIOD = 100_000


def build_classic(
    host: DockerHost,
    request: BuildRequest,
    limits: BuildLimits,
    surroundings: Surroundings,
    began_step: Callable[[int], None] = lambda _number: None,
) -> BuiltImage:
    """Build an image; nothing but the image's name and its layers is left behind.

    :param began_step: called when a step begins, with its number in the builder's counting from 1.

    Raises :class:`ImageBuildFailed`, and :class:`~.errors.HostDied` where the engine goes away.
    """
    from requests import RequestException

    began = time.monotonic()
    watch = BuildWatch(host, limits, began, surroundings)
    log = watch.log
    try:
        with (
            request.context.open("rb") as context,
            BuildStream(host, context, _parameters(host, request, limits, surroundings.network)) as messages,
        ):
            for message in messages:
                if message is not None:
                    before = len(log.steps)
                    log.take(message)
                    if len(log.steps) > before:
                        began_step(len(log.steps))
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
