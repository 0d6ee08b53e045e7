"""A skeleton: a stand-in of ours for every service of a compose project, on networks of ours with its names.

The stand-ins are started through the Engine API, not by compose. It is quicker (no program to start, no wait between
create and start, containers killed and not stopped), and it says exactly what is wanted: aliases and links by network,
a namespace shared with another stand-in. Compose itself would add nothing but what must go again: it resolved the file
before, and what it hands to the engine for names and networks are the very endpoint settings written here
(``Aliases`` and ``Links`` of https://docs.docker.com/reference/api/engine/, container create and network connect).

Works without pytest; the plan is whatever has these attributes::

    with resolve_docker_host() as host, Probes(host) as probes:
        skeleton = start_skeleton(probes, plan)
        cells = skeleton.measure({("ui", "post"), ("ui", "post_db")})
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..owned.labels import SCOPE
from ..owned.networks import Network
from ..probe_answers import ProbeError
from .connections import listen_script
from .matrix import Cell, Member, measure
from .probe import Probe

if TYPE_CHECKING:
    from .starting import Probes

__all__ = ["NetworkPlan", "Plan", "Skeleton", "StandInPlan", "start_skeleton"]

Value = TypeVar("Value")
Result = TypeVar("Result")

# The engine starts containers nearly one by one; what is gained is the rest of each call.
_AT_ONCE = 4


class NetworkPlan(Protocol):
    """A network to make. ``options`` are driver options of a bridge."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def internal(self) -> bool: ...  # noqa: D102
    @property
    def options(self) -> Mapping[str, str]: ...  # noqa: D102


