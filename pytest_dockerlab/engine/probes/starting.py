"""Starting probes: tiny containers of ours that measure namespaces, names and connections from where they stand.

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
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from ...findings import Unverified
from ...messages import _
from ..hosts.errors import LeftBehind
from ..images.lab_builds import Built, build, commit
from ..network_view import NetworkView
from ..owned.labels import Labels
from ..owned.locks import lab_lock
from ..owned.networks import Network, create_network
from ..owned.sweep import sweep_scope
from . import self_test
from .container import ProbeOptions, start_container
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

        with self._lock:  # given back when everything is gone, or could not be removed
            try:
                sweep_scope(self.host, self.scope)
            except (DockerException, LeftBehind) as failure:
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

    def network(
        self,
        *,
        internal: bool = False,
        options: Mapping[str, str] | None = None,
        above: Network | None = None,
        rank: int = 0,
    ) -> Network:
        """A new network of ours; see :func:`.networks.create_network`."""
        routes = self._remote_routes()
        return _to_its_end(
            lambda: create_network(
                self.host, self.labels, internal=internal, options=options, above=above, routes=routes, rank=rank
            )
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

    def _start(self, image: str, options: ProbeOptions) -> Probe:
        return self.probe_type(self.host, *start_container(self.host, self.labels, image, options))

    def _self_test(self) -> None:
        """Raise :class:`ProbeError` where the image does not do."""
        assert self._image is not None
        network = create_network(self.host, self.labels, "self-test", routes=self._remote_routes())
        alias = f"self-{secrets.token_hex(6)}"
        probe = self._start(self._image, {"network": network, "aliases": [alias], "listen": (self_test.PORT,)})
        self_test.require_it_works(probe, network, alias)
        probe.remove()
        network.remove()


def _to_its_end(call: Callable[[], Made]) -> Made:
    """What ``call`` returns. Ctrl-C waits for it: what it makes is then there to be found, and is removed."""
    if threading.current_thread() is not threading.main_thread():
        return call()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()
