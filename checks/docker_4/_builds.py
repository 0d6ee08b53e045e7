"""What a compose project builds, and whether it is there: compose itself looks only when it builds."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Finding
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.instructions import DockerfileError
from pytest_dockerlab.submission.scan.discovery import folder_of, name_of
from pytest_dockerlab.submission.scan.own_repositories import hint_where_missing
from pytest_dockerlab.submission.scan.servicefiles import is_backup, is_dockerfile
from pytest_dockerlab.submission.text.interpolation import uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.submission import Submission

_BUILD = "build"


def build_problems(submission: Submission, project: ComposeProject) -> Iterator[Finding]:
    """The folders, Dockerfiles and stages of ``build:`` that are not there."""
    tree = submission.tree
    for service in project.services.values():
        build = service.build
        if build is None or build.context is None or _is_open(project, service):
            continue
        at = project.location("services", service.name, _BUILD, "context")
        if build.context and not tree.is_dir(build.context):
            yield Finding(
                _("the folder that {service} is built from is in the repository", service=service.name),
                _("there is no folder {path}", path=build.context),
                at,
                hint_where_missing(tree, _another_folder(tree, project, build.context), build.context),
            )
        elif build.dockerfile is not None and not _is_there(tree, build.dockerfile):
            yield Finding(
                _("the Dockerfile that {service} is built from is in the repository", service=service.name),
                _("there is no file {path}", path=build.dockerfile),
                project.location("services", service.name, _BUILD, "dockerfile"),
                hint_where_missing(tree, _another_dockerfile(tree, project, service, build.context), build.dockerfile),
            )
        elif build.target and build.dockerfile is not None:
            yield from _missing_stage(submission, project, service, build.dockerfile, build.target)


def _missing_stage(
    submission: Submission, project: ComposeProject, service: Service, path: str, target: str
) -> Iterator[Finding]:
    try:
        stages = submission.dockerfile(path).stages
    except (DockerfileError, RefusedPath):
        return  # that is docker-3/services' finding
    names = [stage.name for stage in stages if stage.name]
    known = {*map(str.lower, names), *map(str, range(len(stages)))}
    if target.lower() not in known:
        yield Finding(
            _("the stage that {service} is built to is in {file}", service=service.name, file=path),
            _("there is no stage {name}", name=target),
            project.location("services", service.name, _BUILD, "target"),
            _("write one of these: {names}", names=names)
            if names
            else _("remove target:, or name a stage so: FROM … AS {name}", name=target),
        )


def _is_open(project: ComposeProject, service: Service) -> bool:
    """Whether a variable that nobody defines decides what is built."""
    path = ("services", service.name, _BUILD)
    texts = [
        project.docs.scalar(*path),
        project.docs.scalar(*path, "context"),
        project.docs.scalar(*path, "dockerfile"),
        project.docs.scalar(*path, "target"),
    ]
    names = {use.name for text in texts if text for use in uses(text)}
    return bool(names & {*project.undefined, *project.placeholders})


def _is_there(tree: Tree, path: str) -> bool:
    # Builders take "dockerfile" too where nothing else is asked for.
    lower = posixpath.join(folder_of(path), "dockerfile")
    return (tree.exists(path) and not tree.is_dir(path)) or (name_of(path) == "Dockerfile" and tree.exists(lower))


def _another_folder(tree: Tree, project: ComposeProject, context: str) -> Message:
    name = name_of(context).lower()
    folders = sorted(
        {folder_of(path) for path in tree.files if is_dockerfile(path)}, key=lambda path: (path.count("/"), path)
    )
    found = next((folder for folder in folders if folder and name_of(folder).lower() == name), None)
    if found is None:
        return _("add the folder, or correct the path: it starts in the folder of {file}", file=project.file)
    return _("it is in {found}: write {path}", found=found, path=_from(project, found))


def _another_dockerfile(tree: Tree, project: ComposeProject, service: Service, context: str) -> Message:
    inside = f"{context}/" if context else ""
    found = [path for path in tree.files if path.startswith(inside) and is_dockerfile(path) and not is_backup(path)]
    found.sort(key=lambda path: (path.count("/"), path))
    beside = next((path for path in found if folder_of(path) == context), None)
    if beside is not None:
        asked = list(uses(project.docs.scalar("services", service.name, _BUILD, "dockerfile") or ""))
        if len(asked) == 1 and project.env is not None and asked[0].name in project.env.variables:
            return _("the path begins in {folder}: write {variable}={name} in {file}", folder=context or ".",
                     variable=asked[0].name, name=name_of(beside), file=project.env.path)  # fmt: skip
        if name_of(beside) == "Dockerfile":
            return _("the path begins in {folder}: write dockerfile: Dockerfile", folder=context or ".")
        return _("write dockerfile: {name} under build:, or call the file Dockerfile", name=name_of(beside))
    if found:
        return _("it is in {found}: move it to {folder}, or write {path}", found=folder_of(found[0]),
                 folder=context or ".", path=_from(project, folder_of(found[0])))  # fmt: skip
    return _("add the Dockerfile to {folder}", folder=context or ".")


def _from(project: ComposeProject, folder: str) -> str:
    """A folder as ``build:`` of the compose file would name it."""
    path = posixpath.relpath(folder or ".", folder_of(project.file) or ".")
    return f"build: {path}" if path.startswith(".") else f"build: ./{path}"
