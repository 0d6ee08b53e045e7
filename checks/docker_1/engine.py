"""The item docker-1/engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.hosts.hosts import DockerHost

_OLDEST, _OLDEST_API = (17, 6), (1, 30)


@check("docker-1/engine", "a Docker engine answers", kind="lab", tier="engine", needs=[Need.ENGINE])
def engine(docker_host: DockerHost) -> None:
    """Version 17.06 or newer, by its API where the version is no number of Docker's (a build of one's own, Podman)."""
    from pytest_dockerlab.engine.hosts.facts import numbers

    facts = docker_host.facts
    note("engine", f"{facts.engine} {facts.version}")
    note("system", f"{facts.operating_system}, {facts.os_type}/{facts.architecture}")
    note("storage driver", facts.storage_driver)
    note("cgroup version", facts.cgroup_version)
    if facts.version_numbers and facts.engine == "Docker Engine":
        is_new = facts.version_numbers >= _OLDEST
    else:
        is_new = numbers(facts.api_version) >= _OLDEST_API
    require(
        is_new,
        _("the engine is 17.06 or newer"),
        found=facts.version,
        hint=_("install Docker Engine from Docker's own package repository"),
    )
