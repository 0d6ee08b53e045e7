"""Asks a registry whether an image is there, by the distribution HTTP API (OCI distribution-spec, ``/v2/``).

HEAD first: Docker Hub counts a GET of a manifest as a pull, and lets a machine that is nobody's have 100 in six hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlencode

from ..messages import Message, _
from ..net.addresses import AddressRule, Resolve, resolve
from ..net.causes import Failure
from ..net.client import Client
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Secret, Url
from ..net.redirects import follow, target_of
from . import manifests
from .challenges import parse_challenges
from .endpoint import RegistryEndpoint, endpoint_of
from .errors import (
    CredentialsRefused,
    LoginRequired,
    NotARegistry,
    RateLimited,
    RedirectRefused,
    RegistryBroken,
    RegistryDenied,
    RegistryError,
    explained,
)
from .references import ImageReference

__all__ = ["Absent", "Found", "RegistryClient"]

_SECONDS = 30.0
_CONNECT = 10.0
"""Seconds for each address."""
_MAX_MANIFEST = 4 * 1024 * 1024  # the specification's own limit
_MAX_SMALL = 1024 * 1024
_MAX_REDIRECTS = 5
_MAX_WAIT = 24 * 3600
_DEFAULT_WAIT = 6 * 3600
_SPARED_PULLS = 20
"""With fewer left on Docker Hub a manifest that is known to be there is not fetched as well."""


@dataclass(frozen=True, slots=True)
class Found:
    """An image that is there. ``platforms`` is empty where the registry does not let us see them."""

    reference: ImageReference
    registry: str
    digest: str
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """An image that is not there for everybody, and how the registry says so."""

    reference: ImageReference
    registry: str
    reason: Message


class RegistryClient:
    """Asks the registry ``named`` by the user, or with ``None`` the public one that each name belongs to.

    :param seconds: the time for one image, all redirects and tokens included.
    """

    def __init__(
        self, named: RegistryEndpoint | None = None, *, seconds: float = _SECONDS, resolver: Resolve = resolve
    ) -> None:
        self._named = named
        self._seconds = seconds
        lifted = (named.host, named.port) if named is not None else None
        self._http = Client(AddressRule(lifted, resolver), connect_timeout=_CONNECT)
        self._logins: dict[tuple[RegistryEndpoint, str], _Login] = {}

    def endpoint_of(self, reference: ImageReference) -> RegistryEndpoint | None:
        """The registry that an image is looked for in; ``None`` where that is not the one the user named."""
        return endpoint_of(reference, self._named)

    def look_up(self, reference: ImageReference) -> Found | Absent:
        """Whether the image is there. A name without a tag is there when ``latest`` is, else when any tag is.

        Raises :class:`~.errors.RegistryError`, and ``ValueError`` for an image of another registry than the named one.
        """
        endpoint = self.endpoint_of(reference)
        if endpoint is None:
            raise ValueError(f"{reference} belongs to another registry")
        path = reference.path if self._named is not None and not endpoint.is_hub else reference.repository
        request = _Requests(self._http, endpoint, path, Deadline(self._seconds), self._logins)
        try:
            found = self._manifest(request, reference, reference.wanted)
            if isinstance(found, Absent) and reference.tag is None and reference.digest is None:
                tag = request.any_tag()
                found = self._manifest(request, reference, tag) if tag is not None else found
        except _Hidden:
            return Absent(reference, endpoint.name, _("it does not exist or is private"))
        return found

    def _manifest(self, request: _Requests, reference: ImageReference, wanted: str) -> Found | Absent:
        target = f"manifests/{wanted}"
        accept = {"Accept": ", ".join(manifests.MEDIA_TYPES)}
        answer = request("HEAD", target, accept, max_body=0)
        if answer.status == 200:
            known = manifests.digest_of_headers(answer)
            if known is None or not _is_scarce(answer):
                answer = request("GET", target, accept, max_body=_MAX_MANIFEST)
            else:
                return Found(reference, request.endpoint.name, known)
        elif answer.status in (400, 404, 405):
            answer = request("GET", target, accept, max_body=_MAX_MANIFEST)  # what it is, stands in the body
        if answer.status != 200:
            return Absent(reference, request.endpoint.name, _absence(answer))
        manifest = manifests.read(answer)
        platforms = manifest.platforms
        if not platforms and manifest.config is not None:
            try:
                config = request("GET", f"blobs/{manifest.config}", {"Accept": "*/*"}, max_body=_MAX_SMALL)
                platforms = manifests.platforms_of_config(config, manifest.config)
            except RegistryError:
                pass  # the image is there; for which machines it is, is only said beside
        return Found(reference, request.endpoint.name, manifest.digest, platforms)


class _Hidden(Exception):
    """The registry keeps from everybody whether the image exists, and says the same where it does not."""


@dataclass(frozen=True, slots=True)
class _Login:
    """The header ``Authorization`` for a repository; ``is_users`` where the user's own login is in or behind it."""

    header: Secret
    is_users: bool


