"""The cause behind what the ssh program said, and behind what docker said at the other end.

OpenSSH tells every failure of its own by 255, so the causes are told apart by its messages, which it never translates.
"""

from __future__ import annotations

import re

from . import errors
from .endpoints import Endpoint

__all__ = ["SshdFull", "connecting_failed", "session_failed"]

_SECONDS = 5

# What ssh says when sshd is full (MaxStartups) or drops us before the key exchange: worth another attempt.
_FULL = re.compile(
    r"(kex|ssh)_exchange_identification|Exceeded MaxStartups|Connection (closed|reset) by|not allowed at this time",
    re.IGNORECASE,
)


class SshdFull(errors.HostSsh):
    """Sshd drops new connections for now."""


def connecting_failed(endpoint: Endpoint, returncode: int, said: str) -> errors.HostUnavailable:
    """Why the ssh program could not connect."""
    host, words = str(endpoint), said.lower()
    words_mean: list[tuple[tuple[str, ...], type[errors.HostUnavailable]]] = [
        (("host key verification failed", "remote host identification has changed"), errors.SshHostKeyRefused),
        (
            ("permission denied", "too many authentication failures", "no supported authentication"),
            errors.SshAuthFailed,
        ),
        (("connection refused",), errors.SshRefused),
        (("no route to host", "network is unreachable"), errors.HostUnreachable),
    ]
    for phrases, kind in words_mean:
        if any(phrase in words for phrase in phrases):
            return kind(host, said, returncode=returncode, stderr=said)
    if "could not resolve hostname" in words:
        return errors.HostUnknownName(host, said, name=endpoint.host, stderr=said)
    if "during banner exchange" in words:
        return errors.SshHangs(host, seconds=_SECONDS, stderr=said)
    if "timed out" in words:
        return errors.HostTimeout(host, seconds=_SECONDS, stderr=said)
    kind = SshdFull if _FULL.search(said) else errors.HostSsh
    return kind(host, said, returncode=returncode, stderr=said)


def session_failed(endpoint: Endpoint, returncode: int, said: str) -> errors.HostUnavailable:
    """Why a session of a connection that stands ended with ``returncode``."""
    host, words = str(endpoint), said.lower()
    if returncode == 255:
        return connecting_failed(endpoint, returncode, said)
    no_client = ("not found", "not a docker command", "unknown command", "unknown flag", "no such file or directory")
    if any(phrase in words for phrase in ("docker daemon", "raw stream connection", "dial unix")):
        kind: type[errors.HostSsh] = errors.SshNoEngine
    elif returncode in (126, 127) or any(phrase in words for phrase in no_client):
        kind = errors.SshNoDocker
    else:
        kind = errors.HostSsh
    return kind(host, said or f"rc {returncode}", returncode=returncode, stderr=said)
