"""Host names: which the processes of a service are told to use, and what a resolver can be asked for."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...findings import Location
from ..scan.roles import Role, role_of_name
from .environment import Variable

__all__ = ["HostReference", "is_address", "is_host_name", "lost_references", "references"]

_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{0,30})://(?:[^/@\s]*@)?(?P<hosts>[^/?#\s'\"]*)", re.IGNORECASE)
_WITH_HOST = re.compile(r"https?|mongodb(\+srv)?|tcp", re.IGNORECASE)
_OWN = re.compile(r"localhost(\.localdomain)?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?", re.IGNORECASE)
_LOCAL = re.compile(rf"{_OWN.pattern}|host\.docker\.internal", re.IGNORECASE)
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
        each
        for each in _references(environment)
        if each.host and not _LOCAL.fullmatch(each.host) and ("." not in each.host or is_address(each.host))
    ]


def lost_references(environment: Mapping[str, Variable]) -> list[HostReference]:
    """Those that hold no host, or the service's own container."""
    return [each for each in _references(environment) if not each.host or _OWN.fullmatch(each.host)]


def _references(environment: Mapping[str, Variable]) -> Iterator[HostReference]:
    for name, variable in environment.items():
        for host in dict.fromkeys(_hosts(name, variable.value)):
            yield HostReference(host, name, role_of_name(name), variable.at)


def is_address(host: str) -> bool:
    """Whether it is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_host_name(text: str) -> bool:
    """Whether a resolver can be asked for it: letters, digits, ``.``, ``-`` and ``_``, 63 between two dots (RFC 1035).

    Docker's own resolver takes ``_``, and so do Ruby's URI.parse and Net::HTTP; only URI::HTTP.build refuses it.
    """
    return bool(_HOST_NAME.fullmatch(text)) and all(0 < len(each) < 64 for each in text.split("."))


def _hosts(name: str, value: str) -> Iterator[str]:
    for match in _URL.finditer(value):
        for host in match["hosts"].split(","):  # MongoDB's URLs list several
            if host or _WITH_HOST.fullmatch(match["scheme"]):  # a file:/// has none
                yield _without_port(host)
    if re.fullmatch(r"\w+_HOST(NAME)?", name, re.IGNORECASE) and "://" not in value:
        yield _without_port(value.strip())


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return re.sub(r":\d*$", "", host) if host.count(":") == 1 else host
