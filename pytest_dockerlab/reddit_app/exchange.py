"""One HTTP request to an application and its whole answer, and what is said when there is none."""

from __future__ import annotations

import ssl
from dataclasses import replace

from ..errors import DockerlabError
from ..messages import Message, _, excerpt
from ..net.causes import Cause, Failure
from ..net.client import Client
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Url

__all__ = ["MAX_BODY", "NoAnswer", "exchange"]

MAX_BODY = 1024 * 1024
"""Bytes of an answer's body that are read; more is no answer."""
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, application/json;q=0.8, */*;q=0.5"


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


def exchange(request: Request, deadline: Deadline) -> Answer:
    """Ask once and read the whole answer; redirects are not followed. The body of a request is a form's.

    Proxies and passwords of the environment do not count. Raises :class:`NoAnswer`.
    """
    form = {} if request.body is None else {"Content-Type": "application/x-www-form-urlencoded"}
    asked = replace(request, headers={"Accept": _ACCEPT, **form, **request.headers})
    host = request.url.authority
    try:
        answer = Client().request(asked, deadline, max_body=MAX_BODY)
    except Failure as failure:
        raise _explained(failure, request.url, deadline) from failure
    encoding = answer.header("Content-Encoding").strip().lower()
    if encoding not in ("", "identity"):
        # A few kilobytes may unpack to gigabytes, and nobody asked for it.
        reason = _("its answer is compressed ({encoding}), though that was not asked for", encoding=encoding[:40])
        raise NoAnswer(Cause.PACKED, reason, host)
    return answer


def _explained(failure: Failure, url: Url, deadline: Deadline) -> NoAnswer:
    cause, host, seconds = failure.cause, url.authority, f"{deadline.seconds:g}"
    detail, said = excerpt(failure.detail), excerpt(str(failure.error or ""))
    if isinstance(failure.error, ssl.SSLError):
        cause = Cause.CLOSED if failure.is_sent else Cause.TLS
    elif cause is Cause.SLOW and not failure.is_sent:  # the connection stands: no sign of a firewall
        cause, said = Cause.TLS, "the handshake timed out"
    match cause:
        case Cause.UNKNOWN_NAME:
            reason = _("the name {host} does not resolve: {detail}", host=url.host, detail=said)
        case Cause.TLS:
            reason = _("no TLS connection to {host}: {detail}", host=host, detail=said)
        case Cause.SILENT:
            reason = _("{host} does not accept the connection within {seconds} s", host=host, seconds=seconds)
        case Cause.REFUSED:
            reason = _("{host} refuses the connection: nothing listens there", host=host)
        case Cause.NO_ROUTE:
            reason = _("there is no route from here to {host}: {detail}", host=host, detail=detail)
        case Cause.SLOW:
            reason = _("{host} did not send its answer within {seconds} s", host=host, seconds=seconds)
        case Cause.CLOSED:
            words = said or type(failure.error).__name__
            reason = _("{host} closed the connection before its answer was complete: {detail}", host=host, detail=words)
        case Cause.NOT_HTTP:
            words = excerpt(str(failure.error).strip("'\"")) or type(failure.error).__name__
            reason = _("{host} answers, but not in HTTP: {detail}", host=host, detail=words)
        case Cause.TOO_LARGE:
            reason = _("its answer is larger than {count} bytes", count=MAX_BODY)
        case _:
            reason = _("{host} cannot be reached: {detail}", host=host, detail=detail)
    return NoAnswer(cause, reason, host)
