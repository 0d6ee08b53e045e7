"""Old base images and the ones to take instead: what the course file says, for images that are gone or too old."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["normalized", "replacement"]

_HUB = ("docker.io/", "index.docker.io/", "registry-1.docker.io/")


def normalized(name: str) -> str:
    """An image's name with what docker adds by itself left out, but the tag: ``docker.io/library/ruby`` is
    ``ruby:latest``."""
    for prefix in _HUB:
        name = name.removeprefix(prefix)
    name = name.removeprefix("library/")
    last = name.rpartition("/")[2]
    return name if ":" in last or "@" in name else f"{name}:latest"


def replacement(name: str, images: Mapping[str, str]) -> str | None:
    """What the course puts in the place of an image; ``None`` where it stays."""
    wanted = normalized(name)
    return next((new for old, new in images.items() if normalized(old) == wanted), None)
