"""Homework 16, docker-3: how large the images are that are on the docker host."""

from __future__ import annotations

from collections import defaultdict

from pytest_dockerlab.course import Course
from pytest_dockerlab.engine.hosts import DockerHost
from pytest_dockerlab.engine.image_size import ImageMissing, ImageSize, measure_image
from pytest_dockerlab.findings import Location, Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.options import Settings
from pytest_dockerlab.submission.image_names import NamedImage, named_images, parse_given
from pytest_dockerlab.submission.roles import role_of_name
from pytest_dockerlab.submission.submission import Submission

__all__ = ["image_size"]

_LIMITS = {"ui": 100 * 10**6}
"""Bytes, by service, where the course file says nothing else: the exercise's own aim."""
_LAYERS = 5
_INSTRUCTION = 120


@check(
    "docker-3/image-size",
    "the images are within their size limits",
    level="optional",
    tier="engine",
    needs=[Need.ENGINE],
)
def image_size(submission: Submission, docker_host: DockerHost, hw_course: Course, hw_settings: Settings) -> None:
    """The sum of the uncompressed layers. Nothing is built: what is not there is unverified."""
    given = parse_given(hw_settings.images)
    asked = {image.service for image in given}
    images = [*given, *(image for image in named_images(submission) if image.service not in asked)]
    if not images:
        raise Unverified(_("the project names no image"), _("name it with --hw-image ui=IMAGE"))
    measured = _measure(docker_host, images)
    missing = [image for image in images if image.service not in measured]
    note("not on the docker host", [image.reference for image in missing])
    if not measured:
        raise Unverified(
            _("none of the images is on the docker host: {images}", images=[image.reference for image in images]),
            _("build them first: {command}", command="; ".join(dict.fromkeys(image.command for image in images))),
        )
    limits = {**_LIMITS, **hw_course.image_sizes}
    for service, (image, size) in measured.items():
        note(service, f"{image.reference}: {_text(size.total)}")
        note(f"{service}, its largest layers", _largest(size))
        limit = limits.get(service, limits.get(str(role_of_name(service))))
        if limit is not None:
            expect(
                size.total <= limit,
                _("the image of {service} is at most {limit}", service=service, limit=_text(limit)),
                found=_(
                    "{image} has {size}; its largest layers: {layers}",
                    image=image.reference,
                    size=_text(size.total),
                    layers="; ".join(_largest(size)),
                ),
                at=Location(image.dockerfile) if image.dockerfile else image.at,
                hint=_("begin with a smaller base, and leave nothing in a layer that only the build needs"),
            )


def _measure(host: DockerHost, images: list[NamedImage]) -> dict[str, tuple[NamedImage, ImageSize]]:
    """By service the smallest of those that are there: the others are the steps that led to it."""
    found: defaultdict[str, list[tuple[NamedImage, ImageSize]]] = defaultdict(list)
    for image in images:
        if not image.is_valid:
            continue
        try:
            size = measure_image(host, image.reference)
        except ImageMissing:
            continue
        found[image.service].append((image, size))
    return {service: min(pairs, key=lambda pair: pair[1].total) for service, pairs in found.items()}


def _largest(size: ImageSize) -> list[str]:
    return [f"{_text(layer.size)} {_one_line(layer.instruction)}".strip() for layer in size.largest(_LAYERS)]


def _one_line(instruction: str) -> str:
    text = " ".join(instruction.split())
    return text if len(text) <= _INSTRUCTION else text[: _INSTRUCTION - 1] + "…"


def _text(size: int) -> str:
    return f"{size / 10**6:.1f} MB" if size >= 10**5 else f"{size} B"
