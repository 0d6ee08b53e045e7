"""The images of an application's services: built from the submission, or stock images of elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..engine.images.stock_images import PullFailed, ensure_image
from ..findings import Unverified
from ..messages import _
from ..plans.applications.plan import AppService, BuildSource
from ..plans.builds.plan import plan_build
from .builds.image_sources import require_public_source
from .builds.images import AppImage, Images
from .world import moved_on

if TYPE_CHECKING:
    from ..submission.submission import Submission

__all__ = ["ServiceImages"]


class ServiceImages:
    """Gets them onto the docker host.

    :param replacements: the course's replacements of images.
    :ivar built: the images that were built, by service.
    """

    def __init__(self, images: Images, submission: Submission, replacements: Mapping[str, str]) -> None:
        self.built: dict[str, AppImage] = {}
        self._images = images
        self._submission = submission
        self._replacements = replacements

    def get(self, service: AppService) -> str:
        """The id of a service's image. Raises ``Mismatch`` where it does not build, ``Unverified`` where it cannot be
        had."""
        if service.build is None:
            return self._stock(service)
        return self.build(service.name, service.build).id

    def build(self, service: str, source: BuildSource) -> AppImage:
        """The image of a service's own, built now if it is not there. Raises as :meth:`get`."""
        plan = plan_build(
            self._submission,
            service,
            source.dockerfile,
            source.context,
            target=source.target,
            args=source.args,
            images=self._replacements,
        )
        self.built[service] = self._images.image(self._submission, plan)
        return self.built[service]

    def _stock(self, service: AppService) -> str:
        is_courses = service.image in self._replacements.values()
        if not is_courses:
            require_public_source(service.image or "", service.name)
        try:
            return ensure_image(self._images.host, service.image or "", with_login=is_courses)
        except PullFailed as failure:
            cause, remedy = moved_on(failure.stdout or "") or (
                _("{why}", why=failure.stdout),
                _("see whether docker pull gets it; the course file can replace it: [images]"),
            )
            raise Unverified(
                _("the image {image} of {service} is not available: {cause}", image=service.image or "",
                  service=service.name, cause=cause),
                remedy,
            ) from failure  # fmt: skip
