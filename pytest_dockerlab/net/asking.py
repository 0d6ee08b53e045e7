"""Asks a server that the user named by an option: its answer, or in words why there is none."""

from __future__ import annotations

from typing import ClassVar

from ..errors import ConfigurationError, ExplainedError
from ..messages import _, excerpt
from .causes import Cause, Failure
from .client import Client
from .deadline import Deadline
from .http import Answer, Request, Url
from .redirects import follow, on_same_server

__all__ = ["EndpointError", "EndpointRedirects", "EndpointUrlInvalid", "ask", "explained", "parse_endpoint"]

_SECONDS = 10.0
_MAX_REDIRECTS = 3


class EndpointError(ExplainedError):
    """There is no answer. ``option`` is the one that named the server."""

    template = _("{host} cannot be asked: {detail}")
    is_server: ClassVar[bool] = False
    """Whether it is the server that does not answer as servers do; else the way to it is at fault."""


class EndpointUrlInvalid(EndpointError, ConfigurationError):
    """What was given is no plain URL. It is not repeated: there may be a password in it."""

    template = _("{host}: a URL without user and password is wanted, such as http://HOST:PORT")


class EndpointUnknownName(EndpointError):
    """There is no such host."""

    template = _("the name {host} does not resolve here: {detail}")
    advice = _("check the name in {option}")


class EndpointUnreachable(EndpointError):
    """No packet comes back: a firewall, a machine that is down, an address of another network."""

    template = _("{host} cannot be reached from here: {detail}")
    advice = _(
        "check the address in {option}, that the machine is up, and that its firewall lets this port through;"
        " from outside a cloud its inner addresses are reached through a tunnel: ssh -L PORT:HOST:PORT"
    )


class EndpointRefused(EndpointError):
    """The machine is there, and nobody listens on the port."""

    template = _("nothing listens at {host}: {detail}")
    advice = _("see that it runs and that its port is published: docker ps, and its log")
    is_server = True


class EndpointTls(EndpointError):
    """No TLS connection, or a certificate that cannot be verified."""

    template = _("no TLS connection to {host}: {detail}")
    advice = _("set SSL_CERT_FILE to the file of its CA; a server without TLS is named by http://HOST:PORT")


class EndpointSlow(EndpointError):
    """The answer was not whole in time."""

    template = _("{host} did not complete its answer within {seconds} s")
    advice = _("see its log, and whether its machine is overloaded")
    is_server = True


class EndpointClosed(EndpointError):
    """The connection was closed before the answer was whole."""

    template = _("{host} closes the connection before its answer is complete: {detail}")
    advice = _("see its log: it may be restarting, or expect https")
    is_server = True


class EndpointTooMuch(EndpointError):
    """It sends more than an answer of its kind can have."""

    template = _("{host} sends more than {limit} bytes in one answer")
    advice = _("check the port in {option}: another service may answer there")
    is_server = True


class EndpointNotHttp(EndpointError):
    """Something answers, and not in HTTP."""

    template = _("what answers at {host} does not speak HTTP: {detail}")
    advice = _("check the port in {option}: another service answers there")
    is_server = True


class EndpointRedirects(EndpointError):
    """It redirects to another server, without end, or to what is no address of the web."""

    template = _("{host} redirects to where we do not follow: {detail}")
    advice = _("name the server itself in {option}, not a page that leads to it")
    is_server = True


_KINDS: dict[Cause, type[EndpointError]] = {
    Cause.UNKNOWN_NAME: EndpointUnknownName,
    Cause.REFUSED: EndpointRefused,
    Cause.UNREACHABLE: EndpointUnreachable,
    Cause.NO_ROUTE: EndpointUnreachable,
    Cause.SILENT: EndpointUnreachable,
    Cause.SLOW: EndpointSlow,
    Cause.CLOSED: EndpointClosed,
    Cause.TOO_LARGE: EndpointTooMuch,
    Cause.NOT_HTTP: EndpointNotHttp,
    Cause.REDIRECTS: EndpointRedirects,
    Cause.ELSEWHERE: EndpointRedirects,
}


def parse_endpoint(url: str, option: str) -> Url:
    """The URL that an option gives. Raises :class:`EndpointUrlInvalid`."""
    try:
        return Url.parse(url)
    except ValueError:
        pass
    raise EndpointUrlInvalid(option, option=option)


def ask(
    request: Request,
    option: str,
    *,
    max_body: int,
    client: Client | None = None,
    deadline: Deadline | None = None,
) -> Answer:
    """The answer, redirects on the same server followed. Raises :class:`EndpointError`.

    Nothing is sent anywhere else, whatever it redirects to.
    """
    deadline = deadline or Deadline(_SECONDS)
    sender = client or Client()

    try:
        return follow(
            lambda asked: sender.request(asked, deadline, max_body=max_body),
            request,
            on_same_server,
            limit=_MAX_REDIRECTS,
        )
    except Failure as failure:
        error = explained(failure, request.url, option, seconds=deadline.seconds, max_body=max_body)
    raise error


def explained(failure: Failure, url: Url, option: str, *, seconds: float, max_body: int) -> EndpointError:
    """Why a request to the server that ``option`` names has no answer: it was given so many seconds and bytes."""
    kind = _KINDS.get(failure.cause, EndpointTls)
    host = url.host if kind is EndpointUnknownName else url.authority
    said = failure.detail or str(failure.error or "") or type(failure.error).__name__
    if failure.cause is Cause.SILENT:
        said = "timeout"
    return kind(excerpt(host), said, option=option, seconds=f"{seconds:g}", limit=max_body)
