"""On which ports the services of a monitored project answer, as far as the submission says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.submission.prometheus.exporters import arguments_of, flag, port_of_address
from pytest_dockerlab.submission.scan.roles import DEFAULT_PORTS, Role, role_of_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.submission import Submission

PROMETHEUS_PORT = 9090
_SERVER_OPTIONS = frozenset({"-p", "--port", "-b", "--bind", "-l", "--listen"})
"""Of puma, rackup, gunicorn, flask: what comes behind them ends with the port."""
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/tcp)?")
_MAX_RANGE = 100


@dataclass(frozen=True, slots=True)
class Serving:
    """The ports of one service. ``is_certain``: it answers on no other one. ``is_plain``: and in http, not https."""

    ports: frozenset[int]
    is_certain: bool
    is_plain: bool

    def may_serve(self, port: int) -> bool:
        """Whether it answers there, as far as is known."""
        return port in self.ports or not self.is_certain


def serving(submission: Submission, project: ComposeProject) -> dict[str, Serving]:
    """The ports of every service, by its name."""
    exporters = submission.exporters_of(project)
    prometheus = submission.prometheus_service
    found = {}
    for name, service in project.services.items():
        declared = frozenset(_declared(submission, service))
        exporter = exporters.get(name)
        if prometheus is not None and name == prometheus.name:
            found[name] = Serving(frozenset({port_of_prometheus(submission, service)}), True, True)
        elif exporter is not None:
            is_plain = flag(exporter.arguments, "web.config.file", "web.config") is None
            ports = exporter.ports if exporter.is_certain else exporter.ports | declared
            found[name] = Serving(ports, exporter.is_certain, is_plain)
        elif service.role is not None:
            ports = declared | {DEFAULT_PORTS[service.role], *_told(submission, project, service)}
            found[name] = Serving(ports, True, service.role is not Role.DATABASE)
        else:
            found[name] = Serving(declared, False, False)
    return found


def port_of_prometheus(submission: Submission, service: Service) -> int:
    """Where Prometheus listens: 9090, where its command says nothing else."""
    image = submission.prometheus_files.image
    address = flag(arguments_of(service, image.image if image is not None else None), "web.listen-address")
    return (port_of_address(address) if address else None) or PROMETHEUS_PORT


def _declared(submission: Submission, service: Service) -> Iterator[int]:
    """What its image, ``expose`` and ``ports`` name."""
    image = submission.image_of(service)
    yield from (port.target for port in service.ports if port.protocol == "tcp")
    yield from _ranges(service.raw.get("expose") or ())
    yield from _ranges(image[1].exposed if image is not None else ())


def _told(submission: Submission, project: ComposeProject, service: Service) -> Iterator[int]:
    """The ports that its command and its environment name."""
    image = submission.image_of(service)
    words = [part for word in arguments_of(service, image[1] if image else None) for part in word.split()]
    for at, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option in _SERVER_OPTIONS:
            value = value if equals else next(iter(words[at + 1 :]), "")
        elif not re.match(r"-[pbl]\d|tcp://", word):
            continue
        port = port_of_address(re.sub(r"^-[pbl]", "", value or word))
        if port is not None:
            yield port
    for name, variable in submission.environment_of(project, service).items():
        is_its_own = name.upper().endswith("PORT") and role_of_name(name) in (None, service.role)
        port = port_of_address(variable.value) if is_its_own else None
        if port is not None:
            yield port


def _ranges(entries: Iterable[object]) -> Iterator[int]:
    for entry in entries:
        match = _RANGE.fullmatch(str(entry).strip())
        if match:
            first = int(match[1])
            yield from range(first, min(int(match[2] or first), first + _MAX_RANGE) + 1)
