"""The item monitoring-1/node-exporter."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._jobs import report_job
from pytest_dockerlab.checks.monitoring_1._project import TOLD_BY, its_prometheus, monitored_project
from pytest_dockerlab.findings import Finding, note, report, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.prometheus.exporters import ExporterKind, flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Mount
    from pytest_dockerlab.submission.prometheus.exporters import Exporter
    from pytest_dockerlab.submission.submission import Submission

_FLAGS = {
    "/proc": ("path.procfs", "collector.procfs"),
    "/sys": ("path.sysfs", "collector.sysfs"),
    "/": ("path.rootfs",),
}
"""The option that names each of the host's folders; ``collector.*`` before version 0.15."""


@check(
    "monitoring-1/node-exporter",
    "the node exporter runs and is scraped",
    needs=["monitoring-1/config", Need.COMPOSE],
    told_by=[TOLD_BY, "monitoring-1/targets-resolve"],
)
def node_exporter(submission: Submission) -> None:
    project = monitored_project(submission)
    its_prometheus(submission)  # without it there is nobody to ask an exporter
    exporters = [each for each in submission.exporters_of(project).values() if each.kind is ExporterKind.NODE]
    require(
        exporters,
        _("there is a service for the node exporter"),
        found=list(project.services),
        at=project.location("services"),
        hint=_(
            "add a service with the image {image}, and the folders of the host as volumes", image="prom/node-exporter"
        ),
    )
    note("services", [each.service.name for each in exporters])
    for each in exporters:
        report(_mount_problems(project, each))
    report_job(submission, exporters, ExporterKind.NODE)


def _mount_problems(project: ComposeProject, exporter: Exporter) -> Iterator[Finding]:
    """Whether it looks at the host's folders, and not at those of its own container."""
    service = exporter.service
    for folder, flags in _FLAGS.items():
        named = flag(exporter.arguments, *flags)
        if named is not None:
            if _source(service.mounts, named) != folder and not _is_own(folder, named, service.raw.get("pid")):
                shown = next((each.source for each in service.mounts if _is_in(named, each.target)), None)
                yield Finding(
                    _("{option}={path} is the host's {folder}", option=f"--{flags[0]}", path=named, folder=folder),
                    _("nothing is mounted there") if shown is None else _("mounted there is {source}", source=shown),
                    project.location("services", service.name, "volumes" if service.mounts else "command"),
                    _("write under volumes: of {service}: {mount}", service=service.name,
                      mount=f"{folder}:{posixpath.normpath(named)}:ro"),
                )  # fmt: skip
            continue
        target = next((each.target for each in service.mounts if posixpath.normpath(each.source) == folder), None)
        if folder == "/":
            if target is None:
                yield _not_mounted(project, exporter, folder, "/rootfs")
            continue  # the course's own form has no option for it
        if target is None and not _is_seen_without(exporter, folder):
            yield _not_mounted(project, exporter, folder, f"/host{folder}")
        elif target is not None and posixpath.normpath(target) != folder:
            yield Finding(
                _("an option says where the host's {folder} is", folder=folder),
                _("it is mounted at {path}, and the exporter looks at {folder} of its container",
                  path=target, folder=folder),
                project.location("services", service.name, "command" if service.command else "volumes"),
                _("add --{option}={path} to the command of {service}",
                  option=flags[0], path=target, service=service.name),
            )  # fmt: skip


def _not_mounted(project: ComposeProject, exporter: Exporter, folder: str, target: str) -> Finding:
    name = exporter.service.name
    return Finding(
        _("the host's {folder} is mounted into {service}", folder=folder, service=name),
        [f"{each.source}:{each.target}" for each in exporter.service.mounts] or _("no volumes"),
        project.location("services", name, "volumes") if exporter.service.mounts else exporter.service.location,
        _("write under volumes: of {service}: {mount}", service=name, mount=f"{folder}:{target}:ro")
        if folder == "/"
        else _("write under volumes: of {service}: {mount}, and in its command: --{option}={path}",
               service=name, mount=f"{folder}:{target}:ro", option=_FLAGS[folder][0], path=target),
    )  # fmt: skip


def _is_seen_without(exporter: Exporter, folder: str) -> bool:
    """With the host's processes in sight, as node_exporter's own README starts it, /proc and /sys are the host's."""
    raw = exporter.service.raw
    return raw.get("pid") == "host" and (folder == "/proc" or flag(exporter.arguments, "path.rootfs") is not None)


def _is_own(folder: str, named: str, pid: object) -> bool:
    return pid == "host" and posixpath.normpath(named) == folder


def _source(mounts: tuple[Mount, ...], path: str) -> str | None:
    """The host's folder that is seen at a path of the container: a mount of a folder holds what is below it."""
    path = posixpath.normpath(path)
    for mount in sorted(mounts, key=lambda each: -len(each.target)):
        if _is_in(path, mount.target) and mount.type == "bind":
            rest = posixpath.relpath(path, posixpath.normpath(mount.target))
            return posixpath.normpath(posixpath.join(mount.source, rest))
    return None


def _is_in(path: str, folder: str) -> bool:
    path, folder = posixpath.normpath(path), posixpath.normpath(folder)
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
