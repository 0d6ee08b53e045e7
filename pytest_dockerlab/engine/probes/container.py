"""The container of a probe: how it is asked for, and how it is created and started."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from ...findings import Unverified
from ...messages import _
from ..owned.labels import Labels
from ..owned.limits import confined
from ..owned.networks import Network
from .connections import listen_script
from .probe import Probe

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["ProbeOptions", "second", "start_container"]

_NET_ADMIN: dict[str, Any] = {"cap_drop": ["ALL"], "cap_add": ["NET_ADMIN"], "security_opt": ["no-new-privileges:true"]}


class ProbeOptions(TypedDict, total=False):
    """How to start a probe. All of it is optional."""

    network: Network | Probe | str
    """A network of ours (default: the engine's default bridge), another probe whose namespace is shared, or a mode of
    docker's: ``none``, ``host``, ``bridge``."""
    aliases: Sequence[str]
    """Other names on that network, which must be user-defined."""
    name: str
    """The container's name, which user-defined networks resolve. Default: a random one."""
    pid_mode: str
    """``host`` to see the docker host's processes."""
    command: Sequence[str]
    """What to run instead of doing nothing until told."""
    listen: Sequence[int]
    """Ports to serve from the beginning; see :meth:`Probe.listen`. Not together with ``command``."""
    token: str
    """What its servers say. Default: a random one."""
    image: str
    """Instead of the probe image; of an image made of it."""
    volumes: Mapping[str, str]
    """Volume names and where to mount them."""
    folders: Mapping[str, str]
    """Folders of the docker host and where to mount them, read only. The engine refuses one that is not there."""
    publish: Sequence[int]
    """Container ports to publish, each on a port of the docker host that the engine chooses."""
    publish_at: str | None
    """The address of the docker host to publish them at; default: all."""
    also_on: Sequence[Network]
    """More networks, which it is on when it starts, with the address of :func:`second`."""
    is_net_admin: bool
    """It may set up its network namespace, and nothing else: without any other capability."""
    sysctls: Mapping[str, str]
    """Of its network namespace."""
    dns: Sequence[str]
    """The name servers that the engine asks for it; default: the docker host's."""


def second(network: Network) -> str:
    """The first address that a container may have."""
    return str(network.subnet[2])


def start_container(host: DockerHost, labels: Labels, image: str, options: ProbeOptions) -> tuple[str, str, str]:
    """Create and start a probe's container; returns its id, its name and its token.

    One with volumes is confined, because what lies in those may be anybody's. Raises as :meth:`.starting.Probes.start`.
    """
    from docker.errors import APIError
    from docker.types import Mount

    api = host.client.api
    network = options.get("network", "bridge")
    mode = network if isinstance(network, str) else network.name
    if isinstance(network, Probe):
        mode = f"container:{network.id}"
    of_host = mode == "host" or options.get("pid_mode") == "host"
    token = options.get("token") or secrets.token_hex(8)
    lifetime = str(int(labels.lifetime))
    # a confined one has few processes to give: each call leaves one, and sleep buries none
    idle = ["sh", "-c", f"sleep {lifetime} & wait"] if options.get("volumes") else ["sleep", lifetime]
    command = list(options.get("command") or idle)
    if "listen" in options:
        command = ["sh", "-c", listen_script(options["listen"], token) + f"exec sleep {lifetime}"]
    publish = options.get("publish", ())
    volumes = options.get("volumes", {})
    name = options.get("name") or f"pytest-dockerlab-{secrets.token_hex(6)}"
    try:
        container = api.create_container(
            image,
            command,
            name=name,
            ports=[(port, "tcp") for port in publish],
            labels=labels.make("container", "probe"),
            host_config=api.create_host_config(
                network_mode=mode,
                pid_mode=options.get("pid_mode"),
                # An engine with user namespaces refuses the docker host's other namespaces without it.
                userns_mode="host" if of_host and host.facts.has_userns_remap else None,
                binds={volume: {"bind": path} for volume, path in volumes.items()},
                # a mount, because a bind makes a folder that is not there
                mounts=[
                    Mount(path, folder, type="bind", read_only=True)
                    for folder, path in options.get("folders", {}).items()
                ],
                port_bindings=dict.fromkeys(publish, None if (at := options.get("publish_at")) is None else (at,)),
                sysctls=dict(options.get("sysctls", {})) or None,
                dns=list(options.get("dns", ())) or None,
                **(confined(host.facts) if volumes else {}),
                **(_NET_ADMIN if options.get("is_net_admin") else {}),
            ),
            networking_config=_endpoint(host, mode, options.get("aliases", ())),
        )
        for each in options.get("also_on", ()):
            api.connect_container_to_network(container["Id"], each.id, ipv4_address=second(each))
        api.start(container["Id"])
    except APIError as error:
        if of_host and (error.status_code == 403 or "not allowed" in str(error) or "forbid" in str(error)):
            raise Unverified(
                _("a policy of the engine forbids the docker host's namespaces: {why}", why=str(error)),
                _("use a docker host without Enhanced Container Isolation or an authorization plugin"),
            ) from error
        raise
    return str(container["Id"]), name, token


def _endpoint(host: DockerHost, mode: str, aliases: Sequence[str]) -> dict[str, Any] | None:
    if not aliases:
        return None
    api = host.client.api
    endpoints: Any = {mode: api.create_endpoint_config(aliases=list(aliases))}  # the stubs have it wrong
    return dict(api.create_networking_config(endpoints))
