"""Where the programs of a container listen: why a port that is published leads to nobody."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..messages import Message, _

if TYPE_CHECKING:
    from ..engine.probes.starting import Probes

__all__ = ["Listener", "listeners_of", "parse_listeners", "why_nobody_answers"]

_LISTENS = "0A"
_DOCKERS_OWN = "127.0.0.11"
"""Its name server, which is in every network namespace of a network with names."""


class Listener(NamedTuple):
    """An address that is listened on, and its port."""

    address: str
    port: int

    @property
    def is_reachable(self) -> bool:
        """Whether anybody but its own container can reach it."""
        return not ipaddress.ip_address(self.address).is_loopback

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def listeners_of(probes: Probes, container: str) -> tuple[Listener, ...]:
    """Who listens in a container, seen by a probe in its network namespace: its image may have no program to tell."""
    probe = probes.start(network=f"container:{container}")
    said = probe.exec(["busybox", "cat", "/proc/net/tcp", "/proc/net/tcp6"])
    probe.remove()
    return parse_listeners(said.stdout)


def parse_listeners(text: str) -> tuple[Listener, ...]:
    """Those of /proc/net/tcp and tcp6: hexadecimal, in words of four bytes whose lowest comes first."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == _LISTENS:
            address, _colon, port = words[1].partition(":")
            parts = [bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8)]
            found.append(Listener(str(ipaddress.ip_address(b"".join(parts))), int(port, 16)))
    return tuple(dict.fromkeys(each for each in found if each.address != _DOCKERS_OWN))


def why_nobody_answers(service: str, port: int, listeners: Sequence[Listener]) -> tuple[Message, Message] | None:
    """Why a published port of a service leads to nobody, and what helps; ``None`` where somebody listens on it."""
    there = [each for each in listeners if each.port == port]
    if any(each.is_reachable for each in there):
        return None
    if there:
        return (
            _("{service} listens on {address}, which nobody outside its container reaches",
              service=service, address=str(there[0])),
            _("make it listen on 0.0.0.0:{port}", port=port),
        )  # fmt: skip
    if listeners:
        return (
            _("{service} listens on {addresses}, and not on port {port}, which is published",
              service=service, addresses=list(map(str, listeners)), port=port),
            _("publish the port that it listens on, or make it listen on {port}", port=port),
        )  # fmt: skip
    return (
        _("nothing listens in the container of {service}", service=service),
        _("see what starts it: it has to serve on 0.0.0.0:{port}", port=port),
    )
