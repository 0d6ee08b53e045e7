"""A network namespace as its insider sees it: interfaces, addresses and routes, from /proc and /sys."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from pathlib import Path

from .probe_answers import Address, ProbeError, answer_lines, unreadable

__all__ = [
    "Interface",
    "NetworkView",
    "Route",
    "own_view",
    "parse_fib_trie",
    "parse_if_inet6",
    "parse_routes",
    "parse_view",
    "view_script",
]

_VIEW = """\
n=$(readlink /proc/self/ns/net) && echo "N $n"
for d in /sys/class/net/*; do
  { read -r f < "$d/flags"; } 2>/dev/null && echo "I ${d##*/} $f"
done
for f in fib_trie if_inet6 route; do
  [ -r /proc/net/$f ] && sed "s/^/$f /" /proc/net/$f
done
echo .
"""
_VIEW_OF_PID = """\
sed -n 's/^ *\\([^ ]*\\): .*/I \\1 -/p' /proc/PID/net/dev || exit
for f in fib_trie if_inet6 route; do
  [ -r /proc/PID/net/$f ] && sed "s/^/$f /" /proc/PID/net/$f
done
echo .
"""


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface.

    ``is_up`` is ``None`` where it was read through another process' /proc, which does not say.
    """

    name: str
    is_up: bool | None
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A line of the IPv4 routing table; ``gateway`` is ``None`` for what is reached directly."""

    interface: str
    destination: IPv4Network
    gateway: IPv4Address | None


@dataclass(frozen=True, slots=True)
class NetworkView:
    """A network namespace as its insider sees it."""

    namespace: str | None
    """As ``net:[4026531840]``. Inode numbers are reused at once: compare only what is alive at the same time."""
    interfaces: tuple[Interface, ...]
    unassigned: tuple[Address, ...]
    """Addresses that no directly connected route ties to an interface."""
    routes: tuple[Route, ...]
    unsettled: frozenset[Address]
    """IPv6 addresses that are temporary, tentative, deprecated or refused as duplicates: here now, gone in a moment."""

    @property
    def names(self) -> frozenset[str]:
        """The interfaces' names."""
        return frozenset(interface.name for interface in self.interfaces)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address, whichever interface has it."""
        return (*(address for interface in self.interfaces for address in interface.addresses), *self.unassigned)

    def interface(self, name: str) -> Interface | None:
        """The interface of that name."""
        return next((interface for interface in self.interfaces if interface.name == name), None)


def view_script(pid: int | None = None) -> str:
    """Tell the probe's own namespace, or that of the process ``pid`` as a pid=host probe sees it.

    Such a probe may read ``/proc/PID/net``, but not always the links of ``/proc/PID/ns``.
    """
    return _VIEW if pid is None else _VIEW_OF_PID.replace("PID", str(int(pid)))


def parse_view(output: str) -> NetworkView:
    """Read the answer to :func:`view_script`."""
    namespace: str | None = None
    flags: dict[str, bool | None] = {}
    tables: dict[str, list[str]] = {"fib_trie": [], "if_inet6": [], "route": []}
    for line in answer_lines(output):
        key, _space, rest = line.partition(" ")
        if key == "N" and re.fullmatch(r"net:\[\d+\]", rest):
            namespace = rest
        elif key == "I" and (match := re.fullmatch(r"(\S+) (-|0x[0-9a-f]+)", rest)):
            flags[match[1]] = None if match[2] == "-" else bool(int(match[2], 16) & 1)
        elif key in tables:
            tables[key].append(rest)
        else:
            raise unreadable(line)
    if not flags:
        raise ProbeError("a probe saw no network interface at all, not even loopback", stdout=output)
    routes = parse_routes(tables["route"])
    by_interface: dict[str, list[Address]] = {name: [] for name in flags}
    unassigned: list[Address] = []
    for address in parse_fib_trie(tables["fib_trie"]):
        name = "lo" if address.is_loopback else _interface_of(address, routes)
        by_interface.get(name or "", unassigned).append(address)
    unsettled: set[Address] = set()
    for address6, name6, is_settled in parse_if_inet6(tables["if_inet6"]):
        by_interface.get(name6, unassigned).append(address6)
        if not is_settled:
            unsettled.add(address6)
    interfaces = tuple(Interface(name, flags[name], tuple(by_interface[name])) for name in sorted(flags))
    return NetworkView(namespace, interfaces, tuple(unassigned), routes, frozenset(unsettled))


def own_view() -> NetworkView | None:
    """The network namespace of this very process, without interface states; ``None`` where the system has no /proc.

    Not from /sys: what is mounted there may belong to another namespace.
    """
    proc = Path("/proc/self/net")
    try:
        lines = [f"N {Path('/proc/self/ns/net').readlink()}"]
        for line in (proc / "dev").read_text("ascii").splitlines()[2:]:  # below two of headings
            lines.append(f"I {line.partition(':')[0].strip()} -")
        for table in ("fib_trie", "if_inet6", "route"):
            with contextlib.suppress(FileNotFoundError):  # a kernel without IPv6
                lines += [f"{table} {line}" for line in (proc / table).read_text("ascii").splitlines()]
    except OSError:
        return None
    return parse_view("\n".join([*lines, "."]))


def parse_fib_trie(lines: Iterable[str]) -> list[IPv4Address]:
    """The local addresses of /proc/net/fib_trie, each once: a leaf ``|-- ADDRESS``, below it ``/32 host LOCAL``."""
    leaf = ""
    found: dict[IPv4Address, None] = {}
    for line in lines:
        text = line.strip()
        if text.startswith("|-- "):
            leaf = text.removeprefix("|-- ")
        elif text == "/32 host LOCAL":
            found[IPv4Address(leaf)] = None
    return list(found)


def parse_if_inet6(lines: Iterable[str]) -> list[tuple[IPv6Address, str, bool]]:
    """/proc/net/if_inet6: address, interface, and whether it is settled.

    Fields: address, index, prefix length, scope, flags, name, in hexadecimal. Flags of linux/if_addr.h: temporary 01,
    refused as a duplicate 08, deprecated 20, tentative 40.
    """
    found = []
    for line in lines:
        fields = line.split()
        if len(fields) != 6:
            raise unreadable(line)
        found.append((IPv6Address(int(fields[0], 16)), fields[5], not int(fields[4], 16) & 0x69))
    return found


def parse_routes(lines: Iterable[str]) -> tuple[Route, ...]:
    """/proc/net/route: little-endian hexadecimal. The heading and rejecting routes (flag 0200) are left out."""
    routes = []
    for line in lines:
        fields = line.split()
        if not fields or fields[0] == "Iface":
            continue
        if len(fields) < 8:
            raise unreadable(line)
        flags = int(fields[3], 16)
        if flags & 0x200:
            continue
        destination, gateway, mask = (IPv4Address(bytes.fromhex(fields[index])[::-1]) for index in (1, 2, 7))
        network = IPv4Network(f"{destination}/{mask}", strict=False)
        routes.append(Route(fields[0], network, gateway if flags & 2 else None))
    return tuple(routes)


def _interface_of(address: IPv4Address, routes: Iterable[Route]) -> str | None:
    direct = [route for route in routes if route.gateway is None and address in route.destination]
    return max(direct, key=lambda route: route.destination.prefixlen).interface if direct else None