class _Requests:
    """The requests about one repository: with its authorization, its redirects, and one deadline for all."""

    def __init__(
        self,
        http: Client,
        endpoint: RegistryEndpoint,
        repository: str,
        deadline: Deadline,
        logins: dict[tuple[RegistryEndpoint, str], _Login],
    ) -> None:
        self.endpoint = endpoint
        self._http = http
        self._repository = repository
        self._deadline = deadline
        self._logins = logins
        self._base = Url(endpoint.scheme, endpoint.host, endpoint.port, f"/v2/{repository}/")

    def __call__(self, method: str, target: str, headers: Mapping[str, str], *, max_body: int) -> Answer:
        """An answer that is about the image: 200, or a 4xx that speaks of it. Raises for every other one."""
        url = Url.parse(target, self._base)
        key = (self.endpoint, self._repository)
        login = self._logins.get(key)
        answer = self._follow(method, url, headers, login, max_body)
        if answer.status == 401 and answer.url.origin == self._base.origin:
            login = self._logins[key] = self._log_in(answer)  # the first one, or one in the place of an old one
            answer = self._follow(method, url, headers, login, max_body)
        if answer.status in (401, 403):
            is_registry = answer.url.origin == self._base.origin
            if login is not None and is_registry and self.endpoint.is_hub:
                raise _Hidden
            if login is not None and is_registry and login.is_users and answer.status == 401:
                raise CredentialsRefused(self.endpoint.name, status=answer.status)
            raise RegistryDenied(self.endpoint.name, manifests.problem(answer), status=answer.status)
        return answer

    def any_tag(self) -> str | None:
        """A tag of the repository; ``None`` without one."""
        answer = self("GET", "tags/list?n=20", {"Accept": "application/json"}, max_body=_MAX_SMALL)
        return manifests.first_tag(answer) if answer.status == 200 else None

    def _follow(self, method: str, url: Url, headers: Mapping[str, str], login: _Login | None, max_body: int) -> Answer:
        def ask(request: Request) -> Answer:
            # Never to another host: what a registry redirects to needs no login of ours.
            if login is not None and request.url.origin == self._base.origin:
                request = replace(request, headers={**headers, "Authorization": login.header})
            return self._ask(request, max_body)

        try:
            answer = follow(ask, Request(url, method, headers), _redirected, limit=_MAX_REDIRECTS)
        except Failure:
            raise RedirectRefused(self.endpoint.name, _("more than {count} times", count=_MAX_REDIRECTS)) from None
        _refuse(answer)
        return answer

    def _ask(self, request: Request, max_body: int) -> Answer:
        try:
            return self._http.request(request, self._deadline, max_body=max_body)
        except Failure as failure:
            error = explained(failure, request.url, seconds=self._deadline.seconds, max_body=max_body)
        raise error

    def _log_in(self, answer: Answer) -> _Login:
        """What a registry that answered 401 wants to see."""
        challenges = parse_challenges(answer.headers.get_all("WWW-Authenticate", []))
        credentials = self.endpoint.credentials
        for challenge in challenges:
            if challenge.scheme == "bearer" and challenge.parameters.get("realm"):
                return self._token(answer.url, challenge.parameters["realm"], challenge.parameters.get("service"))
        if any(challenge.scheme == "basic" for challenge in challenges):
            if credentials is None:
                raise LoginRequired(self.endpoint.name, status=401)
            return _Login(Secret(credentials.basic()), is_users=True)
        raise NotARegistry(self.endpoint.name, _("it requires an unknown kind of login"), status=401)

    def _token(self, base: Url, realm: str, service: str | None) -> _Login:
        # Asked for by what we need, whatever the registry would have us ask for.
        query = {"scope": f"repository:{self._repository}:pull"} | ({"service": service} if service else {})
        try:
            url = Url.parse(f"{realm}{'&' if '?' in realm else '?'}{urlencode(query)}", base)
        except ValueError:
            raise NotARegistry(self.endpoint.name, realm) from None
        if base.scheme == "https" and url.scheme != "https":
            raise RedirectRefused(self.endpoint.name, realm)
        headers: dict[str, str | Secret] = {"Accept": "application/json"}
        credentials = self.endpoint.credentials
        if credentials is not None and self.endpoint.may_have_credentials(url.scheme, url.host):
            headers["Authorization"] = Secret(credentials.basic())
        answer = self._ask(Request(url, headers=headers), _MAX_SMALL)
        _refuse(answer)
        if answer.status in (401, 403):
            if "Authorization" in headers:
                raise CredentialsRefused(self.endpoint.name, status=answer.status)
            raise RegistryDenied(self.endpoint.name, manifests.problem(answer), status=answer.status)
        token = manifests.token(answer) if answer.status == 200 else None
        if token is None:
            raise NotARegistry(url.authority, _("it issues no token"), status=answer.status)
        return _Login(Secret(f"Bearer {token}"), is_users="Authorization" in headers)


