"""The images that are the student's own: those whose name begins as their application's do, and those built here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.submission.files.vendored import is_vendored
from pytest_dockerlab.submission.scan.discovery import folder_of, name_of
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role, role_of_name

if TYPE_CHECKING:
    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["PUBLISHERS", "OwnImage", "own_images"]

# Who publishes programs that others run: an image of theirs is theirs, though a folder here is called like it.
PUBLISHERS = frozenset(
    {"prom", "prometheus", "bitnami", "bitnamilegacy", "percona", "google", "google-containers", "cloudprober",
     "grafana", "library", "mongo", "otus", "gitlab", "elastic", "fluent", "openzipkin", "nginx", "dcu", "eses",
     "ssalaues", "ssheehy", "prometheuscommunity"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnImage:
    """An image of the student's. ``folder`` is where its Dockerfile lies, where one does."""

    name: str
    """Without user and tag."""
    user: str
    """What stands before it, as compose resolves it; empty without one."""
    tag: str | None
    template: str
    """As it stands in the compose file."""
    at: Location
    folder: str | None

    def __str__(self) -> str:
        return self.template


def own_images(submission: Submission, project: ComposeProject) -> list[OwnImage]:
    """The student's images in a compose project, each once."""
    folders = _folders(submission)
    exporters = submission.exporters_of(project)
    users = {_user(service) for service in project.services_of(*APPLICATION)} - {""}
    found: dict[str, OwnImage] = {}
    for service in project.services.values():
        exporter = exporters.get(service.name)
        made_by = exporter.dockerfile if exporter is not None else None
        image = _image(service, folders, users, made_by)
        if image is not None:
            found.setdefault(image.name, image)
    return list(found.values())


def _image(service: Service, folders: dict[str, str], users: set[str], made_by: str | None) -> OwnImage | None:
    """``made_by`` is the Dockerfile that an exporter is made by, whatever its folder is called."""
    name = service.image_name
    if name is None:
        return None  # what has none cannot be pushed, which docker-4/version-parameters says
    text, user = name.expanded.text, _user(service)
    last = text.partition("@")[0].rpartition("/")[2].partition(":")[0]
    folder = folders.get(_plain(last))
    if service.build is not None and service.build.context is not None:
        folder = service.build.context
    has_folder = folder is not None and service.role is not Role.DATABASE
    is_own = (
        service.build is not None
        or service.role in APPLICATION
        or name.user_is_variable
        or (bool(user) and user in users)
        or (has_folder and PUBLISHERS.isdisjoint(user.split("/")))
    )
    if not is_own or not last or service.role is Role.DATABASE:
        return None
    tag = text[slice(*name.tag)] if name.tag is not None else None
    if folder is None and made_by is not None:
        folder = folder_of(made_by)
    return OwnImage(last, user, tag or None, name.template, service.location, folder)


def _user(service: Service) -> str:
    """Registry and user before the image's name."""
    return service.image_name.expanded.text.rpartition("/")[0] if service.image_name is not None else ""


def _folders(submission: Submission) -> dict[str, str]:
    """The folders with a Dockerfile by the name an image of theirs would have, the outermost first."""
    paths = [path for path in submission.tree.files if name_of(path) == "Dockerfile" and not is_vendored(path)]
    found: dict[str, str] = {}
    for folder in sorted(map(folder_of, paths), key=lambda folder: (folder.count("/"), folder)):
        name = name_of(folder)
        found.setdefault(_plain(name), folder)
        if (role := role_of_name(name)) in APPLICATION:
            found.setdefault(str(role), folder)
    return found


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
