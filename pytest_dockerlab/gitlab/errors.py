"""Why a GitLab instance could not be asked: one class per cause, each with a reason and a remedy for people."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, ClassVar

from ..errors import ConfigurationError, ExplainedError
from ..messages import _, excerpt
from ..net.causes import Cause, Failure
from ..net.http import Url

__all__ = [
    "GitlabBroken",
    "GitlabDenied",
    "GitlabDied",
    "GitlabEndless",
    "GitlabError",
    "GitlabLoginRequired",
    "GitlabNoRoute",
    "GitlabNotFound",
    "GitlabNotReady",
    "GitlabOnlyTls",
    "GitlabRateLimited",
    "GitlabReadOnly",
    "GitlabRedirects",
    "GitlabRefuses",
    "GitlabScope",
    "GitlabTimeout",
    "GitlabTls",
    "GitlabTokenRefused",
    "GitlabTooMuch",
    "GitlabUnknownName",
    "GitlabUnreachable",
    "GitlabUrlInvalid",
    "NotGitlab",
    "asking",
    "explained",
]


class GitlabError(ExplainedError):
    """A GitLab instance could not be asked. No message holds a token.

    ``status`` is that of its HTTP answer, ``retry_after`` the seconds it asks to wait, where there are any.
    """

    template = _("GitLab at {host} cannot be asked: {detail}")
    is_server: ClassVar[bool] = False
    """Whether it is the server that does not do what a GitLab does; else our way to it, or our token, is at fault."""
    is_error: ClassVar[bool] = True
    """Whether an item is in error by it; else, what only the user can supply, it is unverified."""
    may_pass: ClassVar[bool] = False
    """Whether it may be over a moment later."""

    def __init__(
        self,
        host: str,
        detail: object = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
        **args: Any,
    ) -> None:
        super().__init__(excerpt(host), detail, status=status, **args)
        self.status = status
        self.retry_after = retry_after


class GitlabUrlInvalid(GitlabError, ConfigurationError):
    """What was given is no URL of a GitLab."""

    template = _("{host} is no URL of a GitLab: {detail}")
    advice = _("write http://HOST:PORT, or https://, without a name and a password")


class GitlabUnknownName(GitlabError):
    """There is no such host."""

    template = _("the name of the GitLab instance {host} does not resolve here: {detail}")
    advice = _("check the name in --hw-gitlab-url")


class GitlabUnreachable(GitlabError):
    """Nobody listens at its address."""

    template = _("GitLab at {host} does not accept the connection: {detail}")
    advice = _("check that it runs (its start takes minutes), that its port is published, and the firewall of its VM")
    is_server = True


class GitlabNoRoute(GitlabError):
    """This machine has no way there."""

    template = _("there is no route from here to GitLab at {host}: {detail}")
    advice = _("check the address in --hw-gitlab-url")


class GitlabTls(GitlabError):
    """No TLS connection, or a certificate that cannot be verified."""

    template = _("no TLS connection to GitLab at {host}: {detail}")
    advice = _("set SSL_CERT_FILE to the file of its CA; one without TLS is named by http://HOST:PORT")


class GitlabTimeout(GitlabError):
    """Its answer was not whole in time."""

    template = _("GitLab at {host} did not complete its answer within {seconds} s")
    advice = _("see the load of its machine: GitLab wants 4 GB of memory and more, and is slow while it starts")
    is_server = True


class GitlabDied(GitlabError):
    """The connection was closed before the answer was whole."""

    template = _("GitLab at {host} closes the connection before its answer is whole: {detail}")
    advice = _("see its log, docker logs of its container: it may be restarting")
    is_server = True
    may_pass = True


class GitlabTooMuch(GitlabError):
    """It sends more than an answer of its kind can have."""

    template = _("GitLab at {host} sends more than {limit} bytes in one answer")
    advice = _("look at what it answers: no list of GitLab's is that long")
    is_server = True


class GitlabEndless(GitlabError):
    """Its list has page after page."""

    template = _("GitLab at {host} answers with more than {pages} pages for one list: {detail}")
    advice = _("look at the headers Link and X-Next-Page of its answers: the last page names no next one")
    is_server = True


class GitlabRedirects(GitlabError):
    """It redirects to another server, without end, or to what is no address of the web."""

    template = _("GitLab at {host} redirects to where the token must not go: {detail}")
    advice = _("name the address that GitLab is really reached at in --hw-gitlab-url; external_url should be the same")
    is_server = True


class GitlabOnlyTls(GitlabError):
    """It redirects to itself with TLS."""

    template = _("GitLab at {host} answers with TLS only: {detail}")
    advice = _("write https:// in --hw-gitlab-url")
    is_error = False


class NotGitlab(GitlabError):
    """Something answers, and it is not the API of a GitLab."""

    template = _("what answers at {host} is not GitLab's API: {detail}")
    advice = _("check the port, and whether a proxy, a login page or another service answers there")
    is_server = True


class GitlabLoginRequired(GitlabError):
    """It tells this only to those who log in, and there is no token."""

    template = _("GitLab at {host} requires a token for this")
    advice = _("set DOCKERLAB_GITLAB_TOKEN to a token of it with the scope read_api")
    is_error = False


class GitlabTokenRefused(GitlabError):
    """It does not accept the token."""

    template = _("GitLab at {host} does not accept the token that was given (HTTP 401)")
    advice = _("it is another instance's, revoked or expired: make a new one there and set DOCKERLAB_GITLAB_TOKEN")


class GitlabScope(GitlabError):
    """The token may not be used for this."""

    template = _("the token may not ask GitLab at {host} for this: {detail}")
    advice = _("make a token with the scope read_api, or api where checks may push, and set DOCKERLAB_GITLAB_TOKEN")
    is_error = False


class GitlabDenied(GitlabError):
    """The token's user may not see or do this."""

    template = _("GitLab at {host} does not let the token's user ask for {path}: {detail}")
    advice = _("make the token's user a Maintainer of the project")
    is_error = False


