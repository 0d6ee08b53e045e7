"""The first words with a docker host: connect, ask for JSON, and say exactly why not.

Done by hand and not by the SDK, because every step has a deadline (a server that sends one byte a second must not hold
us), and because the SDK tells causes apart only by their English.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from . import errors
from .endpoints import Endpoint, Tls
from .exchange import Deadline, explain, json_answer, request

__all__ = [
    "ANSWER_TIMEOUT",
    "CONNECT_TIMEOUT",
    "ask",
    "connect",
    "connect_tcp",
    "connect_unix",
    "handshake",
    "tls_context",
]

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
        connection = connect_unix(endpoint, socket_path or endpoint.path, deadline)
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


def connect_unix(endpoint: Endpoint, path: str, deadline: Deadline) -> socket.socket:
    """Connect to a socket's path. Raises :class:`~.errors.HostUnavailable`."""
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
    timed_out = errors.HostTimeout(str(endpoint), seconds=f"{CONNECT_TIMEOUT:g}")
    failure: OSError | None = None
    try:
        deadline = deadline.sooner(CONNECT_TIMEOUT)
        for family, kind, protocol, _name, address in _resolve(endpoint, deadline):
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(deadline.left())
                connection.connect(address)
            except OSError as error:
                connection.close()
                failure = error
            else:
                return connection
    except TimeoutError as error:
        raise timed_out from error
    if isinstance(failure, ConnectionRefusedError):
        raise errors.HostRefused(str(endpoint)) from failure
    if failure is None or isinstance(failure, TimeoutError):
        raise timed_out from failure
    raise errors.HostUnreachable(str(endpoint), failure.strerror or str(failure)) from failure


def _resolve(endpoint: Endpoint, deadline: Deadline) -> list[Any]:
    # getaddrinfo knows no time limit, and a dead name server costs it 10 s and more: it is left behind in its thread.
    answers: list[Any] = []

    def look_up() -> None:
        try:
            answers.append(socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not answers:
        raise TimeoutError
    if isinstance(answers[0], Exception):
        detail = getattr(answers[0], "strerror", None) or str(answers[0])
        raise errors.HostUnknownName(str(endpoint), detail, name=endpoint.host) from answers[0]
    return cast("list[Any]", answers[0])


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
    connection.settimeout(0)
    secured = context.wrap_socket(
        connection, server_hostname=server_name or endpoint.host, do_handshake_on_connect=False
    )
    try:
        while True:
            try:
                secured.do_handshake()
                break
            except ssl.SSLWantReadError:
                select.select([secured], [], [], deadline.left())
            except ssl.SSLWantWriteError:
                select.select([], [secured], [], deadline.left())
    except (OSError, ValueError) as error:
        secured.close()
        raise explain(error, endpoint, deadline) from error
    return secured
