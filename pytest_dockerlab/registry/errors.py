"""Why a registry could not be asked: one class per cause, each with a reason and a remedy for people.

None of it is the student's fault. What is wrong with our side, the network or the registry is an *error* of the item;
what only the user can supply, or what lies where we do not go, makes it *unverified*: :attr:`RegistryError.is_error`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import ConfigurationError, ExplainedError
from ..messages import _, excerpt
from ..net.causes import Cause, Failure
from ..net.http import Url

__all__ = [
    "AddressRefused",
    "CredentialsRefused",
    "EndpointInvalid",
    "LoginRequired",
    "NotARegistry",
    "RateLimited",
    "RedirectRefused",
    "RegistryBroken",
    "RegistryDenied",
    "RegistryDied",
    "RegistryError",
    "RegistryTimeout",
    "RegistryTls",
    "RegistryTooMuch",
    "RegistryUnknownName",
    "RegistryUnreachable",
    "TokenRequired",
    "explained",
]


class RegistryError(ExplainedError):
    """A registry could not be asked. No message holds a password.

    ``status`` is that of its HTTP answer, ``retry_after`` the seconds it asks to wait, where it says so.
    """

    template = _("the registry {host} cannot be queried: {detail}")
    advice = _("this is not the student's fault: try again later")
    is_error: ClassVar[bool] = True
    """Whether the item is in error; else it is unverified."""

    def __init__(
        self,
        host: str,
        detail: object = "",
        *,
        status: int | None = None,
        retry_after: int | None = None,
        **args: Any,
    ) -> None:
        super().__init__(excerpt(host), detail, status=status, **args)
        self.status = status
        self.retry_after = retry_after


class EndpointInvalid(RegistryError, ConfigurationError):
    """What the user gave names no registry."""

    template = _("{host} is not a registry: {detail}")
    advice = _("write public, or [http://|https://][USER:PASSWORD@]HOST[:PORT]")


class AddressRefused(RegistryError):
    """The name leads to an address that is not public: an address of this network, of this machine, of a cloud."""

    template = _("{host} is not asked: its address is not a public one ({address})")
    advice = _("if it is your own registry, name it explicitly: --hw-registry https://HOST:PORT")
    is_error = False


class RegistryUnknownName(RegistryError):
    """There is no such host."""

    template = _("the name of the registry {host} does not resolve here: {detail}")
    advice = _("check the name, and whether this machine has a connection to the internet")


class RegistryUnreachable(RegistryError):
    """Nobody answers at its address."""

    template = _("the registry {host} does not answer: {detail}")
    advice = _("check the name and the port, and whether this machine has a connection to the internet")


class RegistryTimeout(RegistryError):
    """Its answer was not whole in time."""

    template = _("the registry {host} did not complete its answer within {seconds} s")


class RegistryDied(RegistryError):
    """The connection was closed before the answer was whole."""

    template = _("the registry {host} closes the connection before its answer is whole: {detail}")


class RegistryTls(RegistryError):
    """No TLS connection, or a certificate that cannot be verified."""

    template = _("no TLS connection to the registry {host}: {detail}")
    advice = _("set SSL_CERT_FILE to the file of its CA; a registry without TLS is named by http://HOST:PORT")


class NotARegistry(RegistryError):
    """Something answers, and it is not the API of a registry."""

    template = _("what answers at {host} is not a registry: {detail}")
    advice = _("check the name; a proxy or a login page may stand between this machine and the registry")


class RegistryTooMuch(RegistryError):
    """It sends more than an answer of its kind can have."""

    template = _("the registry {host} sends more than {limit} bytes where a manifest should be")


class RedirectRefused(RegistryError):
    """It redirects without end, to what is no address of the web, or from https to http."""

    template = _("the registry {host} redirects to where we do not follow: {detail}")


class RegistryBroken(RegistryError):
    """The registry answers with an error of its own."""

    template = _("the registry {host} answers with the error {status}: {detail}")


class RateLimited(RegistryError):
    """The registry has had too many requests from here."""

    template = _("the registry {host} accepts no more requests from this machine for now")
    advice = _(
        "this is not the student's fault: try again in {minutes} min, or ask as one of its users:"
        " DOCKERLAB_REGISTRY=USER:PASSWORD@HOST"
    )


class LoginRequired(RegistryError):
    """It answers nobody without a name and a password, and none were given for it."""

    template = _("the registry {host} requires a login")
    advice = _("give it a login: DOCKERLAB_REGISTRY=https://USER:PASSWORD@HOST")
    is_error = False


class TokenRequired(RegistryError):
    """It answers whoever has a token, which another server gives out: as the mirrors of providers do."""

    template = _("the registry {host} answers only those who have a token of {detail}")
    advice = _("name a mirror of your own")
    is_error = False


class CredentialsRefused(RegistryError):
    """It does not accept the name and the password the user gave."""

    template = _("the registry {host} does not accept the login that was given")
    advice = _("correct the user and the password in --hw-registry or DOCKERLAB_REGISTRY")


class RegistryDenied(RegistryError):
    """It does not say whether the image is there: not to everybody, or not to this user."""

    template = _("the registry {host} does not say whether the image exists: {detail}")
    advice = _("make the image public, or give a login: DOCKERLAB_REGISTRY=https://USER:PASSWORD@HOST")
    is_error = False


def explained(failure: Failure, url: Url, *, seconds: float, max_body: int) -> RegistryError:
    """Why a request to a registry has no answer: it was given so many seconds and bytes."""
    said = str(failure.error or "")
    match failure.cause:
        case Cause.SLOW:
            return RegistryTimeout(url.authority, seconds=f"{seconds:g}")
        case Cause.UNKNOWN_NAME if isinstance(failure.error, TimeoutError):
            return RegistryTimeout(url.host, seconds=f"{seconds:g}")
        case Cause.UNKNOWN_NAME:
            return RegistryUnknownName(url.host, said)
        case Cause.NOT_PUBLIC:
            return AddressRefused(url.host, address=failure.detail)
        case Cause.TOO_LARGE:
            return RegistryTooMuch(url.host, limit=max_body)
        case Cause.CLOSED:
            return RegistryDied(url.authority, failure.detail)
        case Cause.NOT_HTTP:
            return NotARegistry(url.authority, f"{type(failure.error).__name__}: {said}".strip("'\": "))
        case Cause.REFUSED | Cause.NO_ROUTE | Cause.UNREACHABLE | Cause.SILENT:
            return RegistryUnreachable(url.authority, said or type(failure.error).__name__)
    return RegistryTls(url.authority, failure.detail)
