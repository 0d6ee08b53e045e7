"""Which image each service has, by the project's own names: in its compose file, else in its ``docker build`` lines.

docker-3 has no compose file yet; there the README and scripts say ``docker build -t <user>/ui:1.0 ./ui``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location, Mismatch, Unverified
from pytest_dockerlab.submission.scan.roles import APPLICATION, role_of_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.submission.text.readme import Readme

__all__ = ["NamedImage", "is_image_name", "named_images", "parse_given"]

_BUILD = re.compile(r"\bdocker\s+(?:image\s+|buildx\s+)?build\b")
_TAG = re.compile(r"(?:\s-t|\s--tag)[\s=]+([^\s\"'`;|&]{1,255})")
_REFERENCE = re.compile(
    r"[a-z0-9][a-z0-9._-]*(?::[0-9]+)?(?:/[a-z0-9._-]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?", re.ASCII
)
_SCRIPTS = re.compile(r"(?:.*/)?(?:[^/]*\.sh|makefile|[^/]*\.mk)", re.IGNORECASE)
_MAX_FILES = 30
_MAX_NAMES = 40
_MAX_LINE = 2000


@dataclass(frozen=True, slots=True)
class NamedImage:
    """An image of a service, and how it comes about."""

    service: str
    reference: str
    at: Location | None = None
    dockerfile: str | None = None
    command: str = ""
    """What builds it."""


def is_image_name(text: str) -> bool:
    """Whether an engine can have an image of this name: placeholders and templates are none."""
    return ".." not in text and _REFERENCE.fullmatch(text) is not None


def parse_given(texts: Iterable[str]) -> list[NamedImage]:
    """The user's own answers, ``SERVICE=IMAGE`` or just ``IMAGE``, whose service is the name's last part."""
    found = []
    for text in texts:
        service, equals, reference = text.partition("=")
        if not equals:
            service, reference = _last_part(text), text
        found.append(NamedImage(service, reference, command=f"docker build -t {reference} <{service}>"))
    return found


def named_images(submission: Submission) -> list[NamedImage]:
    """The images that the project names for the services whose code is in it.

    A compose file that cannot be read, or not here, names nothing: that is another item's finding.
    """
    try:
        project: ComposeProject | None = submission.compose
    except (Mismatch, Unverified, RefusedPath):
        project = None
    found = list(_of_compose(submission, project)) if project is not None else []
    return found or list(_of_build_lines(submission))[:_MAX_NAMES]


def _of_compose(submission: Submission, project: ComposeProject) -> Iterator[NamedImage]:
    for service in project.services.values():
        if service.image is None or (service.build is None and service.role not in APPLICATION):
            continue
        built = submission.image_of(service)
        at = project.location("services", service.name, "image")
        command = f"docker compose -f {project.file} build {service.name}"
        yield NamedImage(service.name, service.image, at, built[0] if built is not None else None, command)


def _of_build_lines(submission: Submission) -> Iterator[NamedImage]:
    for path, lines in _texts(submission, submission.readmes):
        joined, first = "", 0
        for number, line in enumerate(lines, start=1):
            first = first if joined else number
            joined = (joined + line)[:_MAX_LINE]
            if joined.endswith("\\"):
                joined = joined[:-1] + " "
                continue
            command, joined = joined, ""
            if not _BUILD.search(command):
                continue
            for match in _TAG.finditer(command):
                role = role_of_name(_last_part(match[1]))
                if role in APPLICATION:
                    shown = command[_first(command) :].strip().rstrip("`")[:200]
                    folder = path.rpartition("/")[0] if _SCRIPTS.fullmatch(path) else ""
                    shown = f"cd {folder} && {shown}" if folder else shown
                    yield NamedImage(str(role), match[1], Location(path, first), None, shown)


def _texts(submission: Submission, readmes: Iterable[Readme]) -> Iterator[tuple[str, list[str]]]:
    for readme in readmes:
        yield readme.path, [line.text for line in readme.lines]
    for path in [path for path in submission.tree.files if _SCRIPTS.fullmatch(path)][:_MAX_FILES]:
        try:
            yield path, submission.tree.text(path).content.splitlines()
        except RefusedPath:
            continue


def _first(command: str) -> int:
    match = _BUILD.search(command)
    return match.start() if match else 0


def _last_part(reference: str) -> str:
    name = reference.partition("@")[0].rpartition("/")[2]
    return name.partition(":")[0]
