"""The address rule: names come from submissions, so only public addresses are connected to.

A name is resolved once, and what is connected to is one of the addresses that were checked, by its number: a second
answer of the DNS (rebinding) has no say. The rule holds for each redirect and for the server that gives out tokens.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from .causes import Cause, Failure
from .deadline import Deadline

__all__ = ["ANY_ADDRESS", "AddressRule", "Resolve", "is_public", "resolve"]

Resolve = Callable[[str, int], list[str]]
"""The addresses of a host, as numbers. Raises ``OSError``."""

_MAX_ADDRESSES = 16
# Beside what ipaddress calls private (which differs a little between versions of Python): IANA's special-purpose
# registries. Everything that stands for another address is refused, whatever that one is; NAT64 see below.
_REFUSED = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carriers' own
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID and the other protocols' own
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
]
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an address, as a number, is one of the public internet. What is no address is not."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    if number.version == 6 and number in _NAT64:
        # The well-known prefix of RFC 6052: on a network without IPv4 every address of IPv4 comes in this form.
        return is_public(str(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)))
    if number.version == 6 and number not in _GLOBAL_UNICAST:
        return False
    is_special = number.is_multicast or number.is_reserved or any(number in network for network in _REFUSED)
    return number.is_global and not is_special


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's own resolver. Raises ``OSError``, ``UnicodeError`` for no name at all."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class AddressRule:
    """Which addresses may be connected to: public ones, and any for the host and port in ``lifted``."""

    lifted: tuple[str, int] | None = None
    resolve: Resolve = resolve
    is_open: bool = False
    """Whether any address may be, for any host: for what the user named and nobody else."""

    def allows(self, host: str, port: int, address: str) -> bool:
        """Whether ``address`` may be connected to for this host and port."""
        return self.is_open or (host, port) == self.lifted or is_public(address)

    def require(self, host: str, port: int, address: str) -> None:
        """Raise :class:`~.causes.Failure` unless ``address`` may be connected to for this host and port."""
        if not self.allows(host, port, address):
            raise Failure(Cause.NOT_PUBLIC, address)

    def addresses(self, host: str, port: int, deadline: Deadline, *, only: bool = False) -> list[str]:
        """The addresses of a host that may be connected to, at least one. Raises :class:`~.causes.Failure`.

        :param only: refuse the host if it has others too: for who cannot choose what is connected to.
        """
        found = self._resolved(host, port, deadline)
        allowed = [address for address in found if self.allows(host, port, address)][:_MAX_ADDRESSES]
        if not allowed or (only and len(allowed) < len(found)):
            raise Failure(Cause.NOT_PUBLIC, ", ".join(found[:3]))
        return allowed

    def _resolved(self, host: str, port: int, deadline: Deadline) -> list[str]:
        # The resolver knows no time limit, and a dead name server costs it 10 s and more: it runs in a thread that is
        # left behind when it is late.
        answer: list[list[str] | Exception] = []

        def ask() -> None:
            try:
                answer.append(self.resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        with contextlib.suppress(TimeoutError):
            thread.join(deadline.left())
        match answer:
            case [list() as found] if found:
                return found
            case [Exception() as error]:
                raise Failure(Cause.UNKNOWN_NAME, getattr(error, "strerror", None) or str(error), error)
            case []:
                raise Failure(Cause.UNKNOWN_NAME, "", TimeoutError())
        raise Failure(Cause.UNKNOWN_NAME, "")


ANY_ADDRESS = AddressRule(is_open=True)
"""For what the user named."""
