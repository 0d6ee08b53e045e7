"""Why a request has no answer: a cause for programs, which every caller turns into words of its own."""

from __future__ import annotations

import errno
import http.client
import ssl
from enum import StrEnum

from ..errors import DockerlabError

__all__ = ["Cause", "Failure"]


class Cause(StrEnum):
    """Why there is no answer."""

    UNKNOWN_NAME = "unknown name"
    """Also when the name is not looked up in time: the error is a ``TimeoutError`` then."""
    NOT_PUBLIC = "not public"
    """The address rule refuses the address."""
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_ROUTE = "no route"
    """This machine has no way there, an IPv6 address without IPv6, say."""
    SILENT = "silent"
    """Nobody took the connection in time: the sign of a firewall."""
    TLS = "TLS"
    TLS_NOT_SPOKEN = "TLS not spoken"
    TLS_CLIENT_REFUSED = "client certificate refused"
    TLS_UNTRUSTED = "certificate untrusted"
    TLS_WRONG_NAME = "certificate for another name"
    TLS_EXPIRED = "certificate not valid now"
    SLOW = "slow"
    CLOSED = "closed"
    """Before the answer was whole."""
    NOT_HTTP = "not HTTP"
    TOO_LARGE = "too large"
    PACKED = "packed"
    REDIRECTS = "redirects"
    """Too many of them."""
    ELSEWHERE = "elsewhere"
    """It redirects where the caller does not follow."""


# X509_V_ERR_* of OpenSSL's x509_vfy.h: times, then names
_CERTIFICATES = dict.fromkeys((9, 10), Cause.TLS_EXPIRED) | dict.fromkeys((62, 63, 64), Cause.TLS_WRONG_NAME)
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE")
# No word about the certificate.
_OTHER_ALERTS = ("PROTOCOL", "INTERNAL", "RECORD", "UNRECOGNIZED_NAME")


class Failure(DockerlabError):
    """A request without an answer: ``cause``, and in ``detail`` what is known beside it.

    ``error`` is the error behind it, where there is one, and ``is_sent`` says whether the request may have been sent.
    """

    def __init__(self, cause: Cause, detail: str, error: Exception | None = None, *, is_sent: bool = False) -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail
        # Without the frames, where headers are plain text.
        self.error = error and error.with_traceback(None)
        self.is_sent = is_sent

    @classmethod
    def of(cls, error: Exception, *, is_sent: bool) -> Failure:
        """The cause behind the ``OSError``, ``HTTPException`` or ``ValueError`` that a connection ended with."""
        return cls(*_cause(error), error, is_sent=is_sent)


def _cause(error: Exception) -> tuple[Cause, str]:
    said = str(error)
    match error:
        case ssl.SSLCertVerificationError():
            return _CERTIFICATES.get(error.verify_code, Cause.TLS_UNTRUSTED), error.verify_message
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return Cause.CLOSED, "TLS: EOF"
        case ssl.SSLError():
            return _cause_of_tls(error.reason or said), error.reason or said
        case TimeoutError():
            return Cause.SLOW, said
        case ConnectionRefusedError():
            return Cause.REFUSED, error.strerror or said
        case http.client.RemoteDisconnected() | ConnectionError():  # the first one is a BadStatusLine too
            return Cause.CLOSED, said
        case http.client.IncompleteRead():
            return Cause.CLOSED, f"{len(error.partial)}/{len(error.partial) + (error.expected or 0)}"
        case http.client.BadStatusLine():
            return Cause.NOT_HTTP, said.strip("'\"")
        case OSError() if error.errno in (errno.ENOTCONN, errno.EPIPE):
            return Cause.CLOSED, said
        case OSError():
            is_ours = error.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
            return Cause.NO_ROUTE if is_ours else Cause.UNREACHABLE, error.strerror or said
    return Cause.NOT_HTTP, f"{type(error).__name__}: {said}"


def _cause_of_tls(reason: str) -> Cause:
    if "ALERT" in reason:
        return Cause.TLS if any(word in reason for word in _OTHER_ALERTS) else Cause.TLS_CLIENT_REFUSED
    return Cause.TLS_NOT_SPOKEN if reason in _NO_TLS else Cause.TLS
