"""Networks of ours, each with a small subnet of its own.

The engine's own address pools end at about 30 networks, and two networks of one subnet are refused. So every network
gets a /28 of one range, chosen under a lock of this engine, clear of the engine's other networks and of the docker
host's routes (the engine checks the first and not the second); one that still says "overlaps" is asked again.
"""

from __future__ import annotations

import ipaddress
import os
import random
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import ConfigurationError, DockerlabError
from ...messages import _
from ..network_view import parse_routes
from .labels import NETWORK_PREFIX, Labels
from .locks import engine_lock

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = [
    "DEFAULT_RANGE",
    "RANGE_VARIABLE",
    "Network",
    "NoSubnetLeft",
    "create_network",
    "free_subnets",
    "subnet_range",
]

DEFAULT_RANGE = "10.213.0.0/16"
"""Neither Docker's own pools (172.17–31, 192.168), nor the low 10.x that homes, clouds and VPNs begin with."""
RANGE_VARIABLE = "DOCKERLAB_SUBNETS"
PREFIX = 28
_ATTEMPTS = 16


@dataclass(frozen=True, slots=True)
class Network:
    """A bridge network of ours."""

    host: DockerHost = field(repr=False, compare=False)
    id: str
    name: str
    subnet: IPv4Network

    @property
    def bridge(self) -> str:
        """The name of its bridge among the docker host's interfaces."""
        return f"br-{self.id[:12]}"

    @property
    def gateway(self) -> str:
        """The first address, which the engine gives to no container: the docker host's own, where it is on it."""
        return str(self.subnet[1])

    def remove(self) -> None:
        """Remove it. Nothing may be on it any more."""
        self.host.client.api.remove_network(self.id)


class NoSubnetLeft(DockerlabError):
    """Every subnet of the range is taken, by networks of the engine or by routes of the docker host."""


def subnet_range(environ: Mapping[str, str] = os.environ) -> IPv4Network:
    """The range our subnets come from: DOCKERLAB_SUBNETS, else the default.

    Raises :class:`ConfigurationError` for what is no private IPv4 range that holds at least one /28.
    """
    text = environ.get(RANGE_VARIABLE) or DEFAULT_RANGE
    try:
        network = IPv4Network(text)
    except ValueError as error:
        raise ConfigurationError(
            _(
                "{variable}: {value} is not an IPv4 range: {why}",
                variable=RANGE_VARIABLE,
                value=repr(text),
                why=str(error),
            )
        ) from None
    if network.prefixlen > PREFIX or not network.is_private:
        raise ConfigurationError(
            _(
                "{variable}: {value} is not a private range with room for a /{prefix}",
                variable=RANGE_VARIABLE,
                value=repr(text),
                prefix=PREFIX,
            )
        )
    return network


def free_subnets(pool: IPv4Network, taken: Iterable[IPv4Network], start: int) -> Iterator[IPv4Network]:
    """Every /28 of ``pool`` that overlaps none of ``taken``, beginning at index ``start`` and going around."""
    # Only what reaches into the pool: an engine may have many other networks.
    inside = [network for network in taken if network.overlaps(pool)]
    count = 2 ** (PREFIX - pool.prefixlen)
    size = 2 ** (32 - PREFIX)
    first = int(pool.network_address)
    for index in range(count):
        subnet = IPv4Network((first + (start + index) % count * size, PREFIX))
        if not any(subnet.overlaps(network) for network in inside):
            yield subnet


def create_network(
    host: DockerHost,
    labels: Labels,
    purpose: str = "lab",
    *,
    internal: bool = False,
    options: Mapping[str, str] | None = None,
    above: Network | None = None,
    routes: Iterable[IPv4Network] = (),
    rank: int = 0,
) -> Network:
    """Create a bridge network of ours.

    :param internal: as docker's ``--internal``: no way out.
    :param options: driver options.
    :param above: a bridge of ours whose members see the network (macvlan), while the docker host, which that bridge
        belongs to, does not: the kernel hands nothing from a macvlan interface to the one below it.
    :param rank: where its name sorts. A container that is on several networks asks their name servers in the order of
        the networks' names (libnetwork's endpoints of a sandbox; seen on 20.10), and takes the first answer.
    :param routes: the docker host's routes, where it is not this machine; a local one's are read here.

    Raises :class:`NoSubnetLeft` when the range is used up, and lets every other refusal of the engine through.
    """
    from docker.errors import APIError
    from docker.types import IPAMConfig, IPAMPool

    api = host.client.api
    pool = subnet_range()
    name = f"{NETWORK_PREFIX}{rank:03}-{secrets.token_hex(6)}"
    refused: list[IPv4Network] = []
    # Beginning anywhere: runs on other machines that share this engine do not see our lock.
    start = random.randrange(2 ** (PREFIX - pool.prefixlen))  # noqa: S311 - no secret
    with engine_lock(host, "networks"):
        for _attempt in range(_ATTEMPTS):
            taken = [*_networks_of(api.networks()), *routes, *_local_routes(host), *refused]
            subnet = next(free_subnets(pool, taken, start), None)
            if subnet is None:
                break
            try:
                created = api.create_network(
                    name,
                    driver="bridge" if above is None else "macvlan",
                    ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet), gateway=str(subnet[1]))]),
                    labels=labels.make("network", purpose),
                    internal=internal,
                    options={**(options or {}), **({} if above is None else {"parent": above.bridge})},
                )
            except APIError as error:
                if "overlap" not in str(error).lower():
                    raise
                refused.append(subnet)
                continue
            return Network(host, str(created["Id"]), name, subnet)
    raise NoSubnetLeft(
        f"no free /{PREFIX} for a network in {pool}: run 'dockerlab clean', or set {RANGE_VARIABLE} to another range",
        host=host.address,
    )


def _networks_of(networks: Iterable[Mapping[str, Any]]) -> Iterator[IPv4Network]:
    for network in networks:
        for config in (network.get("IPAM") or {}).get("Config") or ():
            try:
                parsed = ipaddress.ip_network(config.get("Subnet") or "", strict=False)
            except ValueError:
                continue
            if isinstance(parsed, IPv4Network):
                yield parsed


def _local_routes(host: DockerHost) -> list[IPv4Network]:
    if not host.is_local:
        return []
    try:
        text = Path("/proc/net/route").read_text("ascii")
    except OSError:
        return []
    # The default route overlaps everything, and so do the two halves VPNs split it into.
    return [route.destination for route in parse_routes(text.splitlines()) if route.destination.prefixlen > 1]
