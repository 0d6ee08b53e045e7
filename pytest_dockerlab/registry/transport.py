"""One HTTP request to a registry: to an address that was checked, within a deadline, with an answer of bounded size.

The standard library's own HTTP parser on a socket of ours: no proxies, no ``.netrc``, no cookies, and no redirects but
those that the client follows itself, because each of them would go where a submission says.
"""

from __future__ import annotations

import functools
import http.client
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote, urljoin, urlsplit

from .. import __version__
from ..net.deadline import Deadline, TimedReadable
from .addresses import AddressRule
from .errors import (
    AddressRefused,
    NotARegistry,
    RedirectRefused,
    RegistryDied,
    RegistryError,
    RegistryTimeout,
    RegistryTls,
    RegistryTooMuch,
    RegistryUnreachable,
)

__all__ = ["Answer", "Secret", "Transport", "Url", "redirected"]

_PORTS = {"http": 80, "https": 443}
_CONNECT = 10.0
"""Seconds for each address."""
_MAX_TRIES = 4


@dataclass(frozen=True, slots=True)
class Secret:
    """The value of a header that no traceback may show."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Url:
    """Where a request goes: ``target`` is the path and the query."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str, base: Url | None = None) -> Url:
        """A URL, relative to ``base``. Raises ``ValueError`` for one that is no plain http or https."""
        parts = urlsplit(urljoin(str(base), text) if base is not None else text)
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            raise ValueError("no plain URL of http or https")
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (
            "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~?") if parts.query else ""
        )
        return cls(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], target)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Whom the request goes to."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The host, and the port unless it is the usual one: the header ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole."""

    url: Url
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def header(self, name: str) -> str:
        """A header's value; empty without it."""
        return str(self.headers.get(name, ""))

    @property
    def media_type(self) -> str:
        """The content's type without its parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


class Transport:
    """Sends requests, a connection for each, to where ``rule`` allows."""

    def __init__(self, rule: AddressRule) -> None:
        self._rule = rule

    def request(
        self,
        method: str,
        url: Url,
        headers: Mapping[str, str | Secret],
        deadline: Deadline,
        *,
        max_body: int,
    ) -> Answer:
        """The answer to GET or HEAD, of at most ``max_body`` bytes. Raises :class:`~.errors.RegistryError`."""
        addresses = self._rule.addresses(url.host, url.port, deadline)
        problem: RegistryError
        try:
            with self._connect(url, addresses, deadline) as connection:
                return _exchange(connection, method, url, headers, deadline, max_body)
        except RegistryError:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            problem = _explain(error, url, deadline)
        # Outside of the handler: no traceback then shows the frames below, where the headers are plain text.
        raise problem

    def _connect(self, url: Url, addresses: list[str], deadline: Deadline) -> socket.socket:
        failure = ""
        for address in addresses[:_MAX_TRIES]:
            try:
                connection = socket.create_connection((address, url.port), min(_CONNECT, deadline.left()))
                break
            except OSError as error:
                failure = str(error) or type(error).__name__
        else:
            raise RegistryUnreachable(url.authority, failure)
        try:
            reached = str(connection.getpeername()[0])
            if not self._rule.allows(url.host, url.port, reached):
                raise AddressRefused(url.host, address=reached)
            if url.scheme == "http":
                return connection
            connection.settimeout(deadline.left())
            return self._tls.wrap_socket(connection, server_hostname=url.host)
        except BaseException:
            connection.close()
            raise

    @functools.cached_property
    def _tls(self) -> ssl.SSLContext:
        # OpenSSL's own variables, SSL_CERT_FILE and SSL_CERT_DIR, name other authorities than the system's; where it
        # has none, as Python for macOS and Windows may not, those that come with requests.
        context = ssl.create_default_context()
        if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or context.get_ca_certs()):
            from requests.utils import DEFAULT_CA_BUNDLE_PATH

            context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        return context


def _exchange(
    connection: socket.socket,
    method: str,
    url: Url,
    headers: Mapping[str, str | Secret],
    deadline: Deadline,
    max_body: int,
) -> Answer:
    lines = [
        f"{method} {url.target} HTTP/1.1",
        f"Host: {url.authority}",
        f"User-Agent: pytest-dockerlab/{__version__}",
        "Accept-Encoding: identity",
        "Connection: close",
        *(f"{name}: {value.value if isinstance(value, Secret) else value}" for name, value in headers.items()),
    ]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line end in a header")
    connection.settimeout(deadline.left())
    connection.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    response = http.client.HTTPResponse(cast("socket.socket", TimedReadable(connection, deadline)), method=method)
    response.begin()
    body = response.read(max_body + 1)
    if len(body) > max_body:
        raise RegistryTooMuch(url.host, limit=max_body)
    if response.length:
        raise http.client.IncompleteRead(body, response.length)
    return Answer(url, response.status, response.headers, body)


def _explain(error: Exception, url: Url, deadline: Deadline) -> RegistryError:
    """The cause behind an error that a connection ended with."""
    host = url.authority
    match error:
        case ssl.SSLCertVerificationError():
            return RegistryTls(host, error.verify_message)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return RegistryDied(host, "TLS: EOF")
        case ssl.SSLError():
            return RegistryTls(host, error.reason or str(error))
        case TimeoutError():
            return RegistryTimeout(host, seconds=f"{deadline.seconds:g}")
        case http.client.RemoteDisconnected() | ConnectionError():
            return RegistryDied(host, str(error))
        case http.client.IncompleteRead():
            return RegistryDied(host, f"{len(error.partial)}/{len(error.partial) + (error.expected or 0)}")
        case http.client.HTTPException() | ValueError():
            return NotARegistry(host, f"{type(error).__name__}: {error}".strip("'\": "))
    return RegistryUnreachable(host, str(error))


def redirected(answer: Answer) -> Url:
    """Where an answer redirects to. Raises :class:`~.errors.RedirectRefused`."""
    location = answer.header("Location")
    try:
        target = Url.parse(location, answer.url)
    except ValueError:
        raise RedirectRefused(answer.url.authority, location) from None
    if answer.url.scheme == "https" and target.scheme != "https":
        raise RedirectRefused(answer.url.authority, str(target))
    return target
