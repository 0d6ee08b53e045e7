"""The way in to services on closed networks: a container of ours, whose published ports lead to them.

It is the one that is on the bridges below these networks. There it has the first address of the network above, which
the engine keeps free. It forwards no packets: it takes a connection and makes one of its own, as docker's own proxy
does, so that a port of a service that does not listen is answered and closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..probe_answers import ProbeError
from ..probes.container import second
from .networks import ClosedNetwork

if TYPE_CHECKING:
    from ..probes.starting import Probes

__all__ = ["Relay", "Target"]

_FIRST_PORT = 1024
_LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
# the interface with an address: busybox prints "2: eth0    inet 10.0.0.2/28 …"
SETUP = """\
on() { busybox ip -o -4 addr | while read -r _ d _ a _; do case $a in "$1"/*) echo "$d";; esac; done; }
"""


@dataclass(frozen=True, slots=True)
class Target:
    """One port of a service, and the network it is reached over."""

    service: str
    port: int
    network: ClosedNetwork


class Relay:
    """Starts when it is made; belongs to ``probes``. Where the docker host is this machine, nobody else can use it.

    :param networks: all the closed networks; without it on their bridges nothing passes there.
    """

    def __init__(
        self,
        probes: Probes,
        networks: Sequence[ClosedNetwork],
        targets: Sequence[Target],
    ) -> None:
        self._targets = tuple(targets)
        self._addresses: dict[str, str] = {}
        ports = range(_FIRST_PORT, _FIRST_PORT + len(self._targets))
        # busybox has two kinds of nc, which say by different words that they go on listening
        lines = [SETUP, 'case "$(nc --help 2>&1)" in *-lk*) l=-lk;; *) l=-ll;; esac']
        for network in dict.fromkeys(each.network for each in self._targets):
            if network.is_closed:
                own, prefix = network.network.gateway, network.network.subnet.prefixlen
                lines.append(f'busybox ip addr add {own}/{prefix} dev "$(on {second(network.under)})" || exit')
        for at, target in enumerate(self._targets):
            script = f"#!/bin/sh\\nexec nc $(cat /tmp/{_file(targets, target.service)}) {target.port} 2>/dev/null\\n"
            lines.append(f"printf '{script}' > /tmp/{at}.sh && chmod 755 /tmp/{at}.sh || exit")
            lines.append(f"nc $l -p {ports[at]} -e /tmp/{at}.sh &")
        lines.append("wait; exec sleep 1000000")
        self._probe = probes.start(
            network=probes.network() if self._targets else networks[0].under,
            also_on=[each.under for each in (networks if self._targets else networks[1:])],
            command=["sh", "-c", "\n".join(lines)],
            publish=ports,
            publish_at=_LOOPBACK.get(probes.host.address),
            is_net_admin=True,
            sysctls={"net.ipv4.ip_forward": "0"},
        )

    def lead(self, service: str, address: str) -> None:
        """Where a service is now. Raises :class:`ProbeError`."""
        if self._addresses.get(service) == address:
            return
        done = self._probe.exec(["sh", "-c", f"echo {address} > /tmp/{_file(self._targets, service)}"])
        if done.returncode != 0:
            raise ProbeError("a relay could not be set", returncode=done.returncode, stderr=done.stderr)
        self._addresses[service] = address

    def target(self, service: str, port: int) -> Target | None:
        """Whether it leads to this port."""
        return next((each for each in self._targets if (each.service, each.port) == (service, port)), None)

    def published(self, target: Target) -> int:
        """The docker host's port that leads there."""
        return self._probe.published(_FIRST_PORT + self._targets.index(target))


def _file(targets: Sequence[Target], service: str) -> str:
    """A name of a file for a service, whose own may hold anything."""
    return f"s{next(at for at, each in enumerate(targets) if each.service == service)}"
