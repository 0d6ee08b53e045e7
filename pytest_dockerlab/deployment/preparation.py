"""What an application needs before it can be started: its images, networks, and volumes with its files in them."""

from __future__ import annotations

import posixpath
import re
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..engine.closed.networks import ClosedNetwork, closed_network, why_open
from ..engine.closed.relay import Relay, Target
from ..engine.probe_answers import ProbeError
from ..findings import Unverified
from ..messages import _
from ..plans.applications.plan import AppMount, AppPlan, AppService, MountKind
from ..plans.builds.context import pack_folder
from .compose_file import Made, is_on_bridge, volume_key
from .health_checks import bearable
from .left_out_files import note_unsent
from .open_networks import note_open
from .service_images import ServiceImages

if TYPE_CHECKING:
    from ..engine.probes.probe import Probe
    from ..engine.probes.starting import Probes
    from ..submission.submission import Submission

__all__ = ["Preparation"]

_MAX_VOLUMES = 20


class Preparation:
    """Makes what an application needs. Networks and volumes belong to ``probes``, which removes them.

    :ivar plan: the plan, once it is made with the volumes that the images themselves ask for.
    :ivar networks: by the plan's key.
    :ivar relay: the way in to what is published; ``None`` where there are no networks.
    :ivar unsent: the files of mounted folders that could not be sent.
    :ivar holder: a probe that has all volumes mounted below ``/volumes``; ``None`` where there are none.
    """

    def __init__(
        self,
        probes: Probes,
        images: ServiceImages,
        submission: Submission,
        plan: AppPlan,
    ) -> None:
        self.networks: dict[str, ClosedNetwork] = {}
        self.relay: Relay | None = None
        self._bridge: ClosedNetwork | None = None
        self.holder: Probe | None = None
        self.unsent: list[str] = []
        self._host = probes.host
        self._probes = probes
        self._images = images
        self._submission = submission
        self.plan = plan
        self._places: dict[str, list[tuple[AppMount, str]]] = {}

    def make(self) -> Made:
        """Make all of it. Raises ``Mismatch`` where an image does not build, ``Unverified`` where one cannot be had."""
        names = {each.name: self._images.get(each) for each in self.plan.services}
        services = [
            replace(
                each,
                mounts=(*each.mounts, *self._asked(each, names[each.name])),
                settings=self._paced(each, names[each.name]),
            )
            for each in self.plan.services
        ]
        self.plan = replace(self.plan, services=tuple(services))
        self.networks = {
            key: closed_network(self._probes, options=each.options, rank=rank)
            for rank, (key, each) in enumerate(sorted(self.plan.networks.items()))
        }
        self._bridge = closed_network(self._probes) if any(map(is_on_bridge, self.plan.services)) else None
        if (self.networks or self._bridge) and (why := why_open(self._probes)) is not None:
            note_open(why)
        self._make_relay()
        networks = {key: each.network.name for key, each in self.networks.items()}
        return Made(names, networks, self._volumes(), None if self._bridge is None else self._bridge.network.name)

    def _make_relay(self) -> None:
        all_networks = [*self.networks.values(), *([] if self._bridge is None else [self._bridge])]
        if not all_networks:
            return
        targets = [
            Target(service.name, port, network)
            for service in self.plan.services
            for port in service.ports
            if (network := self.way_in(service)) is not None
        ]
        self.relay = Relay(self._probes, all_networks, targets)

    def way_in(self, service: AppService) -> ClosedNetwork | None:
        """The network by which a service's ports are reached; ``None`` where docker publishes nothing either."""
        if is_on_bridge(service):
            return self._bridge
        return next((self.networks[key] for key in service.networks if not self.plan.networks[key].internal), None)

    def place(self, service: str, path: str) -> tuple[str, str] | None:
        """The container of :attr:`holder` and the path there of what a service sees at ``path``; ``None`` for what is
        in no volume."""
        path = posixpath.normpath(path)  # ".." would lead out of the volume, into the probe
        mounts = [(posixpath.normpath(mount.target), place) for mount, place in self._places.get(service, ())]
        inside = [(target, place) for target, place in mounts if path.startswith(f"{target}/")]
        if not inside or self.holder is None:
            return None
        target, place = max(inside, key=lambda pair: len(pair[0]))
        return self.holder.id, f"{place}{path[len(target) :]}"

    def require_no_link(self, service: str, path: str) -> None:
        """Raise ``Unverified`` where a folder above the place of ``path`` in its volume is a symbolic link.

        It would lead into the probe: what is written there would replace a program of ours.
        """
        place = self.place(service, path)
        if place is None or self.holder is None:
            return
        script = 'p=${1%/*}; while [ -n "$p" ]; do if [ -L "$p" ]; then exit 3; fi; p=${p%/*}; done'
        done = self.holder.exec(["sh", "-c", script, "sh", place[1]])
        if done.returncode == 3:
            raise Unverified(
                _("a folder above {path}, where a file of {service} is mounted, is a symbolic link", path=path,
                  service=service),
                _("mount the file where no folder above it is a link"),
            )  # fmt: skip
        if done.returncode != 0:
            raise ProbeError("a volume could not be looked at", returncode=done.returncode, stderr=done.stderr)

    def empty(self, service: str) -> None:
        """Empty the volumes of a service that have no name: they go with its container, as docker's own do.

        Raises :class:`ProbeError`: with the old data in place nothing could be told.
        """
        for mount, place in self._places.get(service, ()):
            if mount.kind is not MountKind.VOLUME or mount.name:
                continue
            assert self.holder is not None
            everything = ["busybox", "find", place, "-mindepth", "1", "-maxdepth", "1"]
            done = self.holder.exec([*everything, "-exec", "busybox", "rm", "-rf", "{}", "+"], timeout=60)
            if done.returncode != 0:
                raise ProbeError("a volume could not be emptied", returncode=done.returncode, stderr=done.stderr)

    def _config(self, image: str) -> dict[str, Any]:
        return dict(self._host.client.images.get(image).attrs.get("Config") or {})

    def _paced(self, service: AppService, image: str) -> dict[str, Any]:
        """The settings of a service, whose health check does not keep the engine busy."""
        check = bearable(service.settings.get("healthcheck"), self._config(image).get("Healthcheck"))
        return {**service.settings, **({} if check is None else {"healthcheck": check})}

    def _asked(self, service: AppService, image: str) -> list[AppMount]:
        """The volumes that the image asks for, as ours: what is written into docker's own nobody could see."""
        config = self._config(image)
        taken = {each.target.rstrip("/") for each in service.mounts}
        taken |= {str(each).partition(":")[0].rstrip("/") for each in service.settings.get("tmpfs") or ()}
        found = [each for each in sorted(config.get("Volumes") or {}) if each.rstrip("/") not in taken]
        targets = [each for each in found if re.fullmatch(r"/[^:\0\n]{1,1000}", each)]
        if len(found) > _MAX_VOLUMES or targets != found:
            raise Unverified(
                _("the image of {service} asks for {count} volumes", service=service.name, count=len(found)),
                _("declare VOLUME only for folders whose data must be kept"),
            )
        return [AppMount(MountKind.VOLUME, each) for each in targets]

    def _volumes(self) -> dict[str, str]:
        """A volume for each mount, with the submission's files in it."""
        wanted: dict[str, str | None] = {}
        for service in self.plan.services:
            for mount in service.mounts:
                key = volume_key(service, mount)
                if key is not None:
                    wanted[key] = mount.source if mount.kind is MountKind.FOLDER else None
        if not wanted:
            return {}
        volumes = {key: self._probes.volume() for key in wanted}
        places = {name: f"/volumes/{at}" for at, name in enumerate(volumes.values())}
        for service in self.plan.services:
            keys = [(mount, volume_key(service, mount)) for mount in service.mounts]
            self._places[service.name] = [(mount, places[volumes[key]]) for mount, key in keys if key is not None]
        self.holder = self._probes.start(network="none", volumes=places)
        for key, source in wanted.items():
            if source is not None:
                with tempfile.TemporaryFile() as archive:
                    place = places[volumes[key]].lstrip("/")
                    self.unsent += pack_folder(self._submission.tree, source, archive, below=place)
                    archive.seek(0)
                    self._host.client.api.put_archive(self.holder.id, "/", archive)
        note_unsent(self.unsent)
        return volumes
