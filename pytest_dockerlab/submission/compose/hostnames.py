"""Host names: which the processes of a service are told to use, and what a resolver can be asked for."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...findings import Location
from ..scan.roles import Role, role_of_name
from .environment import Variable

__all__ = ["HostReference", "is_address", "is_host_name", "references"]

_URL = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?(?P<hosts>[^/?#\s'\"]+)", re.IGNORECASE)
_LOCAL = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|\[::1?\]|host\.docker\.internal", re.IGNORECASE)
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9._-]{1,253}")


@dataclass(frozen=True, slots=True)
class HostReference:
    """A host name that a service is told to use. ``role`` is whose name it should be, by the variable's own name."""

    host: str
    variable: str
    role: Role | None
    location: Location


def references(environment: Mapping[str, Variable]) -> list[HostReference]:
    """The host names that a service's variables hold: those called ``*_HOST``, and all that hold URLs.

    Its own machine and names with a dot, which are the internet's, are left out.
    """
    return [
        HostReference(host, name, role_of_name(name), variable.at)
        for name, variable in environment.items()
        for host in dict.fromkeys(_hosts(name, variable.value))
        if not _LOCAL.fullmatch(host) and ("." not in host or is_address(host))
    ]


def is_address(host: str) -> bool:
    """Whether it is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_host_name(text: str) -> bool:
    """Whether a resolver can be asked for it: letters, digits, ``.``, ``-`` and ``_``, 63 between two dots (RFC 1035).

    Docker's own resolver takes ``_``; that Ruby refuses it in a URL is another matter.
    """
    return bool(_HOST_NAME.fullmatch(text)) and all(0 < len(each) < 64 for each in text.split("."))


def _hosts(name: str, value: str) -> Iterator[str]:
    for match in _URL.finditer(value):
        for host in match["hosts"].split(","):  # MongoDB's URLs list several
            yield _without_port(host)
    if re.fullmatch(r"\w+_HOST(NAME)?", name, re.IGNORECASE) and value.strip() and "://" not in value:
        yield _without_port(value.strip())


def _without_port(host: str) -> str:
    return re.sub(r":\d*$", "", host) if host.count(":") == 1 else host.strip("[]")
