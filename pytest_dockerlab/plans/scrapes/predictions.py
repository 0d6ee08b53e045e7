"""What a scrape must end in, as far as the submission says it: a target that nothing speaks against is up.

Measured is what counts. A prediction is the reason that is told with a target which really is down; where there is
none, that it is down is our trouble and nobody's fault.
"""

from __future__ import annotations

import enum
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ..skeletons.plan import ENABLE_ICC, Cause, SkeletonPlan
from .pages import Served

if TYPE_CHECKING:
    from ...submission.compose.project import ComposeProject

__all__ = ["Lead", "Obstacle", "Prediction", "Predictions"]

_OWN = frozenset({"localhost", "ip6-localhost", "0.0.0.0"})  # noqa: S104 - a name to be looked up
_DOCKER_HOST = frozenset({"host.docker.internal", "gateway.docker.internal", "docker.for.mac.localhost"})
# RFC 6762 and 8375, and what networks at home call themselves
_PRIVATE = frozenset({"local", "localdomain", "internal", "lan", "home", "arpa", "test", "example", "invalid"})
_PUBLIC = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.([a-z]{2,24})\.?")


class Obstacle(enum.Enum):
    """What keeps a target from being up."""

    NO_SUCH_NAME = enum.auto()
    OTHER_NETWORK = enum.auto()
    NOT_STARTED = enum.auto()
    SEVERAL = enum.auto()
    """Several services have this name."""
    NO_CONNECTIONS = enum.auto()
    """The network lets nobody connect."""
    CLOSED_PORT = enum.auto()
    SCHEME = enum.auto()
    PATH = enum.auto()
    PARAMETER = enum.auto()
    NO_METRICS = enum.auto()
    """A database, which speaks no HTTP."""
    ELSEWHERE = enum.auto()
    """It is no service of the project: it cannot be reached here, whatever it is."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Where an address leads: the services of that name, and whose network namespaces they are in."""

    services: tuple[str, ...]
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """Why a target is not up. ``known`` is what there is instead: services of that name, ports, paths."""

    obstacle: Obstacle
    services: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


class Predictions:
    """Predicts the targets of one Prometheus, by the addresses that it scrapes."""

    def __init__(
        self, project: ComposeProject, skeleton: SkeletonPlan, served: Mapping[str, Served], root: str
    ) -> None:
        self._project = project
        self._skeleton = skeleton
        self._served = served
        self._root = root
        self._roots = {each.service: each.shares or each.service for each in skeleton.stand_ins}
        own = skeleton.stand_in(root)
        assert own is not None
        self._hosts = {name.lower() for name, _address in own.extra_hosts}
        # The engine's name server takes no notice of case, and knows a hostname as an alias.
        self._names: dict[str, set[str]] = {alias.lower(): {target} for alias, target in own.links.items()}
        for each in skeleton.stand_ins:
            for names in each.networks.values():
                for name in (*names, *filter(None, [each.hostname])):
                    self._names.setdefault(name.lower(), set()).add(each.service)

    def lead(self, host: str) -> Lead:
        """The services that a host's name leads to as Prometheus sees it."""
        if self._is_own(host):
            return Lead(tuple(name for name, root in self._roots.items() if root == self._root), (self._root,))
        services = sorted(each for each in self._names.get(host.lower(), ()) if each in self._roots)
        return Lead(tuple(services), tuple(dict.fromkeys(self._roots[each] for each in services)))

    def is_assumed(self, url: str) -> bool:
        """Whether it is up here only because nobody knows the program that is asked."""
        host, port, path, _query = _parts(url)
        return any((port, path) in self._of(name).assumed for name in self.lead(host).services)

    def obstacle(self, url: str) -> Prediction | None:
        """Why a target with this address is not up; ``None`` where it has to be."""
        host, port, path, query = _parts(url)
        lead = self.lead(host)
        if not lead.roots or (host.lower() in self._hosts and not self._is_own(host)):
            return self._not_found(host)
        if len(lead.roots) > 1:
            return Prediction(Obstacle.SEVERAL, lead.services)
        if self._is_kept_apart(lead.roots[0]):
            return Prediction(Obstacle.NO_CONNECTIONS, lead.services)
        pages = [page for name, root in self._roots.items() if root == lead.roots[0] for page in self._of(name).pages]
        here = [page for page in pages if page.port == port]
        if not here:
            ports = tuple(dict.fromkeys(str(page.port) for page in pages))
            return Prediction(Obstacle.CLOSED_PORT, lead.services, ports)
        if url.startswith("https:"):
            return Prediction(Obstacle.SCHEME, lead.services)
        if any(page.text is not None for page in here):
            return Prediction(Obstacle.NO_METRICS, lead.services)
        page = next((page for page in here if page.path == path), None)
        if page is None:
            return Prediction(Obstacle.PATH, lead.services, tuple(dict.fromkeys(page.path for page in here)))
        if page.parameter is not None and not any(query.get(page.parameter, ())):
            return Prediction(Obstacle.PARAMETER, lead.services, (page.parameter,))
        return None

    def _of(self, service: str) -> Served:
        return self._served.get(service, Served())

    def _is_own(self, host: str) -> bool:
        return host.lower() in _OWN or host.startswith("127.") or host == "::1"

    def _not_found(self, host: str) -> Prediction:
        named = [
            each.name
            for each in self._project.services.values()
            if host.lower() in {name.lower() for key in each.networks for name in each.names_on(key)}
            or host.lower() == each.name.lower()
        ]
        skipped = [each for each in named if each in self._skeleton.skipped]
        if host.lower() in self._hosts or host.lower() in _DOCKER_HOST or _is_address(host):
            return Prediction(Obstacle.ELSEWHERE)
        if skipped:
            is_foreign = self._skeleton.skipped[skipped[0]].cause is Cause.FOREIGN_NETWORK
            return Prediction(Obstacle.ELSEWHERE if is_foreign else Obstacle.NOT_STARTED, tuple(skipped))
        if named:
            return Prediction(Obstacle.OTHER_NETWORK, tuple(named))
        match = _PUBLIC.fullmatch(host.lower())
        if match and match[2] not in _PRIVATE:
            return Prediction(Obstacle.ELSEWHERE)
        return Prediction(Obstacle.NO_SUCH_NAME, known=tuple(sorted(self._names)))

    def _is_kept_apart(self, root: str) -> bool:
        """Whether every network that it shares with Prometheus keeps its members apart."""
        ours, own = self._skeleton.stand_in(root), self._skeleton.stand_in(self._root)
        assert ours is not None
        assert own is not None
        shared = [each for each in self._skeleton.networks if each.name in ours.networks and each.name in own.networks]
        return root != self._root and all(each.options.get(ENABLE_ICC) == "false" for each in shared)


def _parts(url: str) -> tuple[str, int, str, dict[str, list[str]]]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", 0, "", {}
    return host, port or (443 if parts.scheme == "https" else 80), parts.path, parse_qs(parts.query)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
