"""What is sent and what comes back: URLs, requests, answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage
from urllib.parse import quote, urljoin, urlsplit

__all__ = ["Answer", "Request", "Secret", "Url"]

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAFE = "/%:@!$&'()*+,;=~[]"


@dataclass(frozen=True, slots=True)
class Secret:
    """The value of a header that no traceback may show."""

    value: str = field(repr=False)

    @property
    def is_token(self) -> bool:
        """Whether it can be one that a server takes: signs that can be seen, and no more than a header has room for.

        Of one field nginx takes 8 KiB (https://nginx.org/r/large_client_header_buffers), its name included, and Apache
        8190 bytes (https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestfieldsize). Nothing shorter is a limit:
        GitHub's tokens have about 520 characters and may have more
        (https://github.blog/changelog/2026-04-24-notice-about-upcoming-new-format-for-github-app-installation-tokens/),
        and a job's of GitLab are JSON Web Tokens.
        """
        return re.fullmatch(r"[!-~]{1,8000}", self.value) is not None


@dataclass(frozen=True, slots=True)
class Url:
    """Where a request goes: ``target`` is the path and the query."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str, base: Url | None = None) -> Url:
        """A URL, relative to ``base``. Raises ``ValueError`` for one that is no plain http or https."""
        parts = urlsplit(urljoin(str(base), text) if base is not None else text)
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            raise ValueError("no plain URL of http or https")
        target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, f'{_SAFE}?')}" if parts.query else "")
        return cls(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], target)

    @property
    def origin(self) -> tuple[str, str, int]:
        """Whom the request goes to."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The host, and the port unless it is the usual one: the header ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. ``headers`` come in the place of those that every request has."""

    url: Url
    method: str = "GET"
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole. ``url`` is where it came from, after redirects."""

    url: Url
    status: int
    headers: HTTPMessage
    body: bytes
    keeps_open: bool = False
    """Whether the connection can carry another request."""
    is_redirected: bool = False
    """Whether it is the answer to another request than the first one."""
    is_cut: bool = False
    """Whether the body is only the beginning of what was sent."""

    def header(self, name: str) -> str:
        """A header's value; empty without it."""
        return str(self.headers.get(name, ""))

    @property
    def media_type(self) -> str:
        """The content's type without its parameters, in lower case; empty where the server does not say."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @property
    def is_redirect(self) -> bool:
        """Whether it sends somewhere else, if it says where."""
        return self.status in _REDIRECTS
