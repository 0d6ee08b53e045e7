"""A visitor of one application: keeps its cookies, follows its redirects, and goes nowhere else."""

from __future__ import annotations

import http.client
import ipaddress
import time
from collections.abc import Sequence
from dataclasses import replace
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.parse import quote, urlencode, urljoin, urlsplit
from urllib.request import Request

from ..errors import ConfigurationError
from ..messages import _, excerpt
from .exchange import Answer, Cause, NoAnswer, exchange

__all__ = ["MAX_REDIRECTS", "Visitor"]

MAX_REDIRECTS = 5
# As browsers have it, RFC 6265 section 6.1.
_MAX_COOKIE, _MAX_COOKIES = 4096, 50
_MAX_URL = 8192
_SAFE = "%/:=&?~+!$,;'@()*[]"


class _Policy(DefaultCookiePolicy):
    def set_ok(self, cookie: Cookie, request: Request) -> bool:
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
            raise ConfigurationError(f"{base_url!r} is no URL of an application: http://HOST:PORT is")
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
            raise NoAnswer(Cause.ELSEWHERE, _("it leads to another host: {url}", url=shown), self._base.netloc)
        query = f"?{quote(parts.query, _SAFE)}" if parts.query else ""
        url = f"{self._base.scheme}://{self._base.netloc}{quote(parts.path or '/', _SAFE)}{query}"
        if len(url) > _MAX_URL:
            raise NoAnswer(
                Cause.ELSEWHERE, _("it leads to a URL that is too long: {url}", url=shown), self._base.netloc
            )
        return url

    def get(self, url: str, *, timeout: float | None = None, follow: bool = True) -> Answer:
        """GET a page of the application; redirects count into the time. Raises :class:`NoAnswer`."""
        return self._follow("GET", url, None, {}, timeout, follow)

    def submit(self, method: str, url: str, fields: Sequence[tuple[str, str]], page: str) -> Answer:
        """Send a form that stands on ``page``, once. Raises :class:`NoAnswer`.

        With the page as the referrer: Sinatra's ``redirect back`` goes there.
        """
        if method == "GET":
            return self._follow(
                "GET", f"{url.partition('?')[0]}?{urlencode(fields)}", None, {"Referer": page}, None, True
            )
        return self._follow(method, url, fields, {"Referer": page}, None, True)

    def _follow(
        self,
        method: str,
        url: str,
        fields: Sequence[tuple[str, str]] | None,
        headers: dict[str, str],
        timeout: float | None,
        follow: bool,
    ) -> Answer:
        seconds = self.timeout if timeout is None else timeout
        until = time.monotonic() + seconds
        is_redirected = False
        for _count in range(MAX_REDIRECTS + 1):
            left = max(until - time.monotonic(), 0.001)
            answer = self._ask(method, url, fields, headers, left)
            location = answer.headers.get("Location")
            if not follow or location is None or answer.status not in (301, 302, 303, 307, 308):
                return replace(answer, is_redirected=is_redirected)
            headers = {"Referer": url, **headers}
            url = self.resolve(url, location)
            is_redirected = True
            # 307 and 308 say "not here, send it there"; after the others every browser GETs
            if answer.status not in (307, 308):
                method, fields = "GET", None
        reason = _("more than {count} redirects, the last one to {url}", count=MAX_REDIRECTS, url=excerpt(url))
        raise NoAnswer(Cause.REDIRECTS, reason, self._base.netloc)

    def _ask(
        self,
        method: str,
        url: str,
        fields: Sequence[tuple[str, str]] | None,
        headers: dict[str, str],
        timeout: float,
    ) -> Answer:
        request = Request(url)  # noqa: S310 (never opened: it carries the URL to the cookie jar)
        self._jar.add_cookie_header(request)
        cookie = request.get_header("Cookie")
        more = {**headers, "Cookie": cookie} if cookie else headers
        answer = exchange(method, url, timeout=timeout, fields=fields, headers=more)
        self._jar.extract_cookies(_Head(answer.headers), request)  # type: ignore[arg-type]
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
