"""The registry that the user names, and the one each image's name belongs to."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from .errors import EndpointInvalid
from .references import DOCKER_HUB, ImageReference, is_docker_hub

__all__ = ["PUBLIC", "Credentials", "RegistryEndpoint", "endpoint_of", "parse_endpoint"]

PUBLIC = "public"
_HUB_HOST = "registry-1.docker.io"
_HUB_TOKENS = "auth.docker.io"
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::(?P<port>[0-9]{1,5}))?/?"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password. The password stands in no text that is made of them."""

    user: str
    password: str = field(repr=False)

    def basic(self) -> str:
        """The value of the header ``Authorization`` (RFC 7617)."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")


@dataclass(frozen=True, slots=True)
class RegistryEndpoint:
    """Where a registry answers. ``host`` has no brackets around an IPv6 address."""

    scheme: str
    host: str
    port: int
    credentials: Credentials | None = None

    @property
    def is_hub(self) -> bool:
        """Whether it is Docker Hub."""
        return self.host == _HUB_HOST

    @property
    def name(self) -> str:
        """How an image's name begins that belongs to it: the host, and the port unless it is the usual one."""
        if self.is_hub:
            return DOCKER_HUB
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def may_have_credentials(self, scheme: str, host: str) -> bool:
        """Whether a server that gives out tokens for this registry may see the user's login.

        The registry's own host may, not less protected than the registry; for Docker Hub the one it is known to have.
        """
        is_protected = scheme == "https" or self.scheme == "http"
        return is_protected and (host == self.host or (self.is_hub and host == _HUB_TOKENS))

    def __str__(self) -> str:
        return f"{self.scheme}://{self.name}"


def parse_endpoint(text: str) -> RegistryEndpoint | None:
    """What ``--hw-registry`` says; ``None`` for ``public``. Raises :class:`~.errors.EndpointInvalid`.

    User and password may be percent-encoded, as in a URL. No error repeats what was given, for it may be a password.
    """
    if text.strip().lower() == PUBLIC:
        return None
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        scheme, rest = "https", text.strip()
    login, at, place = rest.rpartition("@")
    match = _HOST.fullmatch(place)
    if scheme.lower() not in _PORTS or match is None:
        raise EndpointInvalid("--hw-registry", "[http://|https://][USER:PASSWORD@]HOST[:PORT]")
    user, colon, password = login.partition(":")
    if at and not (user and colon):
        raise EndpointInvalid("--hw-registry", "USER:PASSWORD@")
    credentials = Credentials(unquote(user), unquote(password)) if at else None
    port = int(match["port"] or _PORTS[scheme.lower()])
    if not 0 < port < 65536:
        raise EndpointInvalid("--hw-registry", "PORT")
    host = match["host"].strip("[]").lower()
    if is_docker_hub(host) and port == 443:
        host = _HUB_HOST
    return RegistryEndpoint(scheme.lower(), host, port, credentials)


def endpoint_of(reference: ImageReference, named: RegistryEndpoint | None) -> RegistryEndpoint | None:
    """Where an image is to be looked for; ``None`` where that is not the registry the user named.

    Without a named one it is the registry of the image's name, always with TLS. With one, names that say no registry
    are looked for there, and those that say this one.
    """
    if named is not None:
        written = reference.host
        is_same = written is None or (is_docker_hub(written) and named.is_hub)
        return named if is_same or written in (named.name, f"{named.name}:{named.port}") else None
    if reference.registry == DOCKER_HUB:
        return RegistryEndpoint("https", _HUB_HOST, 443)
    match = _HOST.fullmatch(reference.registry)
    if match is None:
        return None
    return RegistryEndpoint("https", match["host"].strip("[]"), int(match["port"] or 443))
