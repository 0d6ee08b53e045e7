"""The way out of a closed network, to the public internet and to nothing else: a container of ours that forwards.

A build's steps have docker's default capabilities (the classic builder gives them no others), so that they may send any
frame. Routes in their own network namespace would hold nobody. So they are on a closed network, and whatever they send
arrives at the router, whose routes are out of their reach: private and link-local ranges, the docker host's own
addresses and the special ones of clouds are black holes for what it forwards.

There is no address translation in busybox. So what is behind the router has an address of the network in front of it,
which the docker host translates as any container's; the router answers for it there (proxy ARP).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from ...findings import Unverified
from ..probe_answers import ProbeError
from ..probes.container import second
from ..waiting import wait_until
from .networks import closed_network
from .relay import SETUP

if TYPE_CHECKING:
    from ..owned.networks import Network
    from ..probes.probe import Probe
    from ..probes.starting import Probes

__all__ = ["CLOSED_RANGES", "WayOut", "behind_a_router", "name_servers"]

CLOSED_RANGES = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers', VPNs' and a cloud's own
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server, a public address in name only
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
    )
)
# Where the docker host's name server is one of these, it is the docker host itself or a cloud's metadata server.
_NOT_FOR_NAMES = tuple(IPv4Network(text) for text in ("127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16"))
_PUBLIC_SERVERS = (IPv4Address("8.8.8.8"), IPv4Address("8.8.4.4"))
"""What docker itself takes where it finds no other."""
_TABLE = 213
_host_addresses: dict[str, tuple[IPv4Address, ...]] = {}
_name_servers: dict[str, tuple[IPv4Address, ...]] = {}

# $d is the interface to the networks of elsewhere, $u the one to whoever is behind
_ROUTER = """\
d=$(on FRONT) && u=$(on UNDER) || exit
busybox ip route add BEHIND/32 dev $u || exit
busybox ip route add default via GATEWAY dev $d table TABLE || exit
CLOSED
busybox ip rule add dev $u table TABLE pref 100 || exit
echo ready
exec sleep LIFETIME
"""
_HOLDER = """\
d=$(on OWN) || exit
busybox ip addr add BEHIND/32 dev $d || exit
busybox ip route add FRONT/32 dev $d || exit
busybox ip route replace default via FRONT dev $d src BEHIND || exit
echo ready
exec sleep LIFETIME
"""


@dataclass(frozen=True, slots=True)
class WayOut:
    """``holder`` has a network namespace that leads to the public internet alone, to be shared by other people's code.
    Nobody shares anything of the ``router``."""

    holder: Probe
    router: Probe
    networks: tuple[Network, ...]


def behind_a_router(probes: Probes, allowed: Sequence[IPv4Network] = ()) -> WayOut:
    """A new way out, on an engine that has closed networks. What was made belongs to ``probes``, also if this raises.

    :param allowed: addresses that may be reached although they are none of the public internet's.
    """
    network = closed_network(probes, has_a_way_out=True)
    front = probes.network()
    servers = name_servers(probes)
    open_ones = [*allowed, *map(IPv4Network, servers)]
    closed = [*CLOSED_RANGES, *map(IPv4Network, _addresses(probes))]
    words = {
        "FRONT": second(front),
        "UNDER": second(network.under),
        "OWN": second(network.network),
        "BEHIND": str(front.subnet[-2]),
        "GATEWAY": front.gateway,
        "TABLE": str(_TABLE),
        "LIFETIME": str(int(probes.labels.lifetime)),
        "CLOSED": "\n".join(_routes(closed, open_ones, front.gateway)),
    }
    router, holder = probes.start_all(
        {
            "network": front,
            "also_on": [network.under],
            "command": ["sh", "-c", SETUP + _filled(_ROUTER, words)],
            "is_net_admin": True,
            "sysctls": {
                "net.ipv4.ip_forward": "1",
                "net.ipv4.conf.all.proxy_arp": "1",
                "net.ipv4.conf.all.accept_source_route": "0",
            },
        },
        {
            "network": network.network,
            "dns": [str(each) for each in servers],
            "command": ["sh", "-c", SETUP + _filled(_HOLDER, words)],
            "is_net_admin": True,
        },
    )
    _wait_until_ready(router)
    _wait_until_ready(holder)
    return WayOut(holder, router, (network.network, network.under, front))


def name_servers(probes: Probes) -> tuple[IPv4Address, ...]:
    """The name servers for what is behind a router; empty where the engine has its own way to the docker host's.

    They may be private: then they are let through, with all their ports, for busybox knows no rule for one of them. The
    docker host itself and a cloud's metadata server are none; public ones take their place.
    """
    key = probes.host.facts.id
    if key not in _name_servers:
        probe = probes.start()  # the engine gives to a container of its default bridge what it found itself
        done = probe.exec(["cat", "/etc/resolv.conf"])
        probe.remove()
        words = [line.split() for line in done.stdout.splitlines()]
        texts = [line[1] for line in words if len(line) > 1 and line[0] == "nameserver" and ":" not in line[1]]
        found = tuple(map(IPv4Address, texts))
        own = _addresses(probes)
        fit = tuple(each for each in found if each not in own and not any(each in net for net in _NOT_FOR_NAMES))
        _name_servers[key] = () if found == _PUBLIC_SERVERS else fit or _PUBLIC_SERVERS
    return _name_servers[key]


def _addresses(probes: Probes) -> tuple[IPv4Address, ...]:
    """The docker host's own; empty where nobody may look."""
    key = probes.host.facts.id
    if key not in _host_addresses:
        try:
            probe = probes.start(network="host")
        except Unverified:
            _host_addresses[key] = ()
        else:
            found = probe.view().addresses
            probe.remove()
            _host_addresses[key] = tuple(each for each in found if isinstance(each, IPv4Address))
    return _host_addresses[key]


def _routes(closed: Iterable[IPv4Network], allowed: Sequence[IPv4Network], gateway: str) -> Iterator[str]:
    """Black holes, and holes in these: the longest prefix counts."""
    for each in dict.fromkeys(closed):
        if each not in allowed:
            yield f"busybox ip route add blackhole {each} table {_TABLE} || exit"
    for each in dict.fromkeys(allowed):
        yield f"busybox ip route add {each} via {gateway} dev $d table {_TABLE} || exit"


def _filled(script: str, words: Mapping[str, str]) -> str:
    for name, value in words.items():
        script = script.replace(name, value)
    return script


def _wait_until_ready(probe: Probe) -> None:
    def is_ready() -> bool:
        if "ready" in probe.logs().split():
            return True
        if not probe.pid:
            raise ProbeError(f"a way out could not be made: {probe.logs()[:300]}", host=probe.host.address)
        return False

    wait_until(is_ready, timeout=20, error=lambda: ProbeError(f"a way out was not made: {probe.logs()[:300]}"))
