"""The item monitoring-1/prometheus-image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, expect, note, report, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.dockerignore import IgnoreFile
from pytest_dockerlab.submission.dockerfiles.origins import How
from pytest_dockerlab.submission.prometheus.service import option
from pytest_dockerlab.submission.scan.discovery import name_of
from pytest_dockerlab.submission.scan.monitoring import is_prometheus_image, repository_of, tag_of
from pytest_dockerlab.submission.scan.own_repositories import hint_where_missing

if TYPE_CHECKING:
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.prometheus.files import PrometheusFiles, PrometheusImage
    from pytest_dockerlab.submission.submission import Submission

_USUAL = "monitoring/prometheus/Dockerfile"
# A release that is downloaded by its number is pinned, too.
_RELEASE = re.compile(r"prometheus[-/]v?\d{1,3}\.\d{1,3}\.\d{1,3}|PROM\w{0,20}VERSION\w{0,9}[= ]\"?v?\d", re.IGNORECASE)


@check("monitoring-1/prometheus-image", "Prometheus' Dockerfile has a pinned base and its config")
def prometheus_image(submission: Submission) -> None:
    files = submission.prometheus_files
    if files.dockerfile is None and files.service is not None and is_prometheus_image(files.service.image):
        note("image", files.service.image)
        _pinned(files.service.image or "", submission.monitoring.location("services", files.service.name, "image"))
        return  # whether a configuration is mounted there is the service's matter
    require(
        files.dockerfile is not None and submission.tree.exists(files.dockerfile),
        _("Prometheus' Dockerfile is in the repository"),
        found=_("there is no {path}", path=files.dockerfile) if files.dockerfile else _("none"),
        at=files.service.location if files.dockerfile and files.service is not None else None,
        hint=hint_where_missing(submission.tree, _("add {path}", path=files.dockerfile or _USUAL), files.dockerfile),
    )
    path = files.dockerfile or ""
    note("Dockerfile", path)
    dockerfile = submission.dockerfile(path)
    problems = [*dockerfile.problems(), *submission.unnamed_bases(path)]
    report(problems)
    if problems:
        return
    image = files.own
    assert image is not None  # it parses
    base = image.base
    note("base image", base)
    is_downloaded = not is_prometheus_image(base) and any(
        _RELEASE.search(each.original) for each in dockerfile.instructions
    )
    if not is_downloaded and expect(
        is_prometheus_image(base),
        _("the image is made of Prometheus' own"),
        found=base,
        at=image.base_location,
        hint=_("begin with FROM prom/prometheus:v2.1.0, or another version"),
    ):
        _pinned(base, image.base_location)
    _configured(submission, files, image)


def _pinned(base: str, at: Location) -> None:
    tag = tag_of(base)
    expect(
        "@" in base or (tag is not None and tag != "latest"),
        _("the version of Prometheus is fixed by a tag or a digest"),
        found=base,
        at=at,
        hint=_("name a version: {image}; with latest, every build may bring another one",
               image=f"{repository_of(base)}:v2.1.0"),
    )  # fmt: skip


def _configured(submission: Submission, files: PrometheusFiles, image: PrometheusImage) -> None:
    """The configuration comes to where Prometheus reads it, be it copied or mounted."""
    note("configuration in the container", files.read_from)
    note("put there by", str(files.mounted_at) if files.mounted_at is not None else _by(files, image))
    dockerfile = image.dockerfile
    placed = files.own_origin if files.is_image_whole or not files.is_in_place else files.origin
    if placed is not None and placed.how is How.FILE and files.mounted_at is None:
        inside = placed.path.removeprefix(f"{image.context}/")
        kept_out = IgnoreFile(submission.tree, image.context, dockerfile.path).kept_out(inside)
        report([kept_out] if kept_out is not None else [])
        return
    if files.is_in_place or files.is_image_whole:
        return
    missing = next((each for each in (files.own_origin, files.origin) if each is not None), None)
    if missing is not None:
        expect(
            False,
            _("{path} is in the build context", path=missing.path),
            found=_("there is no {path}", path=missing.path),
            at=Location(dockerfile.path, missing.instruction.line),
            hint=_("add it, or correct the name: paths in COPY begin in the folder that is built, {folder}",
                   folder=image.context or "."),
        )  # fmt: skip
        return
    line, found = _copied_elsewhere(dockerfile)
    is_told = option(files.service.command or () if files.service is not None else (), "config.file") is not None
    path = files.read_from if is_told else files.own_path
    expect(
        False,
        _("a configuration is copied to {path}, where Prometheus reads it", path=path),
        found=found or _("nothing is copied there, and nothing mounted"),
        at=Location(dockerfile.path, line or image.base_location.line),
        hint=_("write {instruction}", instruction=f"COPY prometheus.yml {path}"),
    )


def _by(files: PrometheusFiles, image: PrometheusImage) -> object:
    origin = files.origin or files.own_origin
    return str(Location(image.dockerfile.path, origin.instruction.line)) if origin is not None else _("nothing")


def _copied_elsewhere(dockerfile: Dockerfile) -> tuple[int | None, str]:
    """The last instruction that copies something like a configuration."""
    for each in reversed(dockerfile.instructions):
        if each.name in ("COPY", "ADD") and any(name_of(word).endswith((".yml", ".yaml")) for word in each.values[:-1]):
            return each.line, " ".join((each.name, *each.flags, *each.values))
    return None, ""
