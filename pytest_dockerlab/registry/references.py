"""How images are called: ``[HOST[:PORT]/]NAME[:TAG][@DIGEST]``, as docker itself reads it.

The grammar is that of the reference implementation (github.com/distribution/reference): what stands before the first
slash is a registry only with a dot or a colon in it, or when it is ``localhost``; everything else is on Docker Hub,
where a name without a user is one of the official images, ``library/NAME``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["DOCKER_HUB", "ImageReference", "ReferenceInvalid", "is_docker_hub", "parse_reference"]

DOCKER_HUB = "docker.io"
_HUB_NAMES = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
_MAX_NAME = 255
_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:.]+\])"
    r"(?::[0-9]{1,5})?"
)
_PART = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


class ReferenceInvalid(ValueError):
    """A text that no image can be called."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image's name. ``host`` is the registry that was written, ``None`` where none was; ``path`` is as written."""

    host: str | None
    path: str
    tag: str | None = None
    digest: str | None = None

    @property
    def registry(self) -> str:
        """The registry the name belongs to, with its port where one is written."""
        return DOCKER_HUB if self.host is None else self.host

    @property
    def repository(self) -> str:
        """The name inside of the registry: on Docker Hub ``library/`` stands before an official image's."""
        return f"library/{self.path}" if self.is_official else self.path

    @property
    def is_official(self) -> bool:
        """Whether the name is that of one of Docker Hub's own images: it has no user."""
        return self.registry == DOCKER_HUB and "/" not in self.path

    @property
    def wanted(self) -> str:
        """What is asked for: the digest, else the tag, else ``latest``."""
        return self.digest or self.tag or "latest"

    def __str__(self) -> str:
        text = self.path if self.host is None else f"{self.host}/{self.path}"
        text += f":{self.tag}" if self.tag is not None else ""
        return text + (f"@{self.digest}" if self.digest is not None else "")


def is_docker_hub(host: str) -> bool:
    """Whether a registry's name, without a port or with 443, is one of those of Docker Hub."""
    return host.lower().removesuffix(":443") in _HUB_NAMES


def parse_reference(text: str) -> ImageReference:
    """The parts of an image's name. Raises :class:`ReferenceInvalid`."""
    if len(text) > 2 * _MAX_NAME:
        raise ReferenceInvalid("longer than any image's name")
    name, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise ReferenceInvalid("no digest stands behind the @")
    first, slash, rest = name.partition("/")
    host = None
    if slash and ("." in first or ":" in first or first == "localhost"):
        host, name = first, rest
        if (
            not _HOST.fullmatch(host)
            or int(host.rpartition(":")[2] if host[-1].isdigit() and ":" in host else 1) > 65535
        ):
            raise ReferenceInvalid("no registry stands before the first slash")
        host = DOCKER_HUB if is_docker_hub(host) else host.lower()
    path, colon, tag = name.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise ReferenceInvalid("no tag stands behind the colon")
    if len(path) > _MAX_NAME or not all(_PART.fullmatch(part) for part in path.split("/")):
        raise ReferenceInvalid("a name has lower-case letters, digits and single . _ - between them")
    return ImageReference(host, path, tag if colon else None, digest if at else None)
