"""What an application needs before it can be started: its images, networks, and volumes with its files in them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..engine.stock_images import PullFailed, ensure_image
from ..findings import Unverified
from ..messages import _
from ..submission.app_plan import AppPlan, AppService, MountKind
from ..submission.build_context import pack_folder
from ..submission.build_plan import plan_build
from .compose_file import Made, volume_key
from .images import AppImage, Images
from .world import moved_on

if TYPE_CHECKING:
    from ..engine.networks import Network
    from ..engine.probe import Probe
    from ..engine.probes import Probes
    from ..submission.submission import Submission

__all__ = ["Preparation"]

_LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}


class Preparation:
    """Makes what an application needs. Networks and volumes belong to ``probes``, which removes them.

    :ivar images: the images that were built, by service.
    :ivar networks: by the plan's key.
    :ivar holder: a probe that has all volumes mounted below ``/volumes``; ``None`` where there are none.
    """

    def __init__(
        self,
        probes: Probes,
        images: Images,
        submission: Submission,
        plan: AppPlan,
        replacements: Mapping[str, str],
    ) -> None:
        self.images: dict[str, AppImage] = {}
        self.networks: dict[str, Network] = {}
        self.holder: Probe | None = None
        self._host = probes.host
        self._probes = probes
        self._builder = images
        self._submission = submission
        self._plan = plan
        self._replacements = replacements

    def make(self) -> Made:
        """Make all of it. Raises ``Mismatch`` where an image does not build, ``Unverified`` where one cannot be had."""
        names = {each.name: self._image(each) for each in self._plan.services}
        self.networks = {
            key: self._probes.network(internal=each.internal, options=each.options, rank=rank)
            for rank, (key, each) in enumerate(sorted(self._plan.networks.items()))
        }
        volumes = self._volumes()
        networks = {key: network.name for key, network in self.networks.items()}
        # where the docker host is this machine, nobody else has to see the application
        return Made(names, networks, volumes, _LOOPBACK.get(self._host.address))

    def _image(self, service: AppService) -> str:
        if service.build is None:
            return self._stock(service)
        build = service.build
        plan = plan_build(
            self._submission,
            service.name,
            build.dockerfile,
            build.context,
            target=build.target,
            args=build.args,
            images=self._replacements,
        )
        self.images[service.name] = self._builder.image(self._submission, plan)
        return self.images[service.name].id

    def _stock(self, service: AppService) -> str:
        try:
            return ensure_image(self._host, service.image or "")
        except PullFailed as failure:
            cause, remedy = moved_on(failure.stdout or "") or (
                _("{why}", why=failure.stdout),
                _("see whether docker pull gets it; the course file can replace it: [images]"),
            )
            raise Unverified(
                _("the image {image} of {service} cannot be had: {cause}", image=service.image or "",
                  service=service.name, cause=cause),
                remedy,
            ) from failure  # fmt: skip

    def _volumes(self) -> dict[str, str]:
        """A volume for each mount, with the submission's files in it."""
        wanted: dict[str, str | None] = {}
        for service in self._plan.services:
            for mount in service.mounts:
                key = volume_key(service, mount)
                if key is not None:
                    wanted[key] = mount.source if mount.kind is MountKind.FOLDER else None
        if not wanted:
            return {}
        volumes = {key: self._probes.volume() for key in wanted}
        places = {name: f"/volumes/{at}" for at, name in enumerate(volumes.values())}
        self.holder = self._probes.start(network="none", volumes=places)
        for key, source in wanted.items():
            if source is not None:
                with tempfile.TemporaryFile() as archive:
                    pack_folder(self._submission.tree, source, archive)
                    archive.seek(0)
                    self._host.client.api.put_archive(self.holder.id, places[volumes[key]], archive)
        return volumes