class StandInPlan(Protocol):
    """A stand-in to start: the fields of a planned stand-in, see the fixtures for who makes one."""

    @property
    def service(self) -> str: ...  # noqa: D102
    @property
    def networks(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102
    @property
    def mode(self) -> str | None: ...  # noqa: D102
    @property
    def shares(self) -> str | None: ...  # noqa: D102
    @property
    def ports(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def links(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def hostname(self) -> str | None: ...  # noqa: D102
    @property
    def domainname(self) -> str | None: ...  # noqa: D102
    @property
    def extra_hosts(self) -> tuple[tuple[str, str], ...]: ...  # noqa: D102


class Plan(Protocol):
    """What a skeleton is made of."""

    @property
    def networks(self) -> Sequence[NetworkPlan]: ...  # noqa: D102
    @property
    def stand_ins(self) -> Sequence[StandInPlan]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The stand-ins, running. The :class:`~.starting.Probes` they were made with removes them."""

    networks: Mapping[str, Network]
    """By the student's name for the engine."""
    members: Mapping[str, Member]
    """By service."""
    probes: Probes = field(repr=False)

    def measure(self, wanted: Collection[tuple[str, str]], others: Collection[tuple[str, str]] = ()) -> list[Cell]:
        """Measure who reaches whom: by every name and address for ``wanted``, more lightly for ``others``."""
        return measure(self.members, wanted, others)


def start_skeleton(
    probes: Probes,
    plan: Plan,
    *,
    networks: Mapping[str, Network] | None = None,
    script: Callable[[StandInPlan, str], str] = lambda stand_in, token: listen_script(stand_in.ports, token),
    dns: Sequence[str] = (),
    started: Callable[[str, str], None] = lambda service, container: None,
) -> Skeleton:
    """Start every stand-in of the plan. They listen a few milliseconds later: measuring waits for that.

    :param networks: those of the plan, by name, where they are made already.
    :param script: what a stand-in does, which has a token: by default it says that on all its ports.
    :param dns: the name servers for what the engine itself does not know; by default the docker host's.
    :param started: called with a service and its stand-in's container as soon as that runs, while others start.

    Raises :class:`ProbeError` for a stand-in that does not stay up, with what it wrote.
    """
    image = probes.image
    # One after another: they would only wait for each other's lock.
    # a name that two networks know is answered by the first: ours sort as the real ones do
    made_networks = networks or {
        each.name: probes.network(internal=each.internal, options=each.options, rank=rank)
        for rank, each in enumerate(sorted(plan.networks, key=lambda each: each.name))
    }
    names = {each.service: f"pytest-dockerlab-{secrets.token_hex(6)}" for each in plan.stand_ins}
    tokens = {each.service: secrets.token_hex(8) for each in plan.stand_ins}
    made: dict[str, str] = {}

    def start(stand_in: StandInPlan) -> str:
        api = probes.host.client.api
        lifetime = int(probes.labels.lifetime)
        command = ["sh", "-c", script(stand_in, tokens[stand_in.service]) + f"exec sleep {lifetime}"]
        container = _create(probes, image, stand_in, command, names, made_networks, made, dns)
        for name in list(stand_in.networks)[1:]:
            # Before the start, where it only writes the settings down: afterwards it costs as much as a start.
            endpoint = _endpoint(stand_in, name, names)
            api.connect_container_to_network(
                container, made_networks[name].id, aliases=endpoint["aliases"], links=endpoint["links"]
            )
        api.start(container)
        started(stand_in.service, container)
        return container

    for group in (
        [each for each in plan.stand_ins if each.shares is None],
        [each for each in plan.stand_ins if each.shares is not None],  # they need the container they share
    ):
        made.update(zip([each.service for each in group], _in_parallel(start, group), strict=True))
    return Skeleton(made_networks, _members(probes, plan, names, made_networks, tokens, made), probes)


def _in_parallel(function: Callable[[Value], Result], values: Iterable[Value]) -> list[Result]:
    """Nothing is still going on when this returns or raises: what was made is then there to be found, and removed."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(function, values))


def _endpoint(stand_in: StandInPlan, network: str, names: Mapping[str, str]) -> dict[str, Any]:
    links = [(names[target], alias) for alias, target in stand_in.links.items() if target in names]
    return {"aliases": list(stand_in.networks[network]) or None, "links": links or None}


def _create(
    probes: Probes,
    image: str,
    stand_in: StandInPlan,
    command: Sequence[str],
    names: Mapping[str, str],
    networks: Mapping[str, Network],
    made: Mapping[str, str],
    dns: Sequence[str],
) -> str:
    api = probes.host.client.api
    first = next(iter(stand_in.networks), None)
    mode = stand_in.mode or "none"
    configuration: Any = None
    if stand_in.shares is not None:
        mode = f"container:{made[stand_in.shares]}"
    elif first is not None:
        mode = networks[first].name
        endpoints: Any = {mode: api.create_endpoint_config(**_endpoint(stand_in, first, names))}
        configuration = api.create_networking_config(endpoints)
    container = api.create_container(
        image,
        list(command),
        name=names[stand_in.service],
        hostname=stand_in.hostname,
        domainname=stand_in.domainname,
        labels=probes.labels.make("container", "stand-in"),
        host_config=api.create_host_config(
            network_mode=mode,
            extra_hosts=[f"{name}:{address}" for name, address in stand_in.extra_hosts] or None,
            dns=list(dns) if dns and stand_in.shares is None else None,
        ),
        networking_config=configuration,
    )
    return str(container["Id"])


def _members(
    probes: Probes,
    plan: Plan,
    names: Mapping[str, str],
    networks: Mapping[str, Network],
    tokens: Mapping[str, str],
    made: Mapping[str, str],
) -> dict[str, Member]:
    """The stand-ins as they run, from one question to the engine."""
    listed = probes.host.client.api.containers(filters={"label": [f"{SCOPE}={probes.scope}"]})
    running = {str(each["Id"]): each["NetworkSettings"]["Networks"] for each in listed}
    by_service = {each.service: each for each in plan.stand_ins}
    members: dict[str, Member] = {}
    for stand_in in plan.stand_ins:
        owner = by_service[stand_in.shares or stand_in.service]
        probe = Probe(probes.host, made[stand_in.service], names[stand_in.service], tokens[owner.service])
        if probe.id not in running:
            said = probe.logs().strip()[-500:]
            raise ProbeError(f"the stand-in of {stand_in.service} does not stay up: {said}", host=probes.host.address)
        attached = running[made[owner.service]]
        own = {key: networks[key].name for key in owner.networks} if owner.networks else {"bridge": "bridge"}
        addresses = {key: str(attached[name]["IPAddress"]) for key, name in own.items() if name in attached}
        members[stand_in.service] = Member(
            service=stand_in.service,
            root=owner.service,
            probe=probe,
            ports=owner.ports,
            names={} if stand_in.shares else stand_in.networks,
            addresses={key: address for key, address in addresses.items() if address},
            links=owner.links,
        )
    return members
