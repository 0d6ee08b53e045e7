"""A pull-through cache of Docker Hub: whether a registry is one, and what it has. Nothing is ever pushed or pulled.

A mirror looks like any registry until it is asked for what it does not have: then it asks its upstream. So it is asked
for the tags of images that its own catalogue lacks and Docker Hub has. That is no pull, and leaves nothing behind; a
manifest would be stored, and be one of the pulls that Docker Hub allows the mirror's owner.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from ..messages import excerpt
from ..net.asking import ask
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Url
from . import manifests
from .challenges import parse_challenges
from .errors import LoginRequired, NotARegistry, RegistryBroken, TokenRequired

__all__ = ["HUB_IMAGES", "MirrorView", "Upstream", "look_at_mirror"]

HUB_IMAGES = ("library/eggdrop", "library/znc", "library/irssi")
"""Official images that no course uses, so hardly a mirror has them: with few tags, for all are listed at once."""
_SECONDS = 40.0
_MAX_BODY = 1024 * 1024
_PAGE, _MAX_PAGES = 100, 20
_NAME = re.compile(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+){0,40}")
_NO_DIGEST = "sha256:" + 64 * "0"
_ABSENT = {"MANIFEST_UNKNOWN", "NAME_UNKNOWN"}


class Upstream(StrEnum):
    """What a registry does when it is asked for what it does not have."""

    HUB = "Docker Hub"
    """It gets it from Docker Hub."""
    OTHER = "another registry"
    """It asks another registry, which does not have Docker Hub's images."""
    SILENT = "silent"
    """It asks another registry, and gets no answer, or none now: it may have asked too often."""
    NONE = "none"
    """It says that it does not have it."""


@dataclass(frozen=True, slots=True)
class MirrorView:
    """What a registry shows to everybody. ``cached`` is ``None`` where it does not list what it has."""

    cached: tuple[str, ...] | None
    why_unlisted: str
    upstream: Upstream
    upstream_said: str
    """In its own words, which nobody vouches for; empty where all is well."""


def look_at_mirror(base: Url, option: str) -> MirrorView:
    """What the registry at ``base`` shows.

    Raises :class:`~..net.asking.EndpointError` without an answer, :class:`~.errors.RegistryError` for another one.
    """
    mirror = _Mirror(base, option)
    mirror.require_registry()
    cached, why = mirror.catalogue()
    return MirrorView(cached, why, *mirror.upstream(cached or ()))


class _Mirror:
    def __init__(self, base: Url, option: str) -> None:
        self._base = Url(base.scheme, base.host, base.port, "/v2/")
        self._option = option
        self._deadline = Deadline(_SECONDS)

    def get(self, target: str, accept: str = "application/json") -> Answer:
        request = Request(Url.parse(target, self._base), headers={"Accept": accept})
        return ask(request, self._option, max_body=_MAX_BODY, deadline=self._deadline)

    def get_as_everybody(self, target: str, accept: str = "application/json") -> Answer:
        """What Docker gets too, which sends a login to no mirror. Raises where everybody gets nothing."""
        answer = self.get(target, accept)
        if answer.status == 401:
            for challenge in parse_challenges(answer.headers.get_all("WWW-Authenticate", [])):
                if challenge.scheme == "bearer":
                    raise TokenRequired(self._base.authority, challenge.parameters.get("realm", ""), status=401)
            raise LoginRequired(self._base.authority, status=401)
        return answer

    def require_registry(self) -> None:
        """Raise unless the API of a registry answers there."""
        answer = self.get_as_everybody("/v2/")
        is_said = answer.header("Docker-Distribution-Api-Version").strip() == "registry/2.0"
        if answer.status >= 500 and (is_said or manifests.codes(answer)):
            raise RegistryBroken(self._base.authority, manifests.problem(answer), status=answer.status)
        if answer.status != 200 or not (is_said or manifests.object_of(answer) == {}):
            kind = f" ({answer.media_type})" if answer.media_type else ""
            said = f"HTTP {answer.status}{kind}: {excerpt(answer.body)}"
            raise NotARegistry(self._base.authority, said, status=answer.status)

    def catalogue(self) -> tuple[tuple[str, ...] | None, str]:
        """The repositories that it has layers of, at most two thousand; else why it does not list them."""
        found: dict[str, None] = {}
        last = ""
        for _page in range(_MAX_PAGES):
            answer = self.get(f"/v2/_catalog?n={_PAGE}" + (f"&last={last}" if last else ""))
            names = (manifests.object_of(answer) or {}).get("repositories") if answer.status == 200 else None
            if not isinstance(names, list):
                return None, manifests.problem(answer)
            is_name = [isinstance(name, str) and len(name) < 256 and bool(_NAME.fullmatch(name)) for name in names]
            page = [name for name, good in zip(names, is_name, strict=True) if good and name not in found]
            found.update(dict.fromkeys(page))
            if not answer.header("Link") or not page:
                break
            last = page[-1]
        return tuple(found), ""

    def upstream(self, cached: Collection[str]) -> tuple[Upstream, str]:
        """What it does when it is asked for what it does not have."""
        images = [image for image in HUB_IMAGES if image not in cached]
        for image in images:
            answer = self.get_as_everybody(f"/v2/{image}/tags/list")
            if answer.status == 200 and manifests.first_tag(answer) is not None:
                return Upstream.HUB, ""
        if not images:
            return Upstream.NONE, ""
        # A mirror whose upstream fails says of tags what it has itself, so it looks like any other registry. It does
        # not when it is asked for a manifest that nobody has: then its answer is what went wrong behind it.
        answer = self.get(f"/v2/{images[0]}/manifests/{_NO_DIGEST}", ", ".join(manifests.MEDIA_TYPES))
        said = manifests.problem(answer)
        if answer.status in (400, 404):
            return Upstream.NONE, ""
        behind = _behind(answer)
        if behind is None and answer.status >= 500:
            raise RegistryBroken(self._base.authority, said, status=answer.status)
        return (Upstream.OTHER if behind and behind & _ABSENT else Upstream.SILENT), said


def _behind(answer: Answer) -> set[str] | None:
    """The error codes of an upstream that an error of 5xx tells of; ``None`` where it tells of none."""
    if answer.status < 500:
        return None
    for each in manifests.errors_of(answer):
        match each:
            case {"detail": {"errors": [*behind]}}:
                return {str(one.get("code")) for one in behind[:10] if isinstance(one, dict)}
            case {"detail": {"Op": _op, "URL": _url}}:
                return set()
    return None
