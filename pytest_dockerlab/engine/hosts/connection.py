"""The first words with a docker host: connect, ask for JSON, and say exactly why not.

Not by the SDK, because every step has a deadline (a server that sends one byte a second must not hold us), and because
the SDK tells causes apart only by their English.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...net import client
from ...net.causes import Cause, Failure
from ...net.deadline import Deadline
from ...net.http import Answer, Request, Url
from . import errors
from .endpoints import Endpoint, Tls

__all__ = [
    "ANSWER_TIMEOUT",
    "CONNECT_TIMEOUT",
    "ask",
    "connect",
    "connect_tcp",
    "handshake",
    "json_answer",
    "request",
    "tls_context",
]

_MAX_ANSWER = 4 * 1024 * 1024
CONNECT_TIMEOUT = 5.0
"""Seconds until a connection stands."""
ANSWER_TIMEOUT = 15.0
"""Seconds for everything: the connection and all that is asked over it."""


@contextmanager
def connect(endpoint: Endpoint, deadline: Deadline, socket_path: str | None = None) -> Iterator[socket.socket]:
    """A connection over which HTTP can be spoken. Raises :class:`~.errors.HostUnavailable`.

    ``socket_path`` is where an ssh endpoint's connections are accepted on this machine.
    """
    if endpoint.scheme == "tcp":
        context = None if endpoint.tls is None else tls_context(endpoint.tls, endpoint)
        connection = connect_tcp(endpoint, deadline)
        if context is not None:
            connection = handshake(connection, context, endpoint, deadline)
    else:
        connection = _connect_unix(endpoint, socket_path or endpoint.path, deadline)
    with connection:
        yield connection


def ask(endpoint: Endpoint, paths: Sequence[str], socket_path: str | None = None) -> list[dict[str, Any]]:
    """The JSON objects an engine answers to GETs of ``paths``, within :data:`ANSWER_TIMEOUT` in all.

    Raises :class:`~.errors.HostUnavailable`.
    """
    deadline = Deadline(ANSWER_TIMEOUT)
    answers: list[dict[str, Any]] = []
    while len(answers) < len(paths):  # one connection, or one for each where the other side closes it
        with connect(endpoint, deadline, socket_path) as connection:
            for path in paths[len(answers) :]:
                answer = request(connection, path, endpoint, deadline)
                answers.append(json_answer(answer, endpoint))
                if not answer.keeps_open:
                    break
    return answers


def _connect_unix(endpoint: Endpoint, path: str, deadline: Deadline) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(deadline.sooner(CONNECT_TIMEOUT).left())
        connection.connect(path)
    except OSError as error:
        connection.close()
        match error:
            case FileNotFoundError() | NotADirectoryError():
                raise errors.HostSocketMissing(str(endpoint), path=path) from error
            case PermissionError():
                raise errors.HostPermissionDenied(str(endpoint), path=path) from error
            case ConnectionRefusedError():
                raise errors.HostRefused(str(endpoint)) from error
            case TimeoutError() | BlockingIOError():  # the queue of a listener that accepts nothing is full
                raise errors.HostHangs(str(endpoint), seconds=f"{CONNECT_TIMEOUT:g}") from error
        raise errors.HostUnreachable(str(endpoint), str(error)) from error
    return connection


def connect_tcp(endpoint: Endpoint, deadline: Deadline) -> socket.socket:
    """Connect to a tcp endpoint, no TLS yet. Raises :class:`~.errors.HostUnavailable`."""
    assert endpoint.port is not None
    try:
        return client.connect(endpoint.host, endpoint.port, deadline.sooner(CONNECT_TIMEOUT))
    except TimeoutError as error:
        raise errors.HostTimeout(str(endpoint), seconds=f"{CONNECT_TIMEOUT:g}") from error
    except Failure as failure:
        raise _explained(failure, endpoint, deadline) from failure


def tls_context(tls: Tls, endpoint: Endpoint) -> ssl.SSLContext:
    """A client's TLS context by the files of ``tls``. Raises :class:`~.errors.TlsMaterialInvalid`.

    Not ``ssl.create_default_context``: since Python 3.13 it is so strict (RFC 5280) that it refuses the certificates
    that docker-machine issues.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        if tls.ca is not None:
            context.load_verify_locations(tls.ca)
        elif tls.verify:
            context.load_default_certs()
        if tls.cert is not None and tls.key is not None:
            # Without a password given here OpenSSL would ask for one on the terminal, and wait.
            context.load_cert_chain(tls.cert, tls.key, password="")
    except (OSError, ValueError) as error:
        files = ", ".join(str(path) for path in (tls.ca, tls.cert, tls.key) if isinstance(path, Path))
        raise errors.TlsMaterialInvalid(str(endpoint), f"{files}: {error}") from error
    return context


def handshake(
    connection: socket.socket,
    context: ssl.SSLContext,
    endpoint: Endpoint,
    deadline: Deadline,
    server_name: str | None = None,
) -> ssl.SSLSocket:
    """Agree on TLS over ``connection``, which is taken over. Raises :class:`~.errors.HostUnavailable`.

    The server's name is verified where ``context`` does so: ``server_name``, else the endpoint's host.
    """
    try:
        return client.secure(connection, context, server_name or endpoint.host, deadline)
    except Failure as failure:
        raise _explained(failure, endpoint, deadline) from failure


def request(connection: socket.socket, path: str, endpoint: Endpoint, deadline: Deadline) -> Answer:
    """GET ``path``; the connection stays open for another one. Raises :class:`~.errors.HostUnavailable`."""
    headers = {"Accept": "application/json", "Connection": "keep-alive"}
    asked = Request(Url("http", "docker", 80, path), headers=headers)
    try:
        return client.exchange(connection, asked, deadline, max_body=_MAX_ANSWER)
    except Failure as failure:
        raise _explained(failure, endpoint, deadline) from failure


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


_ERRORS: dict[Cause, type[errors.HostUnavailable]] = {
    Cause.REFUSED: errors.HostRefused,
    Cause.TLS: errors.HostTls,
    Cause.TLS_NOT_SPOKEN: errors.TlsNotSpoken,
    Cause.TLS_CLIENT_REFUSED: errors.TlsClientRefused,
    Cause.TLS_UNTRUSTED: errors.TlsUntrusted,
    Cause.TLS_WRONG_NAME: errors.TlsWrongName,
    Cause.TLS_EXPIRED: errors.TlsExpired,
    Cause.CLOSED: errors.HostDied,
    Cause.NOT_HTTP: errors.NotDocker,
    Cause.TOO_LARGE: errors.NotDocker,
}


def _explained(failure: Failure, endpoint: Endpoint, deadline: Deadline) -> errors.HostUnavailable:
    host = str(endpoint)
    if failure.cause is Cause.SLOW:
        return errors.HostHangs(host, seconds=f"{deadline.seconds:g}")
    if isinstance(failure.error, TimeoutError):
        return errors.HostTimeout(host, seconds=f"{CONNECT_TIMEOUT:g}")
    if failure.cause is Cause.UNKNOWN_NAME:
        return errors.HostUnknownName(host, failure.detail, name=endpoint.host)
    return _ERRORS.get(failure.cause, errors.HostUnreachable)(host, failure.detail)
