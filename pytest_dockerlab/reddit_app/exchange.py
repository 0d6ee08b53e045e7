"""One HTTP request and its whole answer, by a deadline: who answers may be slow, endless, or speak something else.

Not by requests or urllib3: their timeouts are for the next byte, so that a server which sends one a second holds them
as long as it likes, and requests reads the body of a redirect whole, and unpacks it, before anybody can look at it.
"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlencode, urlsplit

from ..errors import DockerlabError
from ..messages import Message, _, excerpt
from ..net.deadline import Deadline

__all__ = ["MAX_BODY", "Answer", "Cause", "NoAnswer", "exchange"]

MAX_BODY = 1024 * 1024
"""Bytes of an answer's body that are read; more is no answer."""
_MAX_ADDRESSES = 8
# Always the same: rack-protection ends a session whose user agent changes.
_HEADERS = {
    "User-Agent": "pytest-dockerlab",
    "Accept": "text/html, application/xhtml+xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


class Cause(StrEnum):
    """Why there is no answer."""

    UNKNOWN_NAME = "unknown name"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_ROUTE = "no route"
    """This machine has no way there, an IPv6 address without IPv6, say."""
    SILENT = "silent"
    """Nobody took the connection in time: the sign of a firewall."""
    TLS = "TLS"
    SLOW = "slow"
    CLOSED = "closed"
    NOT_HTTP = "not HTTP"
    TOO_LARGE = "too large"
    PACKED = "packed"
    REDIRECTS = "redirects"
    ELSEWHERE = "elsewhere"


class NoAnswer(DockerlabError):
    """There is no answer that can be used: ``cause`` for programs, ``reason`` for people."""

    def __init__(self, cause: Cause, reason: Message, host: str) -> None:
        super().__init__(str(reason), host=host)
        self.cause = cause
        self.reason = reason

    @property
    def is_lost(self) -> bool:
        """Whether the request may have been taken, and done, though no answer came."""
        return self.cause in (Cause.SLOW, Cause.CLOSED)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole. ``url`` is where it came from, after redirects."""

    url: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    is_redirected: bool = False

    @property
    def content_type(self) -> str:
        """Without parameters, in lower case; empty where the server does not say."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


class _TimedSocket(socket.socket):
    # Every receipt is due by one deadline, however little each of them brings.
    until: Deadline

    def recv_into(self, *args: object, **words: object) -> int:
        self.settimeout(self.until.left())
        return super().recv_into(*args, **words)  # type: ignore[arg-type]


class _TimedTlsSocket(ssl.SSLSocket):
    until: Deadline

    def recv_into(self, *args: object, **words: object) -> int:
        self.settimeout(self.until.left())
        return super().recv_into(*args, **words)  # type: ignore[arg-type]


def exchange(
    method: str,
    url: str,
    *,
    timeout: float,
    fields: Sequence[tuple[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask once and read the whole answer, all within ``timeout`` seconds; redirects are not followed.

    ``fields`` are sent in the body, as a form's are. ``url`` is http or https, and ASCII. Proxies and passwords of the
    environment do not count. Raises :class:`NoAnswer`.
    """
    until = Deadline(timeout)
    parts = urlsplit(url)
    sent = {"Host": parts.netloc.rpartition("@")[2], **_HEADERS, **(headers or {})}
    body = None
    if fields is not None:
        body = urlencode(fields).encode("ascii")
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _connect(parts, until, timeout) as connection:
        client = http.client.HTTPConnection(parts.hostname or "")
        client.sock = connection
        try:
            client.request(method, path, body, sent)
            return _read(client.getresponse(), url)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _explained(error, parts, timeout) from error


def _read(response: http.client.HTTPResponse, url: str) -> Answer:
    host = urlsplit(url).netloc
    with response:
        encoding = str(response.headers.get("Content-Encoding", "")).strip().lower()
        if encoding not in ("", "identity"):
            # A few kilobytes may unpack to gigabytes, and nobody asked for it.
            reason = _("its answer is packed ({encoding}), though none of that was asked for", encoding=encoding[:40])
            raise NoAnswer(Cause.PACKED, reason, host)
        body = response.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise NoAnswer(Cause.TOO_LARGE, _("its answer is larger than {count} bytes", count=MAX_BODY), host)
        if response.length:
            raise http.client.IncompleteRead(body, response.length)
        return Answer(url, response.status, response.headers, body)


def _connect(parts: SplitResult, until: Deadline, timeout: float) -> socket.socket:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = _("the name {host} is not known: {detail}", host=host, detail=excerpt(str(error)))
        raise NoAnswer(Cause.UNKNOWN_NAME, reason, parts.netloc) from error
    failure: OSError | None = None
    for family, kind, protocol, _name, address in found[:_MAX_ADDRESSES]:
        connection = _TimedSocket(family, kind, protocol)
        connection.until = until
        try:
            connection.settimeout(until.left())
            connection.connect(address)
            return _secured(connection, host, until) if parts.scheme == "https" else connection
        except OSError as error:
            connection.close()
            failure = error
    assert failure is not None, "getaddrinfo returns an address or raises"
    raise _unconnected(failure, parts, timeout) from failure


def _secured(connection: _TimedSocket, host: str, until: Deadline) -> socket.socket:
    context = ssl.create_default_context()
    context.sslsocket_class = _TimedTlsSocket
    connection.settimeout(until.left())
    try:
        secured = context.wrap_socket(connection, server_hostname=host)
    except TimeoutError as error:  # which is no sign of a firewall: the connection stands
        raise ssl.SSLError(0, "the handshake timed out") from error
    assert isinstance(secured, _TimedTlsSocket)
    secured.until = until
    return secured


def _unconnected(error: OSError, parts: SplitResult, timeout: float) -> NoAnswer:
    host = parts.netloc
    match error:
        case ssl.SSLError():
            reason = _("no TLS connection to {host}: {detail}", host=host, detail=excerpt(str(error)))
            return NoAnswer(Cause.TLS, reason, host)
        case TimeoutError():
            reason = _("{host} does not take the connection within {seconds} s", host=host, seconds=f"{timeout:g}")
            return NoAnswer(Cause.SILENT, reason, host)
        case ConnectionRefusedError():
            return NoAnswer(Cause.REFUSED, _("{host} refuses the connection: nobody listens there", host=host), host)
        case ConnectionError():
            return _closed(error, host)
    detail = error.strerror or str(error)
    if error.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        reason = _("there is no way from here to {host}: {detail}", host=host, detail=excerpt(detail))
        return NoAnswer(Cause.NO_ROUTE, reason, host)
    return NoAnswer(Cause.UNREACHABLE, _("{host} cannot be reached: {detail}", host=host, detail=excerpt(detail)), host)


def _explained(error: Exception, parts: SplitResult, timeout: float) -> NoAnswer:
    host = parts.netloc
    match error:
        case TimeoutError():
            reason = _("{host} did not send its answer within {seconds} s", host=host, seconds=f"{timeout:g}")
            return NoAnswer(Cause.SLOW, reason, host)
        # RemoteDisconnected is a BadStatusLine too
        case http.client.RemoteDisconnected() | ConnectionError() | http.client.IncompleteRead():
            return _closed(error, host)
        case OSError() if error.errno in (errno.ENOTCONN, errno.EPIPE) or isinstance(error, ssl.SSLError):
            return _closed(error, host)
        case OSError():
            return _unconnected(error, parts, timeout)
    detail = excerpt(str(error).strip("'\"")) or type(error).__name__
    return NoAnswer(Cause.NOT_HTTP, _("{host} answers, and not in HTTP: {detail}", host=host, detail=detail), host)


def _closed(error: Exception, host: str) -> NoAnswer:
    detail = excerpt(str(error)) or type(error).__name__
    return NoAnswer(
        Cause.CLOSED,
        _("{host} closed the connection before its answer was whole: {detail}", host=host, detail=detail),
        host,
    )
