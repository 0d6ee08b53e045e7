"""A project that is up already, and that nobody started for a check.

What of it is stopped is found by compose's own labels, on a docker host that proves to be the right one: there a
container publishes the port at which the Prometheus that the user named answers. The database of that container's
project is stopped, and no other; where this cannot be said for certain nothing is.
"""

from __future__ import annotations

import contextlib
import ipaddress
import math
import socket
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..findings import Unverified, note
from ..messages import Message, _
from ..monitoring.server import PrometheusServer
from ..submission.scan.roles import role_of_service

if TYPE_CHECKING:
    from ..engine.hosts.hosts import DockerHost

__all__ = ["ProjectUpAlready"]

_PROJECT, _SERVICE = "com.docker.compose.project", "com.docker.compose.service"
_TO_SAVE = 30
"""Seconds that a container has to end by itself."""
_PORTS = {"http": 80, "https": 443}


class ProjectUpAlready:
    """A :class:`~..monitoring.project.MonitoredProject` whose Prometheus the user named, and ui where they did.

    :param docker_host: the docker host to stop things on; ``None`` where nothing may be stopped.
    """

    is_ours = False
    age = math.inf
    missing: Mapping[str, Message] = MappingProxyType({})

    def __init__(
        self, prometheus_url: str, *, app_url: str | None, docker_host: Callable[[], DockerHost] | None = None
    ) -> None:
        self._prometheus = PrometheusServer(prometheus_url)
        self._app_url = app_url
        self._docker_host = docker_host
        self._stopped: list[str] = []

    @property
    def prometheus(self) -> PrometheusServer:
        """Its Prometheus."""
        return self._prometheus

    def url(self, role: str) -> str | None:
        """Where ui answers, if the user said so; of the other parts nobody knows."""
        return self._app_url if role == "ui" else None

    def stop(self, role: str) -> None:
        """Stop the containers of a part. Raises ``Unverified`` where that is not allowed, or none is certain."""
        if self._docker_host is None:
            raise Unverified(
                _("nothing is stopped in a project that is up already, unless you say so"),
                _("--hw-allow-disruption: its {role} is stopped, and started again", role=role),
            )
        host = self._docker_host()
        found = self._containers(host, role)
        note("stopped for the drill", [each["Names"][0].lstrip("/") for each in found])
        for each in found:
            self._stopped.append(each["Id"])
            host.client.api.stop(each["Id"], timeout=_TO_SAVE)

    def start(self, role: str) -> None:
        """Start what was stopped."""
        assert self._docker_host is not None
        while self._stopped:
            self._docker_host().client.api.start(self._stopped[-1])
            self._stopped.pop()

    def watch(self) -> None:
        """What is up already is watched by its owner."""

    def _containers(self, host: DockerHost, role: str) -> list[dict[str, Any]]:
        """The running containers of a part, as the engine lists them."""
        url = urlsplit(self._prometheus.url)
        port = url.port or _PORTS[url.scheme]
        containers = host.client.api.containers(filters={"label": _PROJECT})
        projects = {
            each["Labels"][_PROJECT]
            for each in containers
            if any(published.get("PublicPort") == port for published in each["Ports"] or ())
        }
        if not projects or not _is_at(url.hostname or "", host):
            raise Unverified(
                _("the docker host {host} does not show that the Prometheus at {url} runs there, in a compose project",
                  host=host.address, url=self._prometheus.url),
                _("name the docker host with --hw-docker-host, and give its own address and the published port of "
                  "Prometheus in --hw-prometheus-url"),
            )  # fmt: skip
        found = [each for each in containers if each["Labels"][_PROJECT] in projects and _role_of(each) == role]
        if len(projects) > 1 or not found:
            raise Unverified(
                _("no container of the compose project {projects} is certain to be its {role}",
                  projects=sorted(projects), role=role),
                _("call the service, its image or its container by what it is"),
            )  # fmt: skip
        return found


def _role_of(container: Mapping[str, Any]) -> str | None:
    name = container["Names"][0].lstrip("/") if container["Names"] else None
    return role_of_service(container["Labels"].get(_SERVICE, ""), container["Image"], None, name)


def _is_at(name: str, host: DockerHost) -> bool:
    """Whether the name leads to where the docker host's published ports answer."""
    there, here = _addresses(host.address), _addresses(name)
    if there & here or all(ipaddress.ip_address(each).is_loopback for each in there | here):
        return bool(here)
    return host.is_local and any(_is_own(each) for each in here)


def _addresses(name: str) -> set[str]:
    try:
        return {str(each[4][0]).partition("%")[0] for each in socket.getaddrinfo(name.strip("[]"), None)}
    except OSError:
        return set()


def _is_own(address: str) -> bool:
    """Whether this machine has the address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with contextlib.suppress(OSError), socket.socket(family) as trial:
        trial.bind((address, 0))
        return True
    return False
