"""The item docker-2/docker-host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.hosts.hosts import DockerHost


@check(
    "docker-2/docker-host",
    "a docker host other than the local engine answers",
    tier="remote",
    needs=[Need.DOCKER_HOST],
)
def docker_host(docker_host: DockerHost) -> None:
    """Whatever way leads to it; a docker-machine folder says where in the cloud it is."""
    facts = docker_host.facts
    note("docker host", str(docker_host.endpoint))
    note("engine", f"{facts.engine} {facts.version}, {facts.operating_system}, {facts.architecture}")
    if machine := docker_host.endpoint.machine:
        for name in ("driver", "project", "zone", "machine_type"):
            if value := getattr(machine, name):
                note(name, value)
    require(
        not docker_host.is_local_engine(),
        found=_("{host} is the engine of this machine, {name}", host=str(docker_host.endpoint), name=facts.name),
        hint=_(
            "make a docker host on another machine and name it: ssh://user@host, a docker context or tcp:// with TLS"
        ),
    )
