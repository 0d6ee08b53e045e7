"""Who answers to an address of a scrape job: Prometheus itself, or a service of the monitored project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.submission.prometheus.service import option
from pytest_dockerlab.submission.scan.roles import role_of_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["ITSELF", "Who"]

ITSELF = "prometheus"
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", "0.0.0.0"})  # noqa: S104 - as students write it
_PORT = "9090"


class Who:
    """The names of a project's services. Without a project that can be read, a name is what it says."""

    def __init__(self, submission: Submission) -> None:
        self._services: Mapping[str, Service] = {}
        self._prometheus: Service | None = None
        try:
            self._services = submission.monitoring.services
            self._prometheus = submission.prometheus_service
        except (Mismatch, Unverified):  # monitoring-1/prometheus-service says so
            pass
        self._by_host: dict[str, list[Service]] = {}
        for service in self._services.values():
            for host in service.all_names:
                self._by_host.setdefault(host, []).append(service)
        self._port = self._own_port(submission)

    def names(self, address: str) -> Iterator[str]:
        """Who an address leads to: ``prometheus``, or the role of a service."""
        host, port = _split(address)
        if host in _LOCAL:
            yield from (ITSELF,) if port == self._port else ()
        elif not self._services:
            role = role_of_name(host)
            yield from (ITSELF,) if host == ITSELF else (role.value,) if role is not None else ()
        for service in self._by_host.get(host, ()):
            if self._prometheus is not None and service.name == self._prometheus.name:
                yield ITSELF
            elif service.role is not None:
                yield service.role.value

    def services(self, address: str) -> list[str]:
        """The names of the services that an address leads to."""
        return [each.name for each in self._by_host.get(_split(address)[0], ())]

    def _own_port(self, submission: Submission) -> str:
        command = [*(self._prometheus.entrypoint or ()), *(self._prometheus.command or ())] if self._prometheus else []
        image = submission.prometheus_files.image
        if not command and image is not None:
            command = [*(image.image.entrypoint or ()), *(image.image.command or ())]
        listening = option(command, "web.listen-address")
        return listening.rpartition(":")[2] if listening else _PORT


def _split(address: str) -> tuple[str, str]:
    """Host and port. Before relabelling it may be a URL."""
    rest = (address.partition("://")[2] or address).partition("/")[0]
    if rest.startswith("["):
        host, _bracket, port = rest.partition("]")
        return f"{host}]", port.removeprefix(":")
    host, _colon, port = rest.partition(":")
    return host, port
