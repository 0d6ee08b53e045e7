"""What a docker host that speaks TLS does with one client certificate or another: tried, not read somewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ...messages import excerpt
from ...net.deadline import Deadline
from . import errors
from .certificates import KeyPair, client_certificate
from .connection import ANSWER_TIMEOUT, connect_tcp, handshake, json_answer, request, tls_context
from .endpoints import Endpoint, Tls

__all__ = ["Trial", "expired_certificate", "foreign_certificate", "try_client", "try_plain", "try_server_name"]


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether the docker host let us in, and what it said when it did not."""

    is_accepted: bool
    answer: str

    def __str__(self) -> str:
        return self.answer


def try_client(endpoint: Endpoint, pair: KeyPair | None) -> Trial:
    """Ask for the version over TLS, showing the certificate ``pair`` or none.

    The server's own certificate is not looked at here. Raises :class:`~.errors.HostUnavailable` where nothing can be
    said: no connection, or no answer in time.
    """
    tls = Tls(verify=False) if pair is None else Tls(cert=pair.cert, key=pair.key, verify=False)
    return _try(replace(endpoint, tls=tls))


def try_plain(endpoint: Endpoint) -> Trial:
    """Ask for the version without TLS at all. Raises as :func:`try_client`."""
    return _try(replace(endpoint, url=f"tcp://{_bracketed(endpoint.host)}:{endpoint.port}", tls=None))


def try_server_name(endpoint: Endpoint, server_name: str | None = None) -> None:
    """Agree on TLS and verify the server: its CA, its dates and its name (``server_name``, else the endpoint's host).

    Raises :class:`~.errors.HostTls` where the server's certificate does not hold, as every
    :class:`~.errors.HostUnavailable`.
    """
    assert endpoint.tls is not None, "there is no TLS to verify"
    context = tls_context(replace(endpoint.tls, verify=True), endpoint)
    deadline = Deadline(ANSWER_TIMEOUT)
    handshake(connect_tcp(endpoint, deadline), context, endpoint, deadline, server_name).close()


@contextmanager
def foreign_certificate() -> Iterator[KeyPair]:
    """A client certificate that is valid now, of an authority nobody trusts."""
    with _folder() as folder:
        yield client_certificate(folder)


@contextmanager
def expired_certificate(authority: KeyPair) -> Iterator[tuple[KeyPair, KeyPair]]:
    """A client certificate of ``authority`` that expired yesterday, and one that differs in its dates only: valid now.

    They never leave a private folder of this machine, and are removed at the end. Raises
    :class:`~.certificates.CannotIssue` where ``authority`` cannot issue any.
    """
    with _folder() as folder:
        yield client_certificate(folder, authority, is_expired=True), client_certificate(folder, authority)


def _try(endpoint: Endpoint) -> Trial:
    deadline = Deadline(ANSWER_TIMEOUT)
    connection = connect_tcp(endpoint, deadline)
    with connection:
        try:
            if endpoint.tls is not None:
                connection = handshake(connection, tls_context(endpoint.tls, endpoint), endpoint, deadline)
            with connection:
                answer = request(connection, "/version", endpoint, deadline)
                if 400 <= answer.status < 500:  # as nginx does: TLS with anybody, then "no certificate was sent"
                    return Trial(False, f"HTTP {answer.status}: {excerpt(answer.body)}")
                data = json_answer(answer, endpoint)
        except (errors.HostTls, errors.HostDied) as error:
            return Trial(False, str(error))
    return Trial(True, f"API {data.get('ApiVersion')}, {data.get('Version')}")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dl-certificates-") as folder:
        yield Path(folder)
