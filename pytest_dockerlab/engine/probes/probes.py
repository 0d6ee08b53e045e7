"""Probes: tiny containers of ours that measure namespaces, names and connections from where they stand.

Works without pytest::

    with resolve_docker_host() as host, Probes(host) as probes:
        network = probes.network()
        server, client = probes.start_all({"network": network, "listen": (8000,)}, {"network": network})
        assert client.reach(server.address(), 8000, patience=5).token == server.token
        assert client.view().interface("eth0").is_up

Everything a :class:`Probes` made is removed at its end, found by its label on the engine: also what an interrupted call
made. A probe that misbehaves raises :class:`~.probe_answers.ProbeError`; it is never taken for "unreachable".
"""

from __future__ import annotations

import contextlib
import functools
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

from ...findings import Unverified
from ...messages import _
from ..images.lab_builds import Built, build, commit
from ..network_view import NetworkView
from ..owned.labels import Labels
from ..owned.limits import confined
from ..owned.locks import lab_lock
from ..owned.networks import Network, create_network
from ..owned.sweep import sweep_scope
from ..probe_answers import ProbeError
from .connections import Outcome, listen_script, lookup_script, parse_lookups, parse_reaches, reach_script
from .image import probe_image
from .probe import Probe

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["ProbeOptions", "Probes"]

Made = TypeVar("Made")
# More at once gain nothing: the engine itself starts containers nearly one by one.
_AT_ONCE = 4
_tested: set[tuple[str, str, str]] = set()
_host_routes: dict[str, tuple[IPv4Network, ...]] = {}


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


