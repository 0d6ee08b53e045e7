"""A visitor of one application: keeps its cookies, follows its redirects, and goes nowhere else."""

from __future__ import annotations

import http.client
import ipaddress
import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.parse import quote, urlencode, urljoin, urlsplit

from ..errors import ConfigurationError
from ..messages import _, excerpt
from ..net import redirects
from ..net.causes import Cause, Failure
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Url
from .exchange import NoAnswer, exchange

__all__ = ["MAX_REDIRECTS", "Visitor"]

MAX_REDIRECTS = 5
# As browsers have it, RFC 6265 section 6.1.
_MAX_COOKIE, _MAX_COOKIES = 4096, 50
_MAX_URL = 8192
_SAFE = "%/:=&?~+!$,;'@()*[]"


class _Policy(DefaultCookiePolicy):
    def set_ok(self, cookie: Cookie, request: urllib.request.Request) -> bool:
        size = len(cookie.name) + len(cookie.value or "")
        return size <= _MAX_COOKIE and super().set_ok(cookie, request)


class _Head:
    # All that a cookie jar asks of an answer.
    def __init__(self, headers: http.client.HTTPMessage) -> None:
        self._headers = headers

    def info(self) -> http.client.HTTPMessage:
        return self._headers


class Visitor:
    """A browser's memory for the application at ``base_url``; ``timeout`` is in seconds, for one whole answer.

    Raises :class:`ConfigurationError` for what is no http or https URL.
    """

    def __init__(self, base_url: str, timeout: float) -> None:
        try:
            parts = urlsplit(base_url)
            is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            is_url = False
        if not is_url or not base_url.isascii() or parts.username is not None:
            raise ConfigurationError(
                _("{url} is not the URL of an application, such as http://HOST:PORT", url=repr(base_url))
            )
        self.url = f"{parts.scheme}://{parts.netloc}{quote(parts.path, _SAFE).rstrip('/')}/"
        self.timeout = timeout
        self._base = parts
        self._jar = CookieJar(_Policy())

    def at(self, path: str) -> str:
        """The URL of a page of the application, from its path below the base URL."""
        return urljoin(self.url, path)

    def resolve(self, page: str, reference: str) -> str:
        """Where a reference on ``page`` leads, as a URL of this application.

        An application that builds URLs by itself may take its own host and port for something else than the visitor:
        it is behind a published port. Such a reference (the same host on another port, a loopback address, a name
        without a dot) counts by its path. Raises :class:`NoAnswer` for one that leads to another host.
        """
        try:
            parts = urlsplit(urljoin(page, reference.strip()))
            host = parts.hostname or ""
            is_own = parts.scheme in ("http", "https") and (host == self._base.hostname or _is_vague(host))
        except ValueError:
            is_own = False
        shown = excerpt(reference)
        if not is_own or (self._base.scheme, parts.scheme) == ("http", "https"):
            raise NoAnswer(Cause.ELSEWHERE, _("it redirects to another host: {url}", url=shown), self._base.netloc)
        query = f"?{quote(parts.query, _SAFE)}" if parts.query else ""
        url = f"{self._base.scheme}://{self._base.netloc}{quote(parts.path or '/', _SAFE)}{query}"
        if len(url) > _MAX_URL:
            raise NoAnswer(
                Cause.ELSEWHERE, _("it redirects to a URL that is too long: {url}", url=shown), self._base.netloc
            )
        return url

    def get(self, url: str, *, timeout: float | None = None, follow: bool = True) -> Answer:
        """GET a page of the application; redirects count into the time. Raises :class:`NoAnswer`."""
        return self._follow(Request(Url.parse(url)), timeout, follow)

    def submit(self, method: str, url: str, fields: Sequence[tuple[str, str]], page: str) -> Answer:
        """Send a form that stands on ``page``, once. Raises :class:`NoAnswer`.

        With the page as the referrer: Sinatra's ``redirect back`` goes there.
        """
        form, body = urlencode(fields), None
        if method == "GET":
            url = f"{url.partition('?')[0]}?{form}"
        else:
            body = form.encode("ascii")
        return self._follow(Request(Url.parse(url), method, {"Referer": page}, body))

    def _follow(self, request: Request, timeout: float | None = None, follow: bool = True) -> Answer:
        deadline = Deadline(self.timeout if timeout is None else timeout)
        if not follow:
            return self._ask(request, deadline)
        try:
            return redirects.follow(
                lambda each: self._ask(each, deadline), request, self._redirected, limit=MAX_REDIRECTS
            )
        except Failure as failure:
            last = excerpt(failure.detail)
            reason = _("more than {count} redirects, the last one to {url}", count=MAX_REDIRECTS, url=last)
            raise NoAnswer(Cause.REDIRECTS, reason, self._base.netloc) from failure

    def _redirected(self, request: Request, answer: Answer) -> Request | None:
        location = answer.headers.get("Location")
        if not answer.is_redirect or location is None:
            return None
        url = Url.parse(self.resolve(str(request.url), location))
        headers = {"Referer": str(request.url), **request.headers}
        if answer.status in (307, 308):  # "not here, send it there"; after the others every browser GETs
            return replace(request, url=url, headers=headers)
        return Request(url, headers=headers)

    def _ask(self, request: Request, deadline: Deadline) -> Answer:
        carrier = urllib.request.Request(str(request.url))  # noqa: S310 (never opened: for the cookie jar)
        self._jar.add_cookie_header(carrier)
        cookie = carrier.get_header("Cookie")
        if cookie:
            request = replace(request, headers={**request.headers, "Cookie": cookie})
        answer = exchange(request, deadline)
        self._jar.extract_cookies(_Head(answer.headers), carrier)  # type: ignore[arg-type]
        if len(self._jar) > _MAX_COOKIES:
            self._jar.clear()
        return answer


def _is_vague(host: str) -> bool:
    # Names of a machine as it knows itself: nothing that another host could be reached by.
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and "." not in host
    return address.is_loopback or address.is_unspecified
