"""The item monitoring-1/layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, Mismatch, Unverified, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.discovery import find_env_example, folder_of, name_of
from pytest_dockerlab.submission.scan.own_repositories import hint_where_missing

if TYPE_CHECKING:
    from pytest_dockerlab.findings import Finding
    from pytest_dockerlab.submission.scan.project_files import ProjectFiles
    from pytest_dockerlab.submission.submission import Submission

_DOCKER = "docker"
_WHAT_FOR = {
    _DOCKER: _("the compose files and the example env file"),
    "src": _("the code of ui, post and comment"),
    "monitoring": _("Prometheus and the exporters"),
}
_TOLD_BY = "monitoring-1/prometheus-service"


@check("monitoring-1/layout", "docker/, src/, monitoring/ are there, and no docker/.env", told_by=[_TOLD_BY])
def layout(submission: Submission) -> None:
    tree = submission.tree
    missing = [folder for folder in _WHAT_FOR if not tree.is_dir(folder)]
    files, nowhere = _compose_files(submission)
    for folder in missing:
        hint = _("make the folder and move there: {what}", what=_WHAT_FOR[folder])
        if folder == _DOCKER and files is not None:
            hint = _("move them: git mv {files} {folder}/", files=" ".join(_with_env(submission, files)), folder=folder)
        expect(
            False,
            _("there is a folder {folder}/: {what}", folder=folder, what=_WHAT_FOR[folder]),
            found=sorted({path.partition("/")[0] for path in tree.files if "/" in path}),
            hint=hint_where_missing(tree, hint, folder),
        )
    if files is not None and _DOCKER not in missing:
        note("compose files", list(files.files))
        note("why these", files.reason)
        _in_docker(submission, files)
    env = f"{_DOCKER}/.env"
    expect(
        env not in tree.files or tree.tracked(env) is False,
        _("{path} is not in the repository", path=env),
        found=env,
        at=Location(env),
        hint=_("take it out with git rm --cached {path}, name .env in .gitignore, and commit", path=env),
    )
    if nowhere is not None and not missing:
        hint = _("add it first: see {item}", item=_TOLD_BY)
        raise Unverified(_("there is no compose file"), hint, told_by=_TOLD_BY, findings=[nowhere])


def _compose_files(submission: Submission) -> tuple[ProjectFiles, None] | tuple[None, Finding]:
    try:
        return submission.monitoring_files, None
    except Mismatch as nowhere:
        return None, nowhere.finding


def _in_docker(submission: Submission, files: ProjectFiles) -> None:
    """The compose files, and beside them the example env file."""
    elsewhere = [path for path in files.files if folder_of(path) != _DOCKER]
    expect(
        not elsewhere,
        _("the compose file is in {folder}/", folder=_DOCKER),
        found=elsewhere,
        at=Location(elsewhere[0]) if elsewhere else None,
        hint=_("move them: git mv {files} {folder}/", files=" ".join(elsewhere), folder=_DOCKER),
    )
    env = find_env_example(submission.tree, f"{_DOCKER}/docker-compose.yml")
    note("example env file", env.path if env is not None else _("none"))
    is_example = env is not None and folder_of(env.path) == _DOCKER and name_of(env.path) != ".env"
    is_copy = env is not None and name_of(env.path) == ".env"
    expect(
        is_example,
        _("there is an example env file in {folder}/", folder=_DOCKER),
        found=env.path if env is not None else _("none"),
        at=Location(env.path) if env is not None else None,
        hint=_("move it: git mv {files} {folder}/", files=env.path, folder=_DOCKER)
        if env is not None and not is_copy
        else _("add {path}, with a line for each variable of the compose file", path=f"{_DOCKER}/.env.example"),
    )


def _with_env(submission: Submission, files: ProjectFiles) -> list[str]:
    env = files.env.path if files.env is not None else None
    return [*files.files, *([env] if env is not None and name_of(env) != ".env" else [])]
