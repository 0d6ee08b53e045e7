"""The images of submissions, each built when it is first asked for and then shared by everything of the run.

An image is named by the digest of everything it is made of. So whoever asks for it, in whatever process of the run,
finds the one that is there; a lock of the engine keeps two from building it at the same time. Images of a run are
removed at its end, those of one submission as soon as the next one comes.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ...activity import now, working_on
from ...engine.owned.labels import Labels
from ...engine.owned.locks import engine_lock
from ...engine.owned.sweep import IMAGE_PREFIX, sweep_scope
from ...errors import DockerlabError
from ...findings import Mismatch, Unverified
from ...messages import _, excerpt
from ...plans.builds.context import PackedContext, pack_context
from ...plans.builds.copied_bytes import require_bounded_copies
from ...plans.builds.plan import BuildPlan
from ..left_out_files import note_unsent
from ..open_networks import note_open
from .bases import pull_bases
from .buildkit import build_by_buildkit, buildkit_command
from .classic import build_classic
from .contract import BuildEnd, BuildLimits, BuildRequest, BuiltImage, ImageBuildFailed
from .failures import explain
from .out_of_memory import OutOfMemory
from .surroundings import BuildPlace

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from ...engine.hosts.hosts import DockerHost
    from ...submission.submission import Submission

__all__ = ["AppImage", "Images"]

REPOSITORY = f"{IMAGE_PREFIX}app"
_LIMITS = BuildLimits()


@dataclass(frozen=True, slots=True)
class AppImage:
    """An image of a submission on the docker host. ``built`` is ``None`` where it was there already."""

    name: str
    id: str
    plan: BuildPlan
    built: BuiltImage | None
    packed: PackedContext
    attributes: Mapping[str, Any]
    """The engine's inspection."""


