"""A docker host that goes away while we clean up on it: what is left is for the sweep of the next start."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..hosts.errors import LeftBehind

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["cleaning_up"]


@contextlib.contextmanager
def cleaning_up(host: DockerHost) -> Iterator[None]:
    """Raise :class:`LeftBehind` where the docker host gives no answer meanwhile, or one of 5xx.

    Every other error comes through: it is a mistake of ours.
    """
    from docker.errors import APIError
    from requests import RequestException

    try:
        yield
    except RequestException as error:  # what the engine answers is one too
        if isinstance(error, APIError) and not error.is_server_error():
            raise
        raise LeftBehind(host.address, error) from error
