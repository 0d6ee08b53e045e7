"""The plan of a skeleton: what stands in for what, on which networks and under which names. Nothing is started here.

The plan is *written* from the resolved compose project, by an allow-list: what of a service or a network has no place
below does not reach the engine, and is named in :attr:`SkeletonPlan.dropped`, once. What a key means is compose's
specification: https://github.com/compose-spec/compose-spec/blob/main/05-services.md and ``06-networks.md``.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ...findings import Unverified
from ...messages import Message, _
from ...submission.compose.hostnames import is_host_name
from ...submission.compose.project import ComposeProject
from ...submission.compose.services import Network, Service
from ...submission.submission import Submission
from .limits import chosen
from .ports import ports_of

__all__ = ["Cause", "PlannedNetwork", "SkeletonPlan", "Skipped", "StandIn", "plan_skeleton"]

ENABLE_ICC = "com.docker.network.bridge.enable_icc"
"""The one driver option that changes who reaches whom."""

# What becomes something of the stand-in; everything else of a service is dropped.
_KEPT = {"networks", "network_mode", "links", "hostname", "domainname", "extra_hosts", "container_name", "expose",
         "environment", "env_file", "scale", "profiles"}  # fmt: skip
_KEPT_OF_NETWORKS = {"name", "internal", "external"}
_MODES = ("none", "host", "bridge")
_NET_TOOLS = re.compile(r"\b(iptables|ip6tables|nft|ip (route|link|addr)|socat|ifconfig)\b")


class Cause(enum.Enum):
    """What keeps a service from being started."""

    NO_REPLICAS = enum.auto()
    HOST_NETWORK = enum.auto()
    FOREIGN_NETWORK = enum.auto()


@dataclass(frozen=True, slots=True)
class PlannedNetwork:
    """A network of the skeleton: one for every *name* on the engine, however many keys lead to it."""

    name: str
    keys: tuple[str, ...]
    internal: bool
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StandIn:
    """One stand-in."""

    service: str
    networks: Mapping[str, tuple[str, ...]]
    """The names that it has on each network: the service's, its container's and the aliases."""
    mode: str | None
    """``none`` or ``bridge`` (the engine's own) in place of networks."""
    shares: str | None
    """The service whose network namespace it is in; that one listens for both."""
    ports: tuple[int, ...]
    links: Mapping[str, str]
    """The services by the names that only this one has for them."""
    hostname: str | None
    domainname: str | None
    extra_hosts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why a service has no stand-in."""

    cause: Cause
    reason: Message


@dataclass(frozen=True, slots=True)
class SkeletonPlan:
    """What to start, and what is to be said of the rest."""

    networks: tuple[PlannedNetwork, ...]
    stand_ins: tuple[StandIn, ...]
    skipped: Mapping[str, Skipped]
    dropped: Mapping[str, tuple[str, ...]]
    """What of the compose file has no part in it: the key, and the services or networks that have it."""
    remarks: tuple[Message, ...]

    def stand_in(self, service: str) -> StandIn | None:
        """The stand-in of a service; ``None`` where it has none."""
        return next((each for each in self.stand_ins if each.service == service), None)


def plan_skeleton(
    submission: Submission, project: ComposeProject, needed: Collection[str] | None = None
) -> SkeletonPlan:
    """Plan the skeleton of a compose project.

    :param needed: the services that it is about; by default those of the application.

    Raises ``Unverified`` where the services of the application alone are more than a skeleton has room for.
    """
    skipped = dict(_skipped(project))
    startable = [each for name, each in project.services.items() if name not in skipped]
    started, left_out = chosen(project, startable, needed)
    roots = {each.name: _root(project, each).name for each in started}
    own_ports = ports_of(submission, project)
    ports = {
        name: tuple(dict.fromkeys(port for other, root in roots.items() if root == name for port in own_ports[other]))
        for name in roots
    }
    stand_ins = tuple(_stand_in(project, each, roots[each.name], ports) for each in started)
    remarks = [*_remarks(project, started)]
    if left_out:
        remarks.append(_("left out to keep the skeleton small: {services}", services=left_out))
    used = {name for each in stand_ins for name in each.networks}
    return SkeletonPlan(
        networks=tuple(each for each in _networks(project) if each.name in used),
        stand_ins=stand_ins,
        skipped=skipped,
        dropped=_dropped(project, started),
        remarks=tuple(remarks),
    )


def _mode(project: ComposeProject, service: Service) -> str | None:
    """``network_mode``, also where it is an external network called like one."""
    if service.network_mode:
        return service.network_mode
    names = [project.networks[key].name for key in service.networks if project.networks[key].external]
    return next((name for name in names if name in _MODES), None)


def _root(project: ComposeProject, service: Service) -> Service:
    """The service whose network namespace ``service`` is in. Compose refuses circles."""
    for _step in project.services:
        target = (service.network_mode or "").partition("service:")[2]
        if target not in project.services:
            return service
        service = project.services[target]
    raise Unverified(_("network_mode: service: forms a cycle"))


def _skipped(project: ComposeProject) -> Iterator[tuple[str, Skipped]]:
    for name, service in project.services.items():
        root = _root(project, service)
        mode = _mode(project, root) or ""
        if service.replicas <= 0 or root.replicas <= 0:
            yield name, Skipped(Cause.NO_REPLICAS, _("{service} has 0 replicas", service=name))
        elif mode == "host":
            # Never started: it would be on the docker host itself, with whatever else runs there.
            yield name, Skipped(Cause.HOST_NETWORK, _("{service} is on the docker host's network", service=name))
        elif mode not in ("", "none", "bridge"):
            reason = _("{service} uses the network of something outside the project ({mode})", service=name, mode=mode)
            yield name, Skipped(Cause.FOREIGN_NETWORK, reason)


def _stand_in(project: ComposeProject, service: Service, root: str, ports: Mapping[str, tuple[int, ...]]) -> StandIn:
    is_root = root == service.name
    mode = _mode(project, service) if is_root else None
    names: dict[str, dict[str, None]] = {}
    for key in service.networks if is_root and mode is None else ():
        found = names.setdefault(project.networks[key].name, {})
        found.update(dict.fromkeys(name for name in service.names_on(key) if is_host_name(name)))
    # Engines since 20.10 (at least) make an alias of the hostname by themselves, so it is no name of the plan's.
    hostname, domainname = service.hostname, service.raw.get("domainname")
    return StandIn(
        service=service.name,
        networks={network: tuple(found) for network, found in names.items()},
        mode=mode,
        shares=None if is_root else root,
        ports=ports[service.name] if is_root else (),
        # The engine's own bridge has no names, and links there need containers in an order.
        links={alias: target for alias, target in service.links.items()
               if is_root and mode is None and is_host_name(alias) and target in ports},
        hostname=hostname if is_root and hostname and is_host_name(hostname) and len(hostname) < 64 else None,
        domainname=domainname if is_root and isinstance(domainname, str) and is_host_name(domainname) else None,
        extra_hosts=tuple(_hosts(service)) if is_root else (),
    )  # fmt: skip


def _hosts(service: Service) -> list[tuple[str, str]]:
    """``extra_hosts`` as names and addresses; at most 50, and only what is one."""
    found = []
    for entry in (service.raw.get("extra_hosts") or ())[:50]:
        name, _sign, address = re.sub(r"^([^=:]+)[=:]", r"\1=", str(entry)).partition("=")
        if is_host_name(name) and (address == "host-gateway" or re.fullmatch(r"\[?[0-9A-Fa-f:.]+\]?", address)):
            found.append((name, address.strip("[]")))
    return found


def _networks(project: ComposeProject) -> Iterator[PlannedNetwork]:
    by_name: dict[str, list[Network]] = {}
    for network in project.networks.values():
        by_name.setdefault(network.name, []).append(network)
    for name, keys in by_name.items():
        options = keys[0].raw.get("driver_opts") or {}
        yield PlannedNetwork(
            name=name,
            keys=tuple(each.key for each in keys),
            internal=any(bool(each.raw.get("internal")) for each in keys),
            options={ENABLE_ICC: "false"} if str(options.get(ENABLE_ICC, "")).lower() in ("false", "0") else {},
        )


def _dropped(project: ComposeProject, services: list[Service]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for service in services:
        for key in (each for each, value in service.raw.items() if value not in (None, {}, []) and each not in _KEPT):
            found.setdefault(key, []).append(service.name)
        for endpoint in (service.raw.get("networks") or {}).values():
            for key in (each for each in endpoint or {} if each != "aliases"):
                found.setdefault(key, []).append(service.name)
    for network in project.networks.values():
        for key, value in network.raw.items():
            rest = {each for each in value if each != ENABLE_ICC} if key == "driver_opts" and value else value
            is_plain = key == "driver" and value == "bridge"
            if rest and not is_plain and key not in _KEPT_OF_NETWORKS:
                found.setdefault(key, []).append(network.key)
    return {key: tuple(dict.fromkeys(names)) for key, names in sorted(found.items())}


def _remarks(project: ComposeProject, services: list[Service]) -> Iterator[Message]:
    for network in project.networks.values():
        driver = network.raw.get("driver")
        if driver not in (None, "", "bridge", "default"):
            yield _("the network {network} is a bridge here, not {driver}", network=network.key, driver=driver)
        if network.external and network.name not in _MODES:
            yield _("the network {name} would have to exist already: here it is one of ours", name=network.name)
    for service in services:
        if _changes_network(service):
            yield _("{service} may change its network when it really runs: only the app tier verifies that",
                    service=service.name)  # fmt: skip


def _changes_network(service: Service) -> bool:
    capabilities = [str(each).upper().removeprefix("CAP_") for each in service.raw.get("cap_add") or ()]
    sysctls = service.raw.get("sysctls") or {}
    words = " ".join([*(service.entrypoint or ()), *(service.command or ())])
    return (
        "NET_ADMIN" in capabilities
        or "ALL" in capabilities
        or any(str(each).startswith("net.") for each in sysctls)
        or bool(_NET_TOOLS.search(words))
    )
