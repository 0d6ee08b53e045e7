"""What one service of a project reaches: a host name and a port, as they stand in somebody's configuration."""

from __future__ import annotations

import copy
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._serving import serving
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.submission.compose.hostnames import is_address
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.submission import Submission

_OWN = re.compile(r"localhost(\.localdomain)?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?", re.IGNORECASE)
_DOCKER_HOST = re.compile(r"docker[-_.]?(host|machine|vm)\w{0,10}", re.IGNORECASE)
"""What the course calls the machine that docker runs on; its own DNS may know it."""
_ENGINES_METRICS = 9323
"""Where docker itself has its metrics, on whatever machine (docs.docker.com, metrics-addr): no service's port."""
_MAX_NAMES = 20


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an address does not lead to where it should."""

    found: Message
    hint: Message


@dataclass(frozen=True, slots=True)
class Address:
    """``host:port``. ``port`` is ``None`` where there is none, or none that is a number."""

    host: str
    port: int | None


def split_address(text: str) -> Address:
    """The host and the port of ``host:port``, ``host``, ``[::1]:port``."""
    text = text.strip()
    if text.startswith("["):
        host, _bracket, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _colon, port = text.partition(":")
    else:
        host, port = text, ""
    number = int(port) if re.fullmatch(r"[0-9]{1,5}", port) else 0
    return Address(host, number if 0 < number < 65536 else None)


class View:
    """A project as one of its services sees it."""

    def __init__(self, submission: Submission, project: ComposeProject, source: Service) -> None:
        self._project = project
        self._serving = serving(submission, project)
        self._fixed = {
            str(endpoint["ipv4_address"]): name
            for name, service in project.services.items()
            for endpoint in (service.raw.get("networks") or {}).values()
            if endpoint and endpoint.get("ipv4_address")
        }
        self._sharing: dict[str, set[str]] = {}
        for name, service in project.services.items():
            root = (service.network_mode or "").partition("service:")[2]
            if root:
                self._sharing.setdefault(root, set()).add(name)
        self._look_from(source)

    def seen_by(self, source: Service) -> View:
        """The same project as another of its services sees it."""
        other = copy.copy(self)
        other._look_from(source)
        return other

    def _look_from(self, source: Service) -> None:
        self.source = source
        self._visible = self._project.visible_names(source)
        pinned = (re.split(r"[=:]", str(entry), maxsplit=1)[0] for entry in source.raw.get("extra_hosts") or ())
        self._pinned = frozenset(pinned)

    def services(self, host: str) -> frozenset[str]:
        """The services that a host leads to, with those in their network namespaces; empty where it leads to none."""
        found = self._own_names(host)
        return found.union(*(self._sharing.get(name, ()) for name in found)) if self._sharing else found

    def _own_names(self, host: str) -> frozenset[str]:
        if _OWN.fullmatch(host):
            root = (self.source.network_mode or "").partition("service:")[2]
            return frozenset({self.source.name, *([root] if root in self._project.services else [])})
        if host in self._pinned:
            return frozenset()
        if host in self._fixed:
            return frozenset({self._fixed[host]})
        if host in self._visible:
            return self._visible[host]
        name, dot, network = host.partition(".")
        if dot and any(network in (each, self._project.networks[each].name) for each in self.source.networks):
            return self._visible.get(name, frozenset())  # the engine knows NAME.NETWORK too
        return frozenset()

    def is_itself(self, host: str) -> bool:
        """Whether it is localhost by one of its names."""
        return _OWN.fullmatch(host) is not None

    def is_outside(self, host: str) -> bool:
        """Whether it is no name of this project: an address or a name of the internet, or of the docker host."""
        is_known = self.services(host) or _OWN.fullmatch(host)
        is_elsewhere = host in self._pinned or "." in host or ":" in host or is_address(host)
        return not is_known and (is_elsewhere or _DOCKER_HOST.fullmatch(host) is not None)

    def is_apart(self, host: str) -> bool:
        """Whether it is the name of a service that is on other networks."""
        named = [service for service in self._project.services.values() if host in service.all_names]
        return bool(named) and not self.services(host)

    def is_reached(self, address: Address) -> bool:
        """Whether the service reaches it, as far as anybody can know."""
        if self.source.network_mode == "host" and _OWN.fullmatch(address.host):
            return True  # whatever listens on the docker host
        names = self.services(address.host)
        if not names:
            return self.is_outside(address.host) or address.port == _ENGINES_METRICS
        return address.port is not None and any(self._serving[name].may_serve(address.port) for name in names)

    def trouble(self, address: Address) -> Trouble | None:
        """Why the service does not reach it; ``None`` where it does."""
        host, port = address.host, address.port
        if self.is_reached(address):
            return None
        names = self.services(host)
        if not names:
            return self._unknown(host)
        ports = sorted({each for name in names for each in self._serving[name].ports})
        if port is None:
            return Trouble(
                _("no port that is a number"),
                _("write {address}", address=f"{host}:{ports[0]}") if ports else _("write host:port"),
            )
        others = self._others_on(port) if _OWN.fullmatch(host) else []
        if others:
            return Trouble(
                _("localhost is the container of {service} itself", service=self.source.name),
                _("use the name of the service: {address}", address=[f"{name}:{port}" for name in others[:_MAX_NAMES]]),
            )
        return Trouble(
            _("{service} listens on {ports}, not on {port}", service=sorted(names), ports=ports, port=port),
            _("write {address}", address=f"{host}:{self.usual_port(min(names))}"),
        )

    def usual_port(self, name: str) -> int:
        """The likeliest port of a service."""
        ports = self._serving[name].ports
        return next((port for port in (9292, 5000, 9216, 9090) if port in ports), min(ports, default=80))

    def usual_path(self, name: str) -> str:
        """Where a service answers with 200; empty where it does at the top. post and comment have nothing there."""
        return "/healthcheck" if self._project.services[name].role in (Role.POST, Role.COMMENT) else ""

    def is_plain(self, name: str) -> bool:
        """Whether a service is known to speak http, and no https."""
        return self._serving[name].is_plain

    def _others_on(self, port: int) -> list[str]:
        """The services within reach that are known to listen on a port."""
        return [
            name
            for name, targets in self._visible.items()
            if name in self._project.services and any(port in self._serving[each].ports for each in targets)
        ]

    def _unknown(self, host: str) -> Trouble:
        for service in self._project.services.values():
            if host in service.all_names:
                return self._apart(host, service)
        near = difflib.get_close_matches(host[:100], self._visible, n=1, cutoff=0.7)
        if near:
            return Trouble(_("no service has the name {name}", name=host), _("did you mean {name}?", name=near[0]))
        names = sorted(self._visible)[:_MAX_NAMES]
        return Trouble(
            _("no service has the name {name}", name=host),
            _("use one of the names that {service} knows: {names}", service=self.source.name, names=names)
            if names
            else _("connect {service} to the networks of the others", service=self.source.name),
        )

    def _apart(self, host: str, service: Service) -> Trouble:
        mode = service.network_mode or ""
        root = mode.partition("service:")[2]
        if root:
            return Trouble(
                _("{service} shares the network of {root} and has no name of its own", service=service.name, root=root),
                _("use the name {name}", name=root),
            )
        if mode:
            return Trouble(
                _("{service} has network_mode: {mode}, and no name on any network", service=service.name, mode=mode),
                _("remove network_mode from {service}, and name its networks", service=service.name),
            )
        shared = [name for name, targets in self._visible.items() if service.name in targets]
        if shared:
            return Trouble(
                _("{service} has the name {name} on another network only", service=service.name, name=host),
                _("use the name {name}", name=shared[0]),
            )
        theirs, ours = list(service.networks), list(self.source.networks)
        return Trouble(
            _("{service} is on {theirs}, {source} on {ours}: they share no network",
              service=service.name, source=self.source.name, theirs=theirs or _("none"), ours=ours or _("none")),
            _("add one of these networks to {service}: {networks}", service=self.source.name, networks=theirs)
            if theirs
            else _("connect {service} to a network of {source}", service=service.name, source=self.source.name),
        )  # fmt: skip
