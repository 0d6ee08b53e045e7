"""Why compose did not start an application: what it says, as a finding, and whose trouble it is."""

from __future__ import annotations

import re

from ..engine.compose.running_project import ComposeProjectError
from ..findings import Finding
from ..messages import _

__all__ = ["is_the_docker_hosts", "not_started", "not_started_in_time"]

# What the engine says when it is in trouble itself.
_DOCKER_HOSTS_OWN = re.compile(
    r"port is already allocated|driver failed programming external connectivity|non-overlapping IPv4"
    r"|no space left on device|docker daemon running|Cannot connect to the Docker daemon"
)
# https://github.com/docker/compose, pkg/progress
_PROGRESS = re.compile(r"\s*(?:Container|Network|Volume) \S+\s+(?:[A-Z][a-z]+(?:ing|ed)|Healthy|Error\b.*)\s*$")


def is_the_docker_hosts(error: ComposeProjectError) -> bool:
    """Whether the engine is in trouble itself: nobody's homework can do anything about it."""
    return _DOCKER_HOSTS_OWN.search(error.stderr or "") is not None


def not_started(error: ComposeProjectError, project: str) -> Finding:
    """What compose says, without its progress, and with the services called by their own names."""
    lines = [line for line in (error.stderr or error.message).splitlines() if not _PROGRESS.match(line)]
    said = re.sub(rf"{project}-(\S+?)-1\b", r"\1", "\n".join(lines).strip()[-1500:])
    hint = _("docker shows the same: docker compose up, or docker run of the image")
    return Finding(_("the application starts"), said, None, hint)


def not_started_in_time(seconds: float) -> Finding:
    """Compose still waits."""
    return Finding(
        _("the application starts"),
        _("it is not up after {seconds} s", seconds=round(seconds)),
        None,
        _("a service waits for another that never becomes ready: see depends_on and healthcheck"),
    )
