"""One HTTP request and its whole answer: to an address that was checked, by a deadline, of bounded size.

The standard library's HTTP parser, on sockets of ours. Not requests or urllib3: their timeouts are for the next byte,
so that a server which sends one a second holds them as long as it likes; they look the name up again, whatever was
checked before; and requests reads the body of a redirect whole, and unpacks it, before anybody can look at it. So there
are no proxies, no ``.netrc`` and no cookies either, and redirects are followed as the caller says: they lead anywhere.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import os
import socket
import ssl
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

from .. import __version__
from .addresses import ANY_ADDRESS, AddressRule
from .causes import Cause, Failure
from .deadline import Deadline
from .http import Answer, Request, Secret, Url

__all__ = ["Client", "connect", "exchange", "secure"]

_MAX_ADDRESSES = 8
_CLOSED_EARLY = (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError)


class Client:
    """Sends requests, a connection for each, to where ``rule`` allows.

    :param connect_timeout: seconds for each address of a host; without it, until the deadline.
    """

    def __init__(self, rule: AddressRule = ANY_ADDRESS, *, connect_timeout: float = float("inf")) -> None:
        self._rule = rule
        self._connect_timeout = connect_timeout

    def request(self, request: Request, deadline: Deadline, *, max_body: int, cut: bool = False) -> Answer:
        """The answer, of at most ``max_body`` bytes. Raises :class:`~.causes.Failure`.

        ``cut``: as in :func:`exchange`.
        """
        with self._connect(request.url, deadline) as connection:
            return exchange(connection, request, deadline, max_body=max_body, cut=cut)

    def _connect(self, url: Url, deadline: Deadline) -> socket.socket:
        connection = connect(url.host, url.port, deadline, self._rule, timeout=self._connect_timeout)
        return connection if url.scheme == "http" else secure(connection, self._tls, url.host, deadline)

    @functools.cached_property
    def _tls(self) -> ssl.SSLContext:
        # OpenSSL's own variables, SSL_CERT_FILE and SSL_CERT_DIR, name other authorities than the system's; where it
        # has none, as Python for macOS and Windows may not, those that come with requests.
        context = ssl.create_default_context()
        if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or context.get_ca_certs()):
            from requests.utils import DEFAULT_CA_BUNDLE_PATH

            context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        return context


def connect(
    host: str, port: int, deadline: Deadline, rule: AddressRule = ANY_ADDRESS, *, timeout: float = float("inf")
) -> socket.socket:
    """A connection to one of the host's addresses, ``timeout`` seconds for each. Raises :class:`~.causes.Failure`."""
    failure: OSError = TimeoutError()
    for address in rule.addresses(host, port, deadline)[:_MAX_ADDRESSES]:
        try:
            connection = socket.create_connection((address, port), min(timeout, deadline.left()))
            with _closing_on_error(connection):
                rule.require(host, port, str(connection.getpeername()[0]))
            return connection
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise Failure(Cause.SILENT, str(failure), failure)
    raise Failure.of(failure, is_sent=False)


def secure(connection: socket.socket, context: ssl.SSLContext, server_name: str, deadline: Deadline) -> ssl.SSLSocket:
    """Agree on TLS over ``connection``, which is taken over. Raises :class:`~.causes.Failure`.

    That the server's certificate is for ``server_name`` is verified where ``context`` does so.
    """
    try:
        with _closing_on_error(connection):
            secured = context.wrap_socket(connection, server_hostname=server_name, do_handshake_on_connect=False)
        with _closing_on_error(secured):
            secured.settimeout(deadline.left())
            secured.do_handshake()  # the time is for all of it
        return secured
    except (OSError, ValueError) as error:
        failure = Failure.of(error, is_sent=False)
    raise failure


def exchange(
    connection: socket.socket, request: Request, deadline: Deadline, *, max_body: int, cut: bool = False
) -> Answer:
    """The answer over a connection that stands, of at most ``max_body`` bytes. Raises :class:`~.causes.Failure`.

    ``cut``: of a larger one the beginning, else it is refused.
    """
    failure: Failure
    try:
        # Who refuses us may close before it has read this; why, it said before, so that is read all the same.
        closed: OSError | None = None
        try:
            connection.settimeout(deadline.left())
            connection.sendall(_bytes(request))
        except _CLOSED_EARLY as error:
            closed = error
        reader = io.BufferedReader(_Reader(connection, deadline))
        readable = SimpleNamespace(makefile=lambda _mode: reader)  # all that the parser asks of a socket
        response = http.client.HTTPResponse(cast("socket.socket", readable), method=request.method)
        response.begin()
        body = response.read(max_body + 1)
        if closed is not None and not body:
            raise closed
        if len(body) > max_body and cut:
            return Answer(request.url, response.status, response.headers, body[:max_body], is_cut=True)
        if len(body) > max_body:
            raise Failure(Cause.TOO_LARGE, f"{body[:100]!r}… ({len(body)}+)", is_sent=True)
        if response.length:
            raise http.client.IncompleteRead(body, response.length)
        return Answer(request.url, response.status, response.headers, body, keeps_open=not response.will_close)
    except (OSError, http.client.HTTPException, ValueError) as error:
        failure = Failure.of(error, is_sent=True)
    # Outside of the handler: no traceback then shows the frames below, where the headers are plain text.
    raise failure


def _bytes(request: Request) -> bytes:
    headers: dict[str, str | Secret] = {
        "Host": request.url.authority,
        "User-Agent": f"pytest-dockerlab/{__version__}",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **({} if request.body is None else {"Content-Length": str(len(request.body))}),
        **request.headers,
    }
    lines = [
        f"{request.method} {request.url.target} HTTP/1.1",
        *(f"{name}: {value.value if isinstance(value, Secret) else value}" for name, value in headers.items()),
    ]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line end in a header")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + (request.body or b"")


@contextlib.contextmanager
def _closing_on_error(connection: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


class _Reader(io.RawIOBase):
    # The parser reads as often as it likes, so the time is looked at on every read.
    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self._deadline.left())
        return self._connection.recv_into(buffer)