class Probes:
    """Makes probes, networks and volumes on one docker host, and removes them all at its end.

    :param run_id: the run they belong to; default: :func:`.labels.new_run_id`.
    :param image: the user's own probe image (``--hw-probe-image``).
    :param is_exclusive: hold the docker host's lab lock from beginning to end; see :func:`.locks.lab_lock`.
    """

    probe_type: type[Probe] = Probe

    def __init__(
        self, host: DockerHost, run_id: str | None = None, *, image: str | None = None, is_exclusive: bool = False
    ) -> None:
        self.host = host
        self._is_exclusive = is_exclusive
        self._lock = contextlib.ExitStack()
        self.scope = secrets.token_hex(8)
        self.labels = Labels.of_run(run_id, scope=self.scope)
        self._given_image = image
        self._image: str | None = None

    def __enter__(self) -> Self:
        """Raise :class:`Unverified` on an engine that is too old or runs no Linux containers."""
        facts = self.host.facts
        if not facts.supports_probes:
            raise Unverified(
                _("engine {version} ({system}) cannot run our probes", version=facts.version, system=facts.os_type),
                _("use a docker host with Linux containers and Docker Engine 20.10 or newer"),
            )
        if self._is_exclusive:
            image = probe_image(self.host, self._given_image)
            self._lock.enter_context(lab_lock(self.host, image, self.labels))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from docker.errors import DockerException
        from requests import RequestException

        with self._lock:  # given back when everything is gone, or could not be removed
            try:
                sweep_scope(self.host.client, self.scope)
            except (DockerException, RequestException) as failure:
                # An engine that went away under a lab: its error says so. What is left is swept at the next start.
                if error is None:
                    raise
                error.add_note(f"what it made could not be removed: {failure}")

    @property
    def image(self) -> str:
        """The probe image's id. At the first use on an engine in a run it is made ready and tested."""
        if self._image is None:
            self._image = probe_image(self.host, self._given_image)
            key = (self.host.facts.id, self._image, self.labels.run_id)
            if key not in _tested:
                self._self_test()
                _tested.add(key)
        return self._image

    def network(self, *, internal: bool = False, options: Mapping[str, str] | None = None, rank: int = 0) -> Network:
        """A new bridge network of ours; see :func:`.networks.create_network`."""
        routes = self._remote_routes()
        return _to_its_end(
            lambda: create_network(self.host, self.labels, internal=internal, options=options, routes=routes, rank=rank)
        )

    def volume(self) -> str:
        """A new named volume of ours."""
        labels = self.labels.make("volume", "lab")
        return str(_to_its_end(lambda: self.host.client.api.create_volume(labels=labels))["Name"])

    @functools.cached_property
    def image_labels(self) -> dict[str, str]:
        """The labels of every image of this scope: the same, or no build would find the cache of the one before."""
        return self.labels.make("image", "lab")

    def build(self, dockerfile: str, files: Mapping[str, bytes] = MappingProxyType({})) -> Built:
        """Build an image of ours by the classic builder; see :func:`.builds.build`."""
        return _to_its_end(lambda: build(self.host, self.image_labels, dockerfile, files))

    def commit(self, probe: Probe) -> str:
        """Commit a probe's container as an image of ours; returns the image's id."""
        return _to_its_end(lambda: commit(self.host, self.image_labels, probe.id))

    def inspect_image(self, image: str) -> dict[str, Any]:
        """The engine's inspection of an image."""
        found: dict[str, Any] = self.host.client.images.get(image).attrs
        return found

    def start(self, **options: Unpack[ProbeOptions]) -> Probe:
        """Start a probe. It runs when this returns; its servers listen a few milliseconds later (``patience``).

        Raises :class:`Unverified` when a policy of the engine forbids the docker host's namespaces, and docker's own
        errors for everything else that the engine refuses.
        """
        image = options.get("image") or self.image
        return _to_its_end(lambda: self._start(image, options))

    def start_all(self, *options: ProbeOptions) -> list[Probe]:
        """Start several probes at the same time. Nothing is still being started when this returns or raises."""
        assert self.image
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(lambda each: self.start(**each), options))

    def views(self, *probes: Probe) -> list[NetworkView]:
        """What several probes see of their own namespaces, read at the same time."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(lambda probe: probe.view(), probes))

    def _start(self, image: str, options: ProbeOptions) -> Probe:
        """Create and start it; one with volumes is confined, because what lies in those may be anybody's."""
        from docker.errors import APIError
        from docker.types import Mount

        api = self.host.client.api
        network = options.get("network", "bridge")
        mode = network if isinstance(network, str) else network.name
        if isinstance(network, Probe):
            mode = f"container:{network.id}"
        of_host = mode == "host" or options.get("pid_mode") == "host"
        token = options.get("token") or secrets.token_hex(8)
        lifetime = str(int(self.labels.lifetime))
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
                labels=self.labels.make("container", "probe"),
                host_config=api.create_host_config(
                    network_mode=mode,
                    pid_mode=options.get("pid_mode"),
                    # An engine with user namespaces refuses the docker host's other namespaces without it.
                    userns_mode="host" if of_host and self.host.facts.has_userns_remap else None,
                    binds={volume: {"bind": path} for volume, path in volumes.items()},
                    # a mount, because a bind makes a folder that is not there
                    mounts=[
                        Mount(path, folder, type="bind", read_only=True)
                        for folder, path in options.get("folders", {}).items()
                    ],
                    port_bindings=dict.fromkeys(publish),
                    **(confined(self.host.facts) if volumes else {}),
                ),
                networking_config=self._endpoint(mode, options.get("aliases", ())),
            )
            api.start(container["Id"])
        except APIError as error:
            if of_host and (error.status_code == 403 or "not allowed" in str(error) or "forbid" in str(error)):
                raise Unverified(
                    _("a policy of the engine forbids the docker host's namespaces: {why}", why=str(error)),
                    _("use a docker host without Enhanced Container Isolation or an authorization plugin"),
                ) from error
            raise
        return self.probe_type(self.host, str(container["Id"]), name, token)

    def _endpoint(self, mode: str, aliases: Sequence[str]) -> dict[str, Any] | None:
        if not aliases:
            return None
        api = self.host.client.api
        endpoints: Any = {mode: api.create_endpoint_config(aliases=list(aliases))}  # the stubs have it wrong
        return dict(api.create_networking_config(endpoints))

    def _remote_routes(self) -> tuple[IPv4Network, ...]:
        """The routes of a docker host that is not this machine, read by a host-driver probe once in this process."""
        if self.host.is_local:
            return ()
        key = self.host.facts.id
        if key not in _host_routes:
            # Without the self-test, which needs a network first; the answers are read as strictly.
            image = self._image or probe_image(self.host, self._given_image)
            try:
                probe = self._start(image, {"network": "host"})
            except Unverified:
                _host_routes[key] = ()  # the engine then only looks after its own networks
            else:
                routes = probe.view().routes
                probe.remove()
                _host_routes[key] = tuple(route.destination for route in routes if route.destination.prefixlen > 1)
        return _host_routes[key]

    def _self_test(self) -> None:
        """Raise :class:`ProbeError` unless a probe can serve, be reached, be refused, and look names up."""
        assert self._image is not None
        network = create_network(self.host, self.labels, "self-test", routes=self._remote_routes())
        alias, stranger = f"self-{secrets.token_hex(6)}", f"nobody-{secrets.token_hex(6)}"
        probe = self._start(self._image, {"network": network, "aliases": [alias], "listen": (8000,)})
        address = probe.address(network)
        targets = [(address, 8000), (alias, 8000), (stranger, 8000)]
        names, reaches, refused = probe.measure(
            lookup_script([alias, stranger]),
            reach_script(targets[:2], patience=10),
            reach_script([(address, 8001)]),
        )
        known, unknown = parse_lookups(names)
        answers = [*parse_reaches(reaches), *parse_reaches(refused)]
        view = probe.view()
        works = {
            "a name is looked up": [str(found) for found in known.addresses] == [address],
            "a name that nobody has is not found": address not in [str(found) for found in unknown.addresses],
            "a server is reached": [answer.token for answer in answers[:2]] == [probe.token, probe.token],
            "a closed port refuses": answers[2].outcome is Outcome.REFUSED,
            "its interfaces are read": address in [str(found) for found in view.addresses],
            "its network namespace is read": view.namespace is not None,
        }
        if not all(works.values()):
            failed = "; ".join(name for name, holds in works.items() if not holds)
            raise ProbeError(f"the probe image fails its self-test: not so: {failed}", host=self.host.address)
        probe.remove()
        network.remove()


def _to_its_end(call: Callable[[], Made]) -> Made:
    """What ``call`` returns. Ctrl-C waits for it: what it makes is then there to be found, and is removed."""
    if threading.current_thread() is not threading.main_thread():
        return call()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()
