"""Stock images: on the engine, or pulled within a deadline."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...activity import working_on
from ...errors import DockerlabError
from ...messages import _

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["PullFailed", "ensure_image", "is_official"]

_REFERENCE = re.compile(r"[A-Za-z0-9][\w./:@-]{0,400}", re.ASCII)


class PullFailed(DockerlabError):
    """An image cannot be had. ``stdout`` is what the engine or the registry says; untrusted text."""


def ensure_image(host: DockerHost, name: str, timeout: float = 600.0, *, with_login: bool = False) -> str:
    """The id of an image, pulled if the engine does not have it. Raises :class:`PullFailed`.

    :param timeout: seconds for the whole pull, looked at whenever the engine says something; and for the silence
        between.
    :param with_login: pull with the user's own ``docker login``. Official images of Docker Hub always are, for its rate
        limit: by any other name a submission could read what only the user may.
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
        with working_on(_("the image {image} is pulled", image=name)):
            for message in _pull(host, repository, tag, timeout, with_login=with_login or is_official(repository)):
                if "error" in message:
                    raise PullFailed(f"{name} cannot be pulled", stdout=str(message["error"]), host=host.address)
                if time.monotonic() > deadline:
                    raise PullFailed(
                        f"{name} is not there after {timeout:g} s", stdout="Client.Timeout exceeded", host=host.address
                    )
        return str(client.images.get(name).id)
    except (APIError, RequestException, ValueError) as error:
        raise PullFailed(f"{name} cannot be pulled", stdout=str(error), host=host.address) from error


def _pull(host: DockerHost, repository: str, tag: str, timeout: float, *, with_login: bool) -> Iterator[dict[str, Any]]:
    """What the engine says of a pull. Not by the SDK's own method: it waits for ever, and always sends the login."""
    from docker import auth

    api: Any = host.client.api  # the stubs leave out what the SDK itself builds its calls of
    login = auth.get_config_header(api, auth.resolve_repository_name(repository)[0]) if with_login else None
    with api.post(
        api._url("/images/create"),
        params={"fromImage": repository, "tag": tag},
        headers={"X-Registry-Auth": login} if login else {},
        stream=True,
        timeout=(api.timeout, timeout),
    ) as response:
        api._raise_for_status(response)
        for line in response.iter_lines():
            message = json.loads(line) if line.strip() else {}
            if isinstance(message, dict):
                yield message


def is_official(repository: str) -> bool:
    """Whether a repository, with a tag or without, is one of Docker Hub's own, which belong to nobody's account."""
    return "/" not in repository.removeprefix("docker.io/").removeprefix("library/")


def _parts(name: str) -> tuple[str, str]:
    """Repository and tag; without a tag it is ``latest``, else the SDK would ask for every tag there is."""
    if "@" in name:
        repository, _at, digest = name.partition("@")
        return _parts(repository)[0], digest  # the digest says more than a tag beside it
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, "latest")
