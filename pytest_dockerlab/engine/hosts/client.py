"""The docker SDK's client of an endpoint, which talks as our first connection did and not as the environment says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import connection
from .endpoints import Endpoint
from .facts import numbers

if TYPE_CHECKING:
    from docker import DockerClient

__all__ = ["make_client", "sdk_versions"]

_CALL_TIMEOUT = 60
"""Seconds the SDK waits for the next byte of an answer; a call that takes longer by its nature sets its own."""


def make_client(endpoint: Endpoint, api_version: str, tunnel: str | None) -> DockerClient:
    """A client of an engine that speaks ``api_version``; ``tunnel`` is the socket of the ssh tunnel to it."""
    import docker
    from docker.tls import TLSConfig

    # The newest API both know: the SDK's "auto" takes the engine's, which may be newer than the SDK.
    version = min(api_version, sdk_versions()[1], key=numbers)
    url, tls = endpoint.url, endpoint.tls
    if tunnel is not None:
        from .ssh_sessions import share_sessions

        client = docker.DockerClient(base_url=f"unix://{tunnel}", version=version, timeout=_CALL_TIMEOUT)
        share_sessions(client, tunnel, _CALL_TIMEOUT)
        return client
    if tls is None:
        return docker.DockerClient(base_url=url, version=version, timeout=_CALL_TIMEOUT)
    pair = (str(tls.cert), str(tls.key)) if tls.has_client_certificate else None
    config = TLSConfig(client_cert=pair, ca_cert=str(tls.ca) if tls.ca else None, verify=tls.verify)
    url = f"tcp://{url.removeprefix('tcp://')}"
    client = docker.DockerClient(base_url=url, version=version, timeout=_CALL_TIMEOUT, tls=config)
    _secure(client, endpoint)
    return client


def sdk_versions() -> tuple[str, str]:
    """The oldest and the newest API that the SDK speaks."""
    from docker.constants import DEFAULT_DOCKER_API_VERSION, MINIMUM_DOCKER_API_VERSION

    return MINIMUM_DOCKER_API_VERSION, DEFAULT_DOCKER_API_VERSION


def _secure(client: DockerClient, endpoint: Endpoint) -> None:
    from requests.adapters import HTTPAdapter

    assert endpoint.tls is not None
    context = connection.tls_context(endpoint.tls, endpoint)

    class Adapter(HTTPAdapter):
        # The very context of the first connection, for the reason given at tls_context().
        def init_poolmanager(self, *args: Any, **words: Any) -> None:
            super().init_poolmanager(*args, **words, ssl_context=context)

    client.api.mount("https://", Adapter())
    # Else REQUESTS_CA_BUNDLE replaces the docker host's CA, and .netrc's passwords are sent.
    client.api.trust_env = False
