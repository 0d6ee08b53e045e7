"""The images that a build begins with: had before the build, and their build triggers looked at.

The builder itself runs what a base image says with ONBUILD, as the docker host. So every base of a submission has to be
on the engine before the build: one that the builder would pull by itself nobody has looked at.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from ...engine.images.stock_images import PullFailed, ensure_image, is_official
from ...findings import Unverified
from ...messages import _
from ...plans.builds.plan import BuildPlan
from ...plans.builds.refusals import require_allowed_triggers
from ...submission.dockerfiles.instructions import Instruction
from .contract import BuildEnd, ImageBuildFailed
from .image_sources import require_public_source

if TYPE_CHECKING:
    from ...engine.hosts.hosts import DockerHost

__all__ = ["pull_bases"]

# https://github.com/containerd/platforms: the names of what Docker's builds call linux/amd64
_OWN = {"x86_64": "amd64|x86[_-]64", "aarch64": "arm64|aarch64"}
_ENGINES_OWN = re.compile(r"\"?\$\{?(?:BUILD|TARGET)PLATFORM\}?\"?")


def pull_bases(host: DockerHost, plan: BuildPlan, seconds: float) -> tuple[tuple[Instruction, Instruction], ...]:
    """Pull what a build begins with. Returns the instructions of its triggers, each with the FROM that brings it along.

    Only the course's images and the official ones are pulled with the user's login: the builder has none, since by any
    name of a submission it would read what only the user may.

    :param seconds: the most that one pull may take.

    Raises ``Unverified`` for an image that is not at a public address or asks for what is not given, and
    :class:`ImageBuildFailed` where a FROM's image cannot be had.
    """
    for taken in plan.taken:
        require_public_source(taken.name, str(plan.at(taken.instruction)))
    # the bases among them are had below
    others = [each.name for each in plan.taken if each.instruction.name != "FROM" and is_official(each.name)]
    for name in dict.fromkeys((*plan.courses, *others)):
        with contextlib.suppress(PullFailed):  # the builder will say so, of the right line
            ensure_image(host, name, seconds, with_login=name in plan.courses)
    found: list[tuple[Instruction, Instruction]] = []
    for taken in plan.taken:
        if taken.instruction.name == "FROM":
            _require_own_platform(host, plan, taken.instruction)
            config = _config(host, plan, taken.instruction, taken.name, seconds)
            triggers = [str(each) for each in config.get("OnBuild") or ()]
            read = require_allowed_triggers(triggers, taken.name, plan.at(taken.instruction))
            found += [(taken.instruction, each) for each in read]
    return tuple(found)


def _config(
    host: DockerHost, plan: BuildPlan, instruction: Instruction, name: str, seconds: float
) -> dict[str, list[str] | None]:
    try:
        image = host.client.images.get(ensure_image(host, name, seconds))
    except PullFailed as failure:
        said = getattr(failure.__cause__, "explanation", None) or failure.stdout or failure.message
        step = plan.steps().index(instruction) + 1
        raise ImageBuildFailed(BuildEnd.STEP, str(said), step=step, host=host.address) from failure
    return image.attrs.get("Config") or {}


def _require_own_platform(host: DockerHost, plan: BuildPlan, instruction: Instruction) -> None:
    """The builder would pull another image by the same name, with other triggers."""
    own = _OWN.get(host.facts.architecture, re.escape(host.facts.architecture))
    own = rf"[\"']?(?:linux/)?(?:{own})(?:/v8)?[\"']?|[\"']?linux[\"']?"
    for flag in instruction.flags:
        name, _equals, platform = flag.partition("=")
        if name == "--platform" and not (re.fullmatch(own, platform.lower()) or _ENGINES_OWN.fullmatch(platform)):
            raise Unverified(
                _("{place} starts from an image for another platform than the docker host's: {platform}",
                  place=str(plan.at(instruction)), platform=platform),
                _("build it without --platform, or use a docker host of that platform"),
            )  # fmt: skip
