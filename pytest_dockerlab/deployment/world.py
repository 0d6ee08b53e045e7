"""Whether the world has moved on: what a build or a program says when the fault is neither the student's nor ours.

Base images, package archives and servers disappear, limits are reached, and a version that was not pinned becomes one
that nothing else fits. Such a failure is *unverified*, naming the cause. The texts are untrusted: a student can print
any of them, and gains no more than that.
"""

from __future__ import annotations

import re

from ..messages import Message, _

__all__ = ["moved_on", "outgrown"]

_MAP_IT = _("the course file can replace the image: [images]")
_LATER = _("try again later, or from a network that reaches it")
_RATE = _("wait an hour or two, or pull the image on the docker host beforehand, after docker login")

_DISK_FULL = (
    r"[Nn]o space left on device|[Dd]isk quota exceeded",
    _("the docker host's disk is full"),
    _("free some space there"),
)
# what MongoDB 5.0 and newer say before they end
_CPU = (
    r"requires a CPU with AVX support",
    _("the database's image is for a newer CPU than this docker host's"),
    _("use another docker host, or replace the image in the course file: [images]"),
)

_SIGNS: tuple[tuple[str, Message, Message], ...] = (
    # Docker Hub's and the engine's own words for what happens to a pull
    (r"toomanyrequests|pull rate limit|429 Too Many Requests", _("the registry's rate limit is reached"), _RATE),
    (
        r"no matching manifest for|does not match the specified platform",
        _("there is no such image for this docker host's architecture"),
        _("use a docker host of another architecture, or replace the image in the course file: [images]"),
    ),
    (
        r"schema 1|manifest version 2, schema 1|media type \S*manifest\.v1\S* is no longer supported",
        _("the image is stored in a format that engines no longer read"),
        _MAP_IT,
    ),
    (
        r"pull access denied|manifest(?: for \S+)? (?:unknown|not found)|repository does not exist"
        r"|requested access to the resource is denied|repository name not known to registry|No such image"
        # Docker Hub's and Debian's registry, GitLab's, GitHub's
        r"|no basic auth credentials|\bunauthorized: (?:authentication required|HTTP Basic)|insufficient_scope"
        r"|denied: access forbidden|(?:from registry|from daemon): denied\b",
        _("the image is not available: it was removed, is private, or never had this name"),
        _("check the image's name; if it was right once, the course file can replace it: [images]"),
    ),
    (
        r"failed to resolve (?:source metadata|reference)[^\n]{0,500}: not found",
        _("the image is not available: it was removed, is private, or never had this name"),
        _("check the image's name; if it was right once, the course file can replace it: [images]"),
    ),
    (
        r"Temporary failure (?:in name resolution|resolving)|[Cc]ould not resolve|unable to resolve host address"
        r"|no such host|server misbehaving|Name or service not known|bad address|EAI_AGAIN"
        r"|getaddrinfo(?: ENOTFOUND|: )|DNS lookup error|DNS: (?:transient|permanent) error|Could not reach host ",
        _("a name on the internet did not resolve"),
        _LATER,
    ),
    (
        r"TLS handshake timeout|i/o timeout|Client\.Timeout exceeded|[Cc]onnection timed out|[Oo]peration timed out"
        r"|net/http: request canceled|[Nn]etwork is unreachable|No route to host|context deadline exceeded"
        r"|Read timed out|ReadTimeoutError|connection broken by '|temporary error \(try again later\)"
        r"|network error \(check Internet|unexpected EOF(?! while)|Connection reset by peer"
        r"|502 Bad Gateway|503 Service Unavailable|504 Gateway"
        r"|Could not connect to \S+:\d+ \(|Cannot initiate the connection to |Unable to connect to \S+:https?:"
        r"|Failed to connect to (?!127\.|::1)\S+ port \d+"
        r"|Could not fetch specs from |Unable to download data from |Network error while fetching|Net::OpenTimeout"
        r"|npm (?:ERR!|error) (?:code (?:ETIMEDOUT|ECONNRESET|ECONNREFUSED|ERR_SOCKET_TIMEOUT)|network )"
        r"|keyserver (?:receive failed|timed out)",
        _("something on the internet does not answer"),
        _LATER,
    ),
    (
        r"does not have a Release file|no longer has a Release file"
        r"|Release file for \S+ is (?:not valid yet|expired)|404 +Not Found \[IP|Failed to fetch \S+ +404"
        r"|Ignoring \S+APKINDEX\S*: No such file|remote server returned error \(try 'apk update'\)"
        r"|(?:EXPKEYSIG|KEYEXPIRED|REVKEYSIG) ",
        _("the package archive of this base image is gone or has moved"),
        _("use a base image that is still maintained, or replace it in the course file: [images]"),
    ),
    (
        r"unauthenticated git protocol on port 9418 is no longer supported|alert protocol version",
        _("a server on the internet no longer supports the old protocol that is used here"),
        _("use a newer base image, and addresses with https:// instead of git://"),
    ),
    (
        r"certificate (?:has expired|is not yet valid)|certificate verify failed|SSL_connect|SSLError|x509: ",
        _("a server's certificate is not trusted: the CA certificates in this base image may be too old"),
        _("use a newer base image, or replace it in the course file: [images]"),
    ),
    (
        r"requires [Rr]uby version|requires [Rr]uby[Gg]ems version|Requires-Python|requires Python",
        _("the newest version of a package no longer runs on this base image"),
        _("pin a version that works, or replace the base image in the course file: [images]"),
    ),
    (
        r"(?:Get|Head) \"?https?://[^\s\"]+/v2/[^\s\"]*\"?: ",
        _("something on the internet does not answer"),
        _LATER,
    ),
    _DISK_FULL,
)
# Of a running application only these: that a name is not known or a connection is reset is its own affair there.
_RUNNING: tuple[tuple[str, Message, Message], ...] = (
    # a driver that is older than the database: MongoDB 6 and newer, and the drivers' own words
    (
        r"Unsupported OP_QUERY command|reports? (?:minimum |maximum )?wire version|requires (?:at least )?wire version"
        r"|WireVersion|wire protocol version",
        _("the application's driver does not support this version of the database"),
        _("pin the version of the database's image, or replace it in the course file: [images]"),
    ),
    _DISK_FULL,
    _CPU,
)
# A name of one word is none on the internet: a build asks for a service of the application, which is not there then.
_OWN_NAME = re.compile(
    r"(?:[Cc]ould not resolve(?: host(?:name)?)?:?|unable to resolve host address|bad address|ping:|: lookup|resolving"
    r"|ENOTFOUND|EAI_AGAIN|[Ff]ailed to open TCP connection to|Failed to connect to)"
    r" ['\"\u2018]?(?!host\b|hostname\b)[\w-]+(?![\w.-])[^\n]*"
)
_LOOKED_AT = 20_000


def moved_on(text: str) -> tuple[Message, Message] | None:
    """The cause and what helps, if ``text`` (of a build or a pull) says that the world is at fault; else ``None``."""
    return _search(_SIGNS, _OWN_NAME.sub("", text[-_LOOKED_AT:]))


def outgrown(log: str) -> tuple[Message, Message] | None:
    """The same for what a running service wrote."""
    return _search(_RUNNING, log)


def _search(signs: tuple[tuple[str, Message, Message], ...], text: str) -> tuple[Message, Message] | None:
    end = text[-_LOOKED_AT:]
    return next(((cause, remedy) for pattern, cause, remedy in signs if re.search(pattern, end)), None)