def _redirected(request: Request, answer: Answer) -> Request | None:
    """The request that an answer redirects to, ``None`` for no redirect. Raises :class:`~.errors.RedirectRefused`."""

    def refused(where: str) -> RedirectRefused:
        return RedirectRefused(answer.url.authority, where)

    target = target_of(answer, refused)
    if target is None:
        return None
    if answer.url.scheme == "https" and target.scheme != "https":
        raise refused(str(target))
    return replace(request, url=target)


def _refuse(answer: Answer) -> None:
    """Raise for an answer that says nothing about an image."""
    host = answer.url.authority
    if answer.status == 429:
        seconds = _retry_after(answer)
        minutes = -(-(seconds if seconds is not None else _DEFAULT_WAIT) // 60)
        raise RateLimited(host, status=429, retry_after=seconds, minutes=minutes)
    if answer.status >= 500:
        raise RegistryBroken(host, manifests.problem(answer), status=answer.status)
    if answer.status not in (200, 400, 401, 403, 404, 405):
        raise NotARegistry(host, f"HTTP {answer.status}", status=answer.status)


def _retry_after(answer: Answer) -> int | None:
    """The seconds that an answer asks to wait, at most a day: a number or a date (RFC 9110, 10.2.3)."""
    text = answer.header("Retry-After").strip()
    if not text and re.fullmatch(r"[0-9]{9,11}", answer.header("X-Retry-After").strip()):  # Docker Hub's, in Unix time
        text = format_datetime(datetime.fromtimestamp(int(answer.header("X-Retry-After")), UTC))
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(int(text), _MAX_WAIT)
    try:
        date = parsedate_to_datetime(text[:64])
    except ValueError:
        return None
    date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return max(0, min(int((date - datetime.now(UTC)).total_seconds()), _MAX_WAIT))


def _is_scarce(answer: Answer) -> bool:
    """Whether few pulls are left: Docker Hub says ``RateLimit-Remaining: 76;w=21600``."""
    left = re.match(r"[0-9]{1,9}(?![0-9])", answer.header("RateLimit-Remaining").strip())
    return left is not None and int(left[0]) < _SPARED_PULLS


def _absence(answer: Answer) -> Message:
    """How a registry says that an image is not there. Raises :class:`~.errors.NotARegistry` where it does not."""
    codes = manifests.codes(answer)
    if answer.status == 404 and "NAME_UNKNOWN" in codes:
        return _("there is no such repository")
    if answer.status == 404 and codes:
        return _("there is no such tag")
    if answer.status == 400 and codes & {"NAME_INVALID", "TAG_INVALID", "MANIFEST_INVALID"}:
        return _("the registry accepts no image with this name")
    raise NotARegistry(answer.url.authority, manifests.problem(answer), status=answer.status)
