"""HTTP over a connection that stands, with a deadline, and the cause behind whatever ends it early."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any, cast

from ...net.deadline import Deadline, TimedReadable
from . import errors
from .endpoints import Endpoint

__all__ = ["Answer", "Deadline", "explain", "json_answer", "request"]

_MAX_ANSWER = 4 * 1024 * 1024

# X509_V_ERR_* of OpenSSL's x509_vfy.h: times, then names
_CERT_TIMES = (9, 10)
_CERT_NAMES = (62, 63, 64)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    body: bytes
    keeps_open: bool
    """Whether the connection can carry another request."""


def request(connection: socket.socket, path: str, endpoint: Endpoint, deadline: Deadline) -> Answer:
    """GET ``path``; the connection stays open for another one. Raises :class:`~.errors.HostUnavailable`."""
    lines = (f"GET {path} HTTP/1.1", "Host: docker", "Accept: application/json", "User-Agent: pytest-dockerlab", "", "")
    try:
        connection.settimeout(deadline.left())
        # What refuses us may close before it has read this; why, it said before, so that is read all the same.
        broken: OSError | None = None
        try:
            connection.sendall("\r\n".join(lines).encode("ascii"))
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError) as error:
            broken = error
        response = http.client.HTTPResponse(cast("socket.socket", TimedReadable(connection, deadline)), method="GET")
        response.begin()
        body = response.read(_MAX_ANSWER + 1)
        if broken is not None and not body:
            raise broken
        if response.length and len(body) <= _MAX_ANSWER:
            raise http.client.IncompleteRead(body, response.length)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise explain(error, endpoint, deadline) from error
    if len(body) > _MAX_ANSWER:
        raise errors.NotDocker(str(endpoint), f"{body[:100]!r}… ({len(body)}+)")
    return Answer(response.status, body, not response.will_close)


def json_answer(answer: Answer, endpoint: Endpoint) -> dict[str, Any]:
    """The JSON object of an engine's answer. Raises :class:`~.errors.HostUnavailable` for every other answer."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        data = None
    message = data.get("message") if isinstance(data, dict) else None
    if answer.status in (401, 403):
        raise errors.HostForbidden(str(endpoint), message or answer.body, status=answer.status)
    if b"HTTP request to an HTTPS server" in answer.body[:200]:  # what Go's server says, with status 400
        raise errors.TlsRequired(str(endpoint))
    if answer.status != 200 and isinstance(message, str):
        raise errors.HostError(str(endpoint), message, status=answer.status)
    if answer.status != 200 or not isinstance(data, dict):
        raise errors.NotDocker(str(endpoint), answer.body or f"HTTP {answer.status}")
    return data


def explain(error: Exception, endpoint: Endpoint, deadline: Deadline) -> errors.HostUnavailable:
    """The cause behind an error that a connection ended with."""
    host = str(endpoint)
    match error:
        case ssl.SSLCertVerificationError():
            if error.verify_code in _CERT_TIMES:
                return errors.TlsExpired(host, error.verify_message)
            kind = errors.TlsWrongName if error.verify_code in _CERT_NAMES else errors.TlsUntrusted
            return kind(host, error.verify_message)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return errors.HostDied(host, "TLS: EOF")
        case ssl.SSLError():
            reason = error.reason or str(error)
            if "ALERT" in reason:
                # PROTOCOL_VERSION and the like are no word about the certificate.
                is_ours = not any(word in reason for word in ("PROTOCOL", "INTERNAL", "RECORD", "UNRECOGNIZED_NAME"))
                return (errors.TlsClientRefused if is_ours else errors.HostTls)(host, reason)
            if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"):
                return errors.TlsNotSpoken(host, reason)
            return errors.HostTls(host, reason)
        case TimeoutError():
            return errors.HostHangs(host, seconds=f"{deadline.seconds:g}")
        case http.client.RemoteDisconnected() | ConnectionError():
            return errors.HostDied(host, str(error))
        case http.client.IncompleteRead():
            return errors.HostDied(host, f"{len(error.partial)}/{len(error.partial) + (error.expected or 0)}")
        case http.client.BadStatusLine():
            return errors.NotDocker(host, str(error).strip("'\""))
        case http.client.HTTPException() | ValueError():
            return errors.NotDocker(host, f"{type(error).__name__}: {error}")
        case OSError() if error.errno in (errno.ENOTCONN, errno.EPIPE, errno.ECONNRESET):
            return errors.HostDied(host, str(error))
    return errors.HostUnreachable(host, str(error))
