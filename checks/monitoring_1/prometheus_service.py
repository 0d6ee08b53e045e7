"""The item monitoring-1/prometheus-service."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._serving import port_of_prometheus
from pytest_dockerlab.findings import Finding, expect, note, report, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.prometheus.exporters import arguments_of, flag
from pytest_dockerlab.submission.scan.monitoring import is_prometheus_image, repository_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.prometheus.files import PrometheusFiles
    from pytest_dockerlab.submission.submission import Submission

_HOME = "/prometheus"
"""The working directory of the image."""
_HOMES = {"prom": _HOME, "prometheus": _HOME}
"""Where the images' own commands keep the data, in their Dockerfiles."""


@check("monitoring-1/prometheus-service", "the compose file runs Prometheus on port 9090", needs=[Need.COMPOSE])
def prometheus_service(submission: Submission) -> None:
    project = submission.monitoring
    service = submission.prometheus_service
    note("compose files", list(project.files))
    called = next((each for name, each in project.services.items() if "prometheus" in name.lower()), None)
    require(
        service is not None,
        _("there is a service for Prometheus"),
        found=_("{service} runs {image}", service=called.name, image=called.image)
        if called is not None
        else list(project.services),
        at=project.location("services", called.name, "image") if called is not None else project.location("services"),
        hint=_("add a service with the image that monitoring/prometheus/Dockerfile builds, and port 9090"),
    )
    assert service is not None
    files = submission.prometheus_files
    note("service", service.name)
    note("image", service.image or _("built from {path}", path=service.build.dockerfile if service.build else ""))
    report(_port_problems(submission, project, service))
    report(_configuration_problems(project, service, files))
    image = files.image.image if files.image is not None else None
    report(_storage_problems(project, service, arguments_of(service, image), files))
    expect(
        service.replicas > 0,
        _("{service} starts with docker-compose up", service=service.name),
        found=_("0 replicas"),
        at=project.location("services", service.name, "scale" if "scale" in service.raw else "deploy"),
        hint=_("remove the number of replicas, or make it 1"),
    )


def _port_problems(submission: Submission, project: ComposeProject, service: Service) -> Iterator[Finding]:
    port = port_of_prometheus(submission, service)
    note("port", port)
    published = [each for each in service.ports if each.target == port and each.protocol == "tcp"]
    if published or service.network_mode == "host":
        note("published", [each.published or _("the engine chooses") for each in published] or "network_mode: host")
        return
    others = [each.target for each in service.ports]
    yield Finding(
        _("{service} publishes port {port}, where Prometheus listens", service=service.name, port=port),
        _("published are {ports} of the container", ports=others) if others else _("no port is published"),
        project.location("services", service.name, "ports") if others else service.location,
        _("write under ports: of {service}: '{port}:{port}'", service=service.name, port=port),
    )


def _configuration_problems(project: ComposeProject, service: Service, files: PrometheusFiles) -> Iterator[Finding]:
    note("configuration in the container", files.read_from)
    is_stock = service.build is None and is_prometheus_image(service.image)
    if files.is_in_place or not (files.is_image_whole or is_stock):
        return  # what an image of ours lacks is told by monitoring-1/prometheus-image
    at = project.location("services", service.name, "command") if service.command else service.location
    expected = _(
        "{service} finds a configuration where it reads it, {path}", service=service.name, path=files.read_from
    )
    if is_stock:
        yield Finding(
            expected,
            _("the image is {image}, and nothing is mounted there", image=service.image),
            project.location("services", service.name, "image"),
            _("use the image that monitoring/prometheus/Dockerfile builds, or mount prometheus.yml there"),
        )
    elif service.command and flag(service.command, "config.file") is None:
        yield Finding(
            expected,
            _("the command takes the place of the image's, and does not say where it is"),
            at,
            _("add --config.file=/etc/prometheus/prometheus.yml to the command"),
        )
    elif service.command:
        yield Finding(
            expected,
            _("neither the image nor a volume puts anything there"),
            at,
            _("name the path in --config.file that the Dockerfile copies prometheus.yml to"),
        )


def _storage_problems(
    project: ComposeProject, service: Service, arguments: tuple[str, ...], files: PrometheusFiles
) -> Iterator[Finding]:
    """A volume for the data that the data do not go to. Without one, they stay in the container: that is allowed."""
    told = flag(arguments, "storage.tsdb.path")
    image = files.image
    is_own_start = bool(service.entrypoint or (image is not None and image.image.entrypoint))
    home = _home(image.base if image is not None else service.image or "")
    if told is None and (home is None or is_own_start):
        return  # nobody knows what is started, or where it keeps its data
    # A command takes the place of the image's, and leaves the data to Prometheus' own default.
    usual = posixpath.join(_HOME, "data") if service.command else home or _HOME
    path = posixpath.normpath(posixpath.join(service.working_dir or _HOME, told or usual))
    note("storage in the container", path)
    volumes = [each for each in service.mounts if each.type == "volume" and not _is_in(files.read_from, each.target)]
    if volumes and not any(_is_in(path, each.target) for each in volumes):
        yield Finding(
            _("the volume is where {service} keeps its data, {path}", service=service.name, path=path),
            [f"{each.source}:{each.target}" for each in volumes],
            volumes[0].location,
            _("mount the volume at {path}, or name its path in --storage.tsdb.path", path=path),
        )


def _home(image: str) -> str | None:
    """Where an image's own command keeps the data, by whose image it is; ``None`` where nobody knows."""
    owner = repository_of(image).lower().split("/")[-2:-1]
    return _HOMES.get(owner[0]) if owner else None


def _is_in(path: str, folder: str) -> bool:
    folder = posixpath.normpath(folder)
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
