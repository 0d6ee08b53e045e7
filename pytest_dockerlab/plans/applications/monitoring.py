"""The plan of a project that is monitored, and what of a project belongs to its monitoring alone."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ...findings import Unverified
from ...messages import Message, _
from ...submission.compose.project import ComposeProject
from ...submission.prometheus.exporters import ExporterKind, flag
from ...submission.prometheus.service import prometheus_service
from ...submission.submission import Submission
from .of_compose import Parts, plan_of_compose
from .plan import AppPlan, BuildSource

__all__ = ["MonitoredPlan", "plan_of_monitored", "without_monitoring"]

_PORT = 9090
_MEASURING = frozenset(
    {ExporterKind.NODE, ExporterKind.CADVISOR, ExporterKind.BLACKBOX, ExporterKind.CLOUDPROBER, ExporterKind.MONGODB}
)


@dataclass(frozen=True, slots=True)
class MonitoredPlan:
    """A monitored project to run."""

    app: AppPlan
    prometheus: str
    """The service that is Prometheus."""
    path: str
    """Where its pages are: a path without a slash at its end."""
    exporters: frozenset[str]
    """The services without which the others are monitored all the same."""
    missing: Mapping[str, Message]
    """Those that cannot be started here, and why."""


def plan_of_monitored(submission: Submission, images: Mapping[str, str]) -> MonitoredPlan:
    """The plan of a submission's monitored project.

    :param images: the course's replacements of images.

    Raises ``Unverified`` where no service is Prometheus, and as :func:`plan_of_compose`.
    """
    project = submission.monitoring
    prometheus = submission.prometheus_service
    if prometheus is None:
        raise Unverified(
            _("no service of {file} is Prometheus", file=project.file),
            _("add a service prometheus, with the image that is built in monitoring/prometheus"),
            told_by="monitoring-1/prometheus-service",
        )
    exporters = submission.exporters_of(project)
    builds = {
        name: BuildSource(each.dockerfile, posixpath.dirname(each.dockerfile))
        for name, each in exporters.items()
        if each.dockerfile is not None
    }
    image = submission.prometheus_files.image
    if image is not None:
        builds[prometheus.name] = BuildSource(image.dockerfile.path, image.context, image.target, image.args)
    parts = Parts(
        measuring=frozenset(name for name, each in exporters.items() if each.kind in _MEASURING),
        published={prometheus.name: _PORT},
        builds=builds,
    )
    missing = {}
    for name in exporters:
        try:
            plan_of_compose(
                submission, project, images, replace(parts, left_out=_left_out(project.services.keys() - {name}))
            )
        except Unverified as stop:
            missing[name] = _("{service} is not started: {why}", service=name, why=stop.reason)
    try:
        app = plan_of_compose(submission, project, images, replace(parts, left_out=missing))
    except Unverified as stop:  # which an item of another homework would tell
        raise Unverified(stop.reason, stop.remedy) from stop
    return MonitoredPlan(app, prometheus.name, _path(prometheus.command or ()), frozenset(exporters), missing)


def without_monitoring(submission: Submission, project: ComposeProject) -> Parts:
    """The parts of a plan that is about the application: Prometheus and the exporters are not started."""
    prometheus = prometheus_service(project)
    names = [*submission.exporters_of(project), *([] if prometheus is None else [prometheus.name])]
    return Parts(_left_out(names))


def _left_out(names: Iterable[str]) -> dict[str, Message]:
    services = list(names)
    return dict.fromkeys(services, _("{services} are not started: the rest does without", services=services))


def _path(arguments: tuple[str, ...]) -> str:
    """Below which path Prometheus serves, by its flags."""
    prefix = flag(arguments, "web.route-prefix")
    if prefix is None:
        prefix = urlsplit(flag(arguments, "web.external-url") or "").path
    return f"/{prefix.strip('/')}".rstrip("/")
