"""The item docker-4/override-code."""

from __future__ import annotations

import difflib
import posixpath
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._override import merged
from pytest_dockerlab.findings import Finding, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.discovery import folder_of
from pytest_dockerlab.submission.scan.roles import APPLICATION, role_of_name
from pytest_dockerlab.submission.text.interpolation import uses

if TYPE_CHECKING:
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Mount, Service
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.submission import Override, Submission


@check(
    "docker-4/override-code",
    "the override mounts the code of ui, post and comment",
    level="optional",
    needs=["docker-4/compose-file", Need.COMPOSE],
    told_by=["docker-4/override"],
)
def override_code(submission: Submission, override: Override) -> None:
    project = merged(override)
    for service in project.services_of(*APPLICATION):
        report(code_mount_problems(submission, project, service))


def code_mount_problems(submission: Submission, project: ComposeProject, service: Service) -> list[Finding]:
    """What is wrong with the code mount of a service; empty where it is right."""
    built = submission.image_of(service)
    folder = service.working_dir or (built[1].workdir.value if built is not None and built[1].workdir else None)
    mounts = [mount for mount in service.mounts if folder is None or _covers(mount.target, folder)]
    wanted = folder or "/app"
    hint = _("add to volumes: a bind mount of the service's own folder, such as ./{folder}:{target}",
             folder=_code_folder(service), target=wanted)  # fmt: skip
    expected = _("the code of {service} is mounted over {folder}", service=service.name, folder=wanted)
    if not mounts:
        found = [f"{mount.source}:{mount.target}" for mount in service.mounts] or _("no volumes:")
        code = (each for each in service.mounts if each.path and _holds_code(submission.tree, service, each.path))
        elsewhere = next((each.location for each in code if each.type == "bind"), None)
        return [Finding(expected, found, elsewhere or project.winning_location(service.name, "volumes"), hint)]
    mount = max(mounts, key=lambda each: (each.type == "bind", len(each.target)))
    if mount.type != "bind":
        found = _("{source}:{target}, a named volume: it keeps the code that the image had at first",
                  source=mount.source, target=mount.target)  # fmt: skip
        return [Finding(expected, found, mount.location, hint)]
    return _bind_problems(submission, project, service, mount)


def _covers(target: str, folder: str) -> bool:
    target = posixpath.normpath(target)
    return target == folder or folder.startswith(target.rstrip("/") + "/")


def _code_folder(service: Service) -> str:
    context = service.build.context if service.build is not None else None
    return (context or service.name).rpartition("/")[2]


def _bind_problems(submission: Submission, project: ComposeProject, service: Service, mount: Mount) -> list[Finding]:
    at, path = mount.location, mount.path
    if mount.leads_out:
        expected = _("the mounted folder is in the repository")
        return [Finding(expected, mount.source, at, _("use the folder of the code, relative to the compose file"))]
    if path is None:
        # It is on the docker host, where this check cannot look; docker-4/remote-code does.
        note(f"{service.name}: {mount.source}", _("an absolute path: whether it exists cannot be seen from here"))
        return []
    if _is_open(project, mount):
        note(f"{service.name}: {mount.source}", _("which folder that is stands in no file of the repository"))
        return []
    if not submission.tree.is_dir(path or "."):
        near = _near(submission, service, path)
        expected = _("the mounted folder {source} is in the repository", source=mount.source)
        hint = _("the code is in {near}", near=near) if near else _("correct the path")
        return [Finding(expected, _("there is no folder {path}", path=path), at, hint)]
    hint = _("mount the folder {folder}", folder=_code_folder(service))
    if _is_anothers(project, service, path):
        return [Finding(_("{service} gets its own code", service=service.name), mount.source, at, hint)]
    if not _holds_code(submission.tree, service, path):
        expected = _("the mounted folder {source} holds the code of {service}", source=mount.source,
                     service=service.name)  # fmt: skip
        return [Finding(expected, _("none of its files is where the image has it"), at, hint)]
    return []


def _is_open(project: ComposeProject, mount: Mount) -> bool:
    """Whether a variable that has no value in the repository decides what is mounted."""
    return any(use.name in (*project.undefined, *project.placeholders) for use in uses(mount.source))


def _is_anothers(project: ComposeProject, service: Service, path: str) -> bool:
    """Whether a folder is, or lies in, what another service is built from, or is called like another one."""
    own = service.build.context if service.build is not None else None
    if own and _lies_in(path, own):
        return False
    contexts = [each.build.context for each in project.services.values() if each.build is not None]
    if any(context and context != own and _lies_in(path, context) for context in contexts):
        return True
    roles = (role_of_name(part) for part in reversed(path.split("/")))
    role = next((each for each in roles if each is not None), None)
    return role is not None and role is not service.role and path != own


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _holds_code(tree: Tree, service: Service, path: str) -> bool:
    """Whether some program of the service's folder is in ``path`` too, at the same place or at the top."""
    own = service.build.context if service.build is not None else None
    wanted = _programs(tree, own) if own is not None else set()
    if not wanted:
        return True  # the code is not in this repository, or is none that we know
    names = {each.rpartition("/")[2] for each in wanted}
    return any(each in wanted or each in names for each in _programs(tree, path))


def _programs(tree: Tree, folder: str) -> set[str]:
    start = f"{folder}/" if folder else ""
    paths = [path for path in tree.files if path.startswith(start) and path.endswith((".rb", ".py", ".ru"))]
    return {path.removeprefix(start) for path in paths}


def _near(submission: Submission, service: Service, path: str) -> str | None:
    """The folder that was probably meant: the one the image is built from, else one with a similar name."""
    context = service.build.context if service.build is not None else None
    if context and submission.tree.is_dir(context):
        return context
    folders = {folder_of(each) for each in submission.tree.files} - {""}
    beside = [each for each in folders if folder_of(each) == folder_of(path)]
    return next(iter(difflib.get_close_matches(path, beside, n=1, cutoff=0.5)), None)