class GitlabNotFound(GitlabError):
    """There is no such thing, or the token's user may not know of it: GitLab says the same of both."""

    template = _("GitLab at {host} has no {path}, or the token's user may not see it")
    advice = _("check the name, and that the token's user is a member of the project")
    is_error = False


class GitlabRefuses(GitlabError):
    """It does not accept a request."""

    template = _("GitLab at {host} refuses the request for {path} (HTTP {status}): {detail}")


class GitlabReadOnly(GitlabError):
    """We were about to change something, and may not."""

    template = _("nothing may be changed in GitLab at {host}: {detail}")
    advice = _("allow it with --hw-allow-push")
    is_error = False


class GitlabRateLimited(GitlabError):
    """It has had too many requests."""

    template = _("GitLab at {host} accepts no more requests for now (HTTP 429)")
    advice = _("try again in {wait} s; its administrator sets the limit: Admin, Settings, Network")
    may_pass = True


class GitlabNotReady(GitlabError):
    """It is there, and does not answer yet, or just now."""

    template = _("GitLab at {host} is not ready (HTTP {status}): {detail}")
    advice = _("its start takes minutes; then see docker logs of its container, and whether its memory suffices")
    is_server = True
    may_pass = True


class GitlabBroken(GitlabError):
    """It answers with an error of its own."""

    template = _("GitLab at {host} answers with the error {status}: {detail}")
    advice = _("see docker logs of its container")
    is_server = True
    may_pass = True


@contextlib.contextmanager
def asking() -> Iterator[None]:
    """For a check: what only the user can supply leaves it unverified."""
    try:
        yield
    except GitlabError as error:
        if error.is_error:
            raise
        unverified = error.unverified()
    else:
        return
    raise unverified


def explained(failure: Failure, url: Url, *, seconds: float, max_body: int) -> GitlabError:
    """Why a request to a GitLab has no answer: it was given so many seconds and bytes."""
    said = str(failure.error or "") or failure.detail
    match failure.cause:
        case Cause.SLOW:
            return GitlabTimeout(url.authority, seconds=f"{seconds:g}")
        case Cause.UNKNOWN_NAME:
            return GitlabUnknownName(url.host, said)
        case Cause.TOO_LARGE:
            return GitlabTooMuch(url.authority, limit=max_body)
        case Cause.CLOSED:
            return GitlabDied(url.authority, failure.detail)
        case Cause.NOT_HTTP:
            return NotGitlab(url.authority, f"{type(failure.error).__name__}: {said}".strip("'\": "))
        case Cause.NO_ROUTE | Cause.NOT_PUBLIC:
            return GitlabNoRoute(url.authority, said)
        case Cause.REFUSED | Cause.UNREACHABLE | Cause.SILENT:
            return GitlabUnreachable(url.authority, said or type(failure.error).__name__)
        case Cause.REDIRECTS:
            return GitlabRedirects(url.authority, failure.detail)
    return GitlabTls(url.authority, failure.detail)
