"""A docker host: the endpoint to talk to, the address where its published ports answer, and what is known about it.

Works without pytest::

    with resolve_docker_host("ssh://me@docker-host") as host:
        print(host.facts.version, host.address)
        host.client.containers.run("busybox", "true", remove=True)
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ...findings import Unverified
from ...messages import _
from . import connection, errors
from .client import make_client, sdk_versions
from .endpoints import Endpoint, default_endpoint, resolve_endpoint
from .facts import HostFacts, numbers

if TYPE_CHECKING:
    from docker import DockerClient

    from .ssh import SshTunnel

__all__ = ["DockerHost", "DockerHosts", "HostFacts", "resolve_docker_host"]


class DockerHost:
    """A docker host; a context manager, which closes every connection at its end.

    Nothing is connected before something is asked. Whatever asks first raises
    :class:`~pytest_dockerlab.engine.hosts.errors.HostUnavailable` where the host cannot be used, within 15 s (over ssh
    within 30 s: as much again for the ssh connection); who asks after it gets the same error, at once.

    :param address: where published ports answer, when it is not what the endpoint says.
    :param ssh_config: the ssh configuration file, instead of the user's.
    """

    def __init__(self, endpoint: Endpoint, *, address: str | None = None, ssh_config: Path | None = None) -> None:
        self.endpoint = endpoint
        self._address = address
        self._ssh_config = ssh_config
        self._tunnel: SshTunnel | None = None
        self._client: DockerClient | None = None
        self._facts: HostFacts | errors.HostUnavailable | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<DockerHost {self.endpoint}>"

    @functools.cached_property
    def address(self) -> str:
        """Where published ports answer: a name or an address, for a URL put into brackets where it has colons.

        Kept apart from the endpoint: that may be a socket, an alias of the ssh configuration, or a tunnel.
        """
        if self._address:
            return self._address
        if self.endpoint.scheme == "ssh":
            from .ssh import SshTunnel

            return SshTunnel(self.endpoint, self._ssh_config).host_name()
        return self.endpoint.address

    @property
    def facts(self) -> HostFacts:
        """What the engine says of itself; asked once. Raises :class:`~.errors.HostUnavailable`."""
        if self._facts is None:
            try:
                self._facts = self._ask()
            except errors.HostUnavailable as error:
                self._facts = error
        if isinstance(self._facts, errors.HostUnavailable):
            raise self._facts
        return self._facts

    @property
    def client(self) -> DockerClient:
        """A client of the docker SDK, made at the first use. Raises :class:`~.errors.HostUnavailable`."""
        if self._client is None:
            facts = self.facts  # before anything is opened: it raises for a host that cannot be used
            path = self._open_tunnel().socket_path if self.endpoint.scheme == "ssh" else None
            self._client = make_client(self.endpoint, facts.api_version, path)
        return self._client

    @property
    def is_local(self) -> bool:
        """Whether this process and the engine share a kernel: what is under ``/proc`` here is then the docker host's.

        A socket may also lead into a virtual machine or, through a tunnel, elsewhere. So the kernel's release and the
        size of the memory, to the page, must be the same too.
        """
        if self.endpoint.scheme != "unix" or self.facts.is_desktop or platform.system() != "Linux":
            return False
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return (self.facts.kernel, self.facts.memory) == (platform.release(), memory)

    def is_local_engine(self) -> bool:
        """Whether this is the engine of this machine's default socket, whatever way leads to it: ssh to localhost, say.

        False where there is no engine at that socket. Raises :class:`~.errors.HostUnavailable`.
        """
        if self.is_local:
            return True
        with DockerHost(default_endpoint()) as local, contextlib.suppress(errors.HostUnavailable):
            return local.facts.identity == self.facts.identity
        return False

    @functools.cached_property
    def machine(self) -> Any:
        """The docker host's own machine as a pytest-testinfra host, over the same connection.

        Over ssh nothing is connected before a command is run, which then raises what :attr:`facts` would.
        Raises :class:`~pytest_dockerlab.findings.Unverified` where there is no way to run a command there: a tcp
        endpoint, a virtual machine, the socket of an engine outside the container we run in.
        """
        if self.endpoint.scheme == "ssh":
            from .machine_backend import machine_behind

            return machine_behind(self._own_tunnel())
        import testinfra

        # In a container the kernel is the docker host's, and the files are not.
        if self.is_local and self.facts.name == socket.gethostname():
            return testinfra.get_host("local://")
        raise Unverified(
            _("there is no way to run a command on the machine of the docker host {host}", host=str(self.endpoint)),
            _("name the docker host by ssh://user@host"),
        )

    def close(self) -> None:
        """Close every connection. The host can be used again, and then connects anew."""
        if self._client is not None:
            self._client.close()
        if self._tunnel is not None:
            self._tunnel.close()
        self._client = self._tunnel = self._facts = None
        self.__dict__.pop("machine", None)

    def _ask(self) -> HostFacts:
        if self.endpoint.scheme == "npipe":
            version, info = self._ask_by_sdk()
        elif self.endpoint.scheme == "ssh":
            tunnel = self._open_tunnel()
            try:
                version, info = connection.ask(self.endpoint, ("/version", "/info"), tunnel.socket_path)
            except errors.HostUnavailable as error:
                explained = tunnel.explain(error)
                tunnel.close()
                if explained is error:
                    raise
                raise explained from error
        else:
            version, info = connection.ask(self.endpoint, ("/version", "/info"))
        facts = HostFacts.from_answers(version, info)
        if not numbers(facts.api_version):
            raise errors.NotDocker(str(self.endpoint), str(version))
        oldest = sdk_versions()[0]
        if numbers(facts.api_version) < numbers(oldest):
            raise errors.HostTooOld(str(self.endpoint), version=facts.api_version, needed=oldest)
        return facts

    def _ask_by_sdk(self) -> tuple[dict[str, Any], dict[str, Any]]:
        # Windows' named pipes: the SDK brings the code, and the answers are bounded by its timeout only.
        import docker.errors
        import requests

        try:
            client = docker.DockerClient(self.endpoint.url, version="auto", timeout=int(connection.ANSWER_TIMEOUT))
            with contextlib.closing(client):
                return client.version(), client.info()
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            raise errors.HostUnavailable(str(self.endpoint), str(error)) from error

    def _open_tunnel(self) -> SshTunnel:
        tunnel = self._own_tunnel()
        tunnel.open()
        return tunnel

    def _own_tunnel(self) -> SshTunnel:
        from .ssh import SshTunnel

        if self._tunnel is None:
            self._tunnel = SshTunnel(self.endpoint, self._ssh_config)
        return self._tunnel


class DockerHosts:
    """Docker hosts by what names them, each opened once; a context manager that closes them all."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._hosts: dict[str, DockerHost] = {}

    def __call__(self, explicit: str | None = None) -> DockerHost:
        """The host that ``explicit`` names, as :func:`resolve_docker_host` finds it."""
        host = resolve_docker_host(explicit, self._environ)
        return self._hosts.setdefault(str(host.endpoint), host)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every host."""
        while self._hosts:
            self._hosts.popitem()[1].close()


def resolve_docker_host(
    explicit: str | None = None, environ: Mapping[str, str] = os.environ, *, address: str | None = None
) -> DockerHost:
    """The docker host that ``explicit`` names, else the one docker's own settings lead to; nothing is connected yet.

    ``explicit``: see :func:`~.endpoints.resolve_endpoint`. ``DOCKERLAB_DOCKER_ADDRESS`` says where published ports
    answer, ``DOCKERLAB_SSH_CONFIG`` names the ssh configuration file (ssh itself reads ``~/.ssh/config`` of the user's
    entry in the password database, whatever ``HOME`` says). Raises :class:`~.errors.EndpointInvalid`.
    """
    config = environ.get("DOCKERLAB_SSH_CONFIG")
    return DockerHost(
        resolve_endpoint(explicit, environ),
        address=address or environ.get("DOCKERLAB_DOCKER_ADDRESS") or None,
        ssh_config=Path(config) if config else None,
    )
