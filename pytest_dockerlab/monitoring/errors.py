"""Why a Prometheus server could not be asked: one class per cause, each with a reason and a remedy for people."""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import ConfigurationError, ExplainedError
from ..messages import _, excerpt
from ..net.causes import Cause, Failure
from ..net.http import Url

__all__ = [
    "NotPrometheus",
    "PrometheusAgent",
    "PrometheusBroken",
    "PrometheusDenied",
    "PrometheusDied",
    "PrometheusError",
    "PrometheusLacks",
    "PrometheusNoRoute",
    "PrometheusNotReady",
    "PrometheusRedirects",
    "PrometheusTimeout",
    "PrometheusTls",
    "PrometheusTooMuch",
    "PrometheusUnknownName",
    "PrometheusUnreachable",
    "PrometheusUrlInvalid",
    "QueryRefused",
    "explained",
]


class PrometheusError(ExplainedError):
    """A Prometheus server could not be asked. ``status`` is that of its HTTP answer, where there is one."""

    template = _("Prometheus at {host} cannot be queried: {detail}")
    is_server: ClassVar[bool] = True
    """Whether it is the server that does not do what a Prometheus does; else the way to it is at fault."""
    may_pass: ClassVar[bool] = False
    """Whether it may be over a moment later, as while the server starts."""

    def __init__(self, host: str, detail: object = "", *, status: int | None = None, **args: Any) -> None:
        super().__init__(excerpt(host), detail, status=status, **args)
        self.status = status


class PrometheusUrlInvalid(PrometheusError, ConfigurationError):
    """What was given is no URL of a Prometheus."""

    template = _("{host} is no URL of a Prometheus: {detail}")
    advice = _("write http://HOST:PORT, or https://, with the path that it is served below")
    is_server = False


class PrometheusUnknownName(PrometheusError):
    """There is no such host."""

    template = _("the name of the Prometheus server {host} does not resolve here: {detail}")
    advice = _("check the name in --hw-prometheus-url")
    is_server = False


class PrometheusUnreachable(PrometheusError):
    """Nobody listens at its address."""

    template = _("Prometheus at {host} does not accept the connection: {detail}")
    advice = _("check that it runs, and that its port is published: docker-compose ps, and its log")
    may_pass = True


class PrometheusNoRoute(PrometheusError):
    """This machine has no way there."""

    template = _("there is no route from here to Prometheus at {host}: {detail}")
    advice = _("check the address in --hw-prometheus-url")
    is_server = False


class PrometheusTls(PrometheusError):
    """No TLS connection, or a certificate that cannot be verified."""

    template = _("no TLS connection to Prometheus at {host}: {detail}")
    advice = _("set SSL_CERT_FILE to the file of its CA; one without TLS is named by http://HOST:PORT")
    is_server = False


class PrometheusTimeout(PrometheusError):
    """Its answer was not whole in time."""

    template = _("Prometheus at {host} did not complete its answer within {seconds} s")
    advice = _("see its log, and whether its machine is overloaded")
    may_pass = True


class PrometheusDied(PrometheusError):
    """The connection was closed before the answer was whole."""

    template = _("Prometheus at {host} closes the connection before its answer is whole: {detail}")
    advice = _("see its log: it may be restarting")
    may_pass = True


class PrometheusTooMuch(PrometheusError):
    """It sends more than an answer of its kind can have."""

    template = _("Prometheus at {host} sends more than {limit} bytes in one answer")
    advice = _("check what it scrapes: so many targets or series are not this homework's")


class PrometheusRedirects(PrometheusError):
    """It redirects to another server, without end, or to what is no address of the web."""

    template = _("Prometheus at {host} redirects to where we do not follow: {detail}")
    advice = _("name the server itself in --hw-prometheus-url")


class NotPrometheus(PrometheusError):
    """Something answers, and it is not the API of a Prometheus."""

    template = _("what answers at {host} is not Prometheus: {detail}")
    advice = _("check the port (9090 is usual), and whether a proxy or another service answers there")


class PrometheusDenied(PrometheusError):
    """It wants a login, or another one."""

    template = _("Prometheus at {host} does not let us in: HTTP {status}")
    advice = _("give it a login: --hw-prometheus-url http://USER:PASSWORD@HOST:PORT")
    is_server = False


class PrometheusLacks(PrometheusError):
    """Its version has no such part of the API."""

    template = _("Prometheus at {host} has no {path} in its API")
    advice = _("use a newer Prometheus")


class PrometheusNotReady(PrometheusError):
    """It is there, and does not answer queries yet."""

    template = _("Prometheus at {host} is not ready: {detail}")
    advice = _("see its log: it may be reading its data again")
    may_pass = True


class PrometheusBroken(PrometheusError):
    """It answers with an error of its own."""

    template = _("Prometheus at {host} answers with the error {status}: {detail}")
    advice = _("see its log")
    may_pass = True


class PrometheusAgent(PrometheusError):
    """It runs as an agent, which stores nothing and answers no queries."""

    template = _("Prometheus at {host} runs as an agent: it answers no queries")
    advice = _("start it without --enable-feature=agent and --agent")


class QueryRefused(PrometheusError):
    """It does not accept a query, or cannot evaluate it."""

    template = _("Prometheus at {host} refuses the query {query}: {detail}")
    is_server = False


def explained(failure: Failure, url: Url, *, seconds: float, max_body: int) -> PrometheusError:
    """Why a request to a Prometheus has no answer: it was given so many seconds and bytes."""
    said = str(failure.error or "") or failure.detail
    match failure.cause:
        case Cause.SLOW:
            return PrometheusTimeout(url.authority, seconds=f"{seconds:g}")
        case Cause.UNKNOWN_NAME:
            return PrometheusUnknownName(url.host, said)
        case Cause.TOO_LARGE:
            return PrometheusTooMuch(url.authority, limit=max_body)
        case Cause.CLOSED:
            return PrometheusDied(url.authority, failure.detail)
        case Cause.NOT_HTTP:
            return NotPrometheus(url.authority, f"{type(failure.error).__name__}: {said}".strip("'\": "))
        case Cause.NO_ROUTE:
            return PrometheusNoRoute(url.authority, said)
        case Cause.REFUSED | Cause.UNREACHABLE | Cause.SILENT:
            return PrometheusUnreachable(url.authority, said or type(failure.error).__name__)
        case Cause.REDIRECTS | Cause.ELSEWHERE:
            return PrometheusRedirects(url.authority, failure.detail)
    return PrometheusTls(url.authority, failure.detail)
