"""Stock images: on the engine, or pulled within a deadline."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from ..errors import DockerlabError

if TYPE_CHECKING:
    from .hosts import DockerHost

__all__ = ["PullFailed", "ensure_image"]

_REFERENCE = re.compile(r"[A-Za-z0-9][\w./:@-]{0,400}", re.ASCII)


class PullFailed(DockerlabError):
    """An image cannot be had. ``stdout`` is what the engine or the registry says; untrusted text."""


def ensure_image(host: DockerHost, name: str, timeout: float = 600.0) -> str:
    """The id of an image, pulled if the engine does not have it. Raises :class:`PullFailed`.

    :param timeout: seconds for the whole pull. It is looked at whenever the engine says something, and the SDK's own
        limit is for the silence between.
    """
    from docker.errors import APIError, ImageNotFound
    from requests import RequestException

    if not _REFERENCE.fullmatch(name) or ".." in name:  # the name becomes a part of an address
        raise PullFailed(f"{name!r} is no name of an image", stdout="invalid reference format", host=host.address)

    client = host.client
    try:
        return str(client.images.get(name).id)
    except ImageNotFound:
        pass
    except APIError as error:
        raise PullFailed(f"{name}: {error.explanation}", stdout=str(error), host=host.address) from error
    deadline = time.monotonic() + timeout
    repository, tag = _parts(name)
    try:
        for message in client.api.pull(repository, tag=tag, stream=True, decode=True):
            if "error" in message:
                raise PullFailed(f"{name} cannot be pulled", stdout=str(message["error"]), host=host.address)
            if time.monotonic() > deadline:
                raise PullFailed(
                    f"{name} is not there after {timeout:g} s", stdout="Client.Timeout exceeded", host=host.address
                )
        return str(client.images.get(name).id)
    except (APIError, RequestException) as error:
        raise PullFailed(f"{name} cannot be pulled", stdout=str(error), host=host.address) from error


def _parts(name: str) -> tuple[str, str]:
    """Repository and tag; without a tag it is ``latest``, else the SDK would ask for every tag there is."""
    if "@" in name:
        repository, _at, digest = name.partition("@")
        return _parts(repository)[0], digest  # the digest says more than a tag beside it
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, "latest")