class Images:
    """Builds the images of submissions on one docker host; a context manager that removes those of the last one.

    :param is_shared: other processes of the run use the same images, so that the last ones are the controller's to
        remove.
    :param probe_image: the user's own probe image, by which the docker host's disk is watched.
    :param allowed: addresses that are not public, and may be reached by builds: a mirror of packages, a proxy.
    """

    def __init__(
        self,
        host: DockerHost,
        labels: Labels,
        limits: BuildLimits = _LIMITS,
        *,
        is_shared: bool = False,
        probe_image: str | None = None,
        allowed: Sequence[IPv4Network] = (),
    ) -> None:
        self.host = host
        self._is_shared = is_shared
        self._allowed = tuple(allowed)
        self._probe_image = probe_image
        self._labels = labels
        self.limits = limits
        self._submission: str | None = None
        self._scope: str | None = None
        self._scoped: dict[str, str] = {}
        self._failures: dict[str, Mismatch | Unverified] = {}
        self._place: BuildPlace | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()
        if not self._is_shared:
            self._forget()

    def leave(self) -> None:
        """Give up where builds take place, which the next one makes anew. Images stay."""
        place, self._place = self._place, None
        if place is not None:
            place.leave()

    def image(self, submission: Submission, plan: BuildPlan) -> AppImage:
        """The image of a plan, built now if it is not there.

        Raises ``Mismatch`` at the failing line where the Dockerfile is at fault, ``Unverified`` where the world is.
        """
        labels = self._labels_of(submission)
        with tempfile.NamedTemporaryFile(prefix="dockerlab-", suffix=".tar") as archive:
            # packed without our labels: they differ from process to process, and the image's name must not
            packed = pack_context(submission.tree, plan.context, plan.dockerfile, plan.content({}), archive)
            note_unsent(packed.left_out)
            digest = self._digest(submission, plan, packed)
            name = f"{REPOSITORY}:{digest}"
            if name in self._failures:
                raise self._failures[name].with_traceback(None)
            with engine_lock(self.host, f"image-{digest[:2]}", timeout=3 * self.limits.seconds):
                found = self._inspect(name)
                if found is not None:
                    return AppImage(name, str(found["Id"]), plan, None, packed, found)
                try:
                    built = self._build(submission, plan, packed, name, labels)
                except (Mismatch, Unverified) as failure:
                    self._failures[name] = failure  # the same again, an hour of it perhaps, would say the same
                    raise
            attributes = self._inspect(name)
            if attributes is None:
                raise DockerlabError(f"the image {name} went away while it was used", host=self.host.address)
            return AppImage(name, built.id, plan, built, packed, attributes)

    def rebuild(self, submission: Submission, image: AppImage) -> BuiltImage:
        """Build an image once more from the same sources, with the engine's cache. Raises as :meth:`image`."""
        ours = dict(image.attributes["Config"].get("Labels") or {})
        labels = {name: ours[name] for name in self._labels_of(submission) if name in ours}
        return self._build(submission, image.plan, image.packed, image.name, labels)

    def _build(
        self, submission: Submission, plan: BuildPlan, packed: PackedContext, name: str, labels: Mapping[str, str]
    ) -> BuiltImage:
        with tempfile.NamedTemporaryFile(prefix="dockerlab-", suffix=".tar") as archive:
            pack_context(submission.tree, plan.context, plan.dockerfile, plan.content(labels), archive)
            archive.flush()
            request = BuildRequest(name, Path(archive.name), packed.dockerfile, plan.target, plan.args)
            try:
                with working_on(_("the image of {name} is built", name=plan.name)):
                    return self._build_by_either(request, plan)
            except ImageBuildFailed as failure:
                raise explain(failure, plan, packed.left_out, self.limits) from failure

    def _build_by_either(self, request: BuildRequest, plan: BuildPlan) -> BuiltImage:
        triggers = pull_bases(self.host, plan, self.limits.seconds)
        require_bounded_copies(request.context, plan, self.limits.disk, triggers)
        if plan.buildkit is None:
            return self._build_classic(request, plan)
        if buildkit_command() is None:
            raise Unverified(
                _("{place} needs BuildKit, and there is no docker command with it here", place=str(plan.buildkit)),
                _("install Docker's plugin buildx on this machine"),
            )
        note_open(_("BuildKit's steps are on a network of its own"))
        # cache mounts are the engine's: what one submission leaves there is not for another one to find
        args = {**request.args, "BUILDKIT_CACHE_MOUNT_NS": str(self._scope)}
        return build_by_buildkit(self.host, replace(request, args=args), self.limits, plan.name)

    def _build_classic(self, request: BuildRequest, plan: BuildPlan) -> BuiltImage:
        if self._place is None:
            labels = replace(self._labels, scope=self._scope)
            self._place = BuildPlace(self.host, labels, self._probe_image, self._allowed)
        with (
            self._place.surroundings(self.limits.disk) as surroundings,
            OutOfMemory(self.host) as out_of_memory,  # the failing step's container is gone when it has failed
        ):
            try:
                return build_classic(self.host, request, self.limits, surroundings, lambda step: _tell(plan, step))
            except ImageBuildFailed as failure:
                if failure.end is BuildEnd.STEP and failure.container is not None:
                    if out_of_memory.first_of([failure.container]) is not None:
                        failure.is_out_of_memory = True
                    elif surroundings.kills.there_were_none():
                        failure.is_out_of_memory = False
                raise

    def _inspect(self, name: str) -> dict[str, Any] | None:
        from docker.errors import ImageNotFound

        try:
            return dict(self.host.client.images.get(name).attrs)
        except ImageNotFound:
            return None

    def _labels_of(self, submission: Submission) -> dict[str, str]:
        """The labels of a submission's images, the same for all of them; the images of the one before are removed."""
        if self._submission != submission.id:
            self._forget()
            self._submission = submission.id
            self._scope = hashlib.sha256(f"{self._labels.run_id} {submission.id}".encode()).hexdigest()[:16]
            labels = Labels(self._labels.run_id, self._labels.owner, self._labels.lifetime, self._scope)
            self._scoped = labels.make("image", "app-image")
        return self._scoped

    def _digest(self, submission: Submission, plan: BuildPlan, packed: PackedContext) -> str:
        """What the image is made of, and whose it is: the images of one submission are removed before another's."""
        digest = hashlib.sha256(f"{self._labels.run_id} {submission.id} {packed.digest} {plan.target}".encode())
        for name, value in sorted(plan.args.items()):
            digest.update(f"\0{name}={value}".encode())
        return digest.hexdigest()[:24]

    def _forget(self) -> None:
        self.leave()
        if self._scope is not None:
            sweep_scope(self.host, self._scope)
        self._submission = self._scope = None
        self._failures.clear()


def _tell(plan: BuildPlan, step: int) -> None:
    """Say which of the student's instructions is at work, by the number of the builder's step; not our labels."""
    steps = plan.steps()
    instruction = steps[step - 1] if step <= len(steps) else None
    if instruction is not None:
        number, count = (sum(each is not None for each in part) for part in (steps[:step], steps))
        now(_("image of {name}, step {number}/{count}: {instruction}",
              name=plan.name, number=number, count=count, instruction=excerpt(instruction.original)))  # fmt: skip
