"""The configuration files of blackbox exporter and cloudprober, and the modules of the former."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, Mismatch
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.instructions import DockerfileError
from pytest_dockerlab.submission.dockerfiles.origins import How, origin_of
from pytest_dockerlab.submission.prometheus.exporters import flag
from pytest_dockerlab.submission.scan.discovery import folder_of, name_of
from pytest_dockerlab.submission.text.yamldoc import YamlDoc, YamlError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Mount
    from pytest_dockerlab.submission.prometheus.exporters import Exporter
    from pytest_dockerlab.submission.submission import Submission

_CONFIGURATION = "/etc/blackbox_exporter/config.yml"
_FOLDERS = ("/etc/blackbox_exporter", "/config", "/etc/prometheus", "/opt/bitnami/blackbox-exporter")
_OWN = {
    "http_2xx": "http", "http_post_2xx": "http", "tcp_connect": "tcp", "pop3s_banner": "tcp", "grpc": "grpc",
    "grpc_plain": "grpc", "ssh_banner": "tcp", "ssh_banner_extract": "tcp", "irc_banner": "tcp", "icmp": "icmp",
    "icmp_ttl5": "icmp",
}  # fmt: skip
"""Those of the file that the image brings: blackbox.yml of prometheus/blackbox_exporter."""


@dataclass(frozen=True, slots=True)
class Modules:
    """The prober of each module. ``is_known`` says that there are no others; ``file`` is where they stand."""

    probers: Mapping[str, str]
    is_known: bool
    file: str


@dataclass(frozen=True, slots=True)
class ProberFile:
    """The file of the submission that a prober reads; ``path`` is empty where it is not here.

    ``is_image`` says that it is the one that the base image brings.
    """

    path: str
    is_image: bool


def modules_of(submission: Submission, project: ComposeProject, exporter: Exporter) -> Modules:
    """The modules that a blackbox exporter has. Raises :class:`Mismatch` where its file is no YAML."""
    file = prober_file(submission, exporter, ("config.file",), _CONFIGURATION)
    if not file.path:
        is_stock = file.is_image and flag(exporter.arguments, "config.file") in (None, _CONFIGURATION)
        return Modules(_OWN, is_stock, "")
    try:
        doc = YamlDoc.read(submission.tree, file.path)
    except YamlError as problem:
        raise Mismatch(
            Finding(
                _("{service} can read its modules", service=exporter.service.name),
                problem.reason,
                problem.at,
                _("correct the file: it is no valid YAML"),
            )
        ) from None
    node = doc.node("modules")
    pairs = node.entries() if node is not None and node.kind == "mapping" else ()
    return Modules(
        {key.text: doc.scalar("modules", key.text, "prober") or "" for key, _value in pairs}, True, file.path
    )


def prober_file(submission: Submission, exporter: Exporter, options: Sequence[str], usual: str) -> ProberFile:
    """Where the configuration that its command names, else the ``usual`` one, comes from."""
    wanted = posixpath.normpath(flag(exporter.arguments, *options) or usual)
    for mount in exporter.service.mounts:
        target = posixpath.normpath(mount.target)
        if wanted == target or wanted.startswith(f"{target.rstrip('/')}/"):
            inside = posixpath.join(mount.path or "", posixpath.relpath(wanted, target))
            path = posixpath.normpath(inside) if mount.path is not None else _brought(submission, mount)
            return ProberFile(path if path and submission.tree.exists(path) else "", False)
    if exporter.service.raw.get("configs"):
        return ProberFile("", False)
    if exporter.dockerfile is None or not submission.tree.exists(exporter.dockerfile):
        return ProberFile("", exporter.is_known)
    try:
        dockerfile = submission.dockerfile(exporter.dockerfile)
    except DockerfileError:  # nothing is known of an image that cannot be built
        return ProberFile("", False)
    build = exporter.service.build
    for context in dict.fromkeys((build.context or "" if build else folder_of(exporter.dockerfile), "")):
        found = origin_of(
            submission.tree,
            dockerfile,
            context,
            wanted,
            target=build.target if build else None,
            args=dict(build.args) if build else None,
            folders=_FOLDERS,
        )
        if found is None:
            return ProberFile("", True)
        if found.how is How.FILE:
            return ProberFile(found.path, False)
    return ProberFile("", False)


def _brought(submission: Submission, mount: Mount) -> str:
    """The one file that is called as what is mounted from a place of the docker host: somebody brings it there."""
    called = [path for path in submission.tree.files if name_of(path) == name_of(mount.source)]
    return called[0] if len(called) == 1 else ""
