"""The item docker-3/image-size."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._alpine import on_alpine_and_others
from pytest_dockerlab.checks.docker_3._image_names import NamedImage, is_image_name, named_images, parse_given
from pytest_dockerlab.checks.docker_3._images import service_plan
from pytest_dockerlab.figures import layers
from pytest_dockerlab.findings import Location, Mismatch, Unverified, draw, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, shortened, size_text
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role, role_of_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dockerlab.course import Course
    from pytest_dockerlab.deployment.builds.images import Images
    from pytest_dockerlab.engine.hosts.hosts import DockerHost
    from pytest_dockerlab.engine.images.image_size import ImageSize
    from pytest_dockerlab.options import Settings
    from pytest_dockerlab.submission.submission import Submission

_LIMITS = {"ui": 100 * 10**6}
"""Bytes, by service, where the course file says nothing else: the exercise's own aim."""
_LAYERS = 5
_INSTRUCTION = 120
"""Characters that are shown of a layer's instruction."""


@check(
    "docker-3/image-size",
    "the images are within their size limits",
    level="optional",
    tier="engine",
    needs=[Need.ENGINE],
    told_by=["docker-3/services"],
    time_limit="app",  # with that tier it builds what is not on the docker host
)
def image_size(
    submission: Submission,
    docker_host: DockerHost,
    hw_course: Course,
    hw_settings: Settings,
    own_images: Callable[[], Images] | None,
) -> None:
    """The sum of the uncompressed layers, of images on the docker host. Only with tier app others are built."""
    given = parse_given(hw_settings.images)
    asked = {image.service for image in given}
    images = [*given, *(image for image in named_images(submission) if image.service not in asked)]
    limits = {**_LIMITS, **hw_course.image_sizes}
    measured = _measure(docker_host, images)
    unbuilt: Unverified | None = None
    if own_images is not None:
        there = {str(role_of_name(service)) for service in (*measured, *asked)}
        for role in (role for role in APPLICATION if role not in there and role in submission.service_files):
            try:
                measured |= _measure_built(submission, own_images(), hw_course, role, limits.get(str(role)))
            except Unverified as stop:
                unbuilt = unbuilt or stop  # what the others are is told first
    if unbuilt is not None and not measured:
        raise unbuilt
    if not images and not measured:
        raise Unverified(_("the project names no image"), _("name it with --hw-image ui=IMAGE"))
    missing = [image.reference for image in images if image.service not in measured]
    if missing:
        note("not on the docker host", missing)
    if not measured:
        command = "; ".join(dict.fromkeys(image.command for image in images))
        if not any(is_image_name(image.reference) for image in images):
            raise Unverified(
                _("what the images are called is known to the shell alone: {images}", images=missing),
                _("build them ({command}), and name each: --hw-image ui=IMAGE", command=command),
            )
        raise Unverified(
            _("none of the images is on the docker host: {images}", images=missing),
            _("build them first: {command}", command=command),
        )
    draw(
        layers(
            {
                service: (
                    limits.get(service, limits.get(str(role_of_name(service)))),
                    [(layer.size, layer.instruction) for layer in size.layers],
                )
                for service, (_image, size) in measured.items()
            }
        )
    )
    for service, (image, size) in measured.items():
        found = _(
            "{image} is {size}; its largest layers: {layers}",
            image=image.reference,
            size=size_text(size.total),
            layers="; ".join(_largest(size)),
        )
        note(service, found)
        limit = limits.get(service, limits.get(str(role_of_name(service))))
        if limit is not None:
            expect(
                size.total <= limit,
                _("the image of {service} is at most {limit}", service=service, limit=size_text(limit)),
                found=found,
                at=Location(image.dockerfile) if image.dockerfile else image.at,
                hint=_("start from a smaller base image, and leave nothing in a layer that only the build needs"),
            )
    if unbuilt is not None:
        raise unbuilt


def _measure_built(
    submission: Submission, images: Images, course: Course, role: Role, limit: int | None
) -> dict[str, tuple[NamedImage, ImageSize]]:
    """The image of the Dockerfile in use; where that is too large, of the one on Alpine if it is smaller.

    Nothing where it does not build, which is docker-3/build's finding. Raises ``Unverified`` where the larger one could
    be built and the smaller one could not.
    """
    from pytest_dockerlab.engine.images.image_size import measure_image

    def measure(path: str | None) -> tuple[NamedImage, ImageSize]:
        plan = service_plan(submission, course, role, path)
        built = images.image(submission, plan)
        name = NamedImage(str(role), plan.dockerfile, Location(plan.dockerfile), plan.dockerfile)
        return name, measure_image(images.host, built.id)

    try:
        found = measure(None)
    except (Mismatch, Unverified):
        return {}
    on_alpine = on_alpine_and_others(submission, submission.service_files[role])[0]
    small = on_alpine[0].path if on_alpine else found[0].dockerfile
    if limit is not None and found[1].total > limit and small != found[0].dockerfile:
        with contextlib.suppress(Mismatch):
            other = measure(small)
            found = min(found, other, key=lambda pair: pair[1].total)
    return {str(role): found}


def _measure(host: DockerHost, images: list[NamedImage]) -> dict[str, tuple[NamedImage, ImageSize]]:
    """By service the smallest of those that are there: the others are the steps that led to it."""
    from pytest_dockerlab.engine.images.image_size import ImageMissing, measure_image

    found: defaultdict[str, list[tuple[NamedImage, ImageSize]]] = defaultdict(list)
    for image in images:
        if not is_image_name(image.reference):
            continue
        try:
            size = measure_image(host, image.reference)
        except ImageMissing:
            continue
        found[image.service].append((image, size))
    return {service: min(pairs, key=lambda pair: pair[1].total) for service, pairs in found.items()}


def _largest(size: ImageSize) -> list[str]:
    return [f"{size_text(layer.size)} {_one_line(layer.instruction)}".strip() for layer in size.largest(_LAYERS)]


def _one_line(instruction: str) -> str:
    return shortened(" ".join(instruction.split()), _INSTRUCTION)
