"""The item docker-4/remote-code."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._override import merged
from pytest_dockerlab.findings import NotAttempted, Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.roles import APPLICATION
from pytest_dockerlab.submission.text.readme import is_readme

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.starting import Probes
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Mount
    from pytest_dockerlab.submission.submission import Override, Submission

_MAX_FILES = 200
_SHOWN = 10
# What is beside the code and not part of it.
_BESIDE = ("dockerfile", ".dockerignore", "docker_build.sh", ".gitignore")


@check(
    "docker-4/remote-code",
    "the override's bind sources contain the code on the docker host",
    level="optional",
    tier="remote",
    needs=["docker-4/override", "docker-4/compose-file", Need.COMPOSE, Need.DOCKER_HOST],
)
def remote_code(submission: Submission, override: Override, probes: Probes, is_students_host: bool) -> None:
    """Looked at by a probe that has the folder mounted, read only: it needs no shell there. Only names are compared."""
    from pytest_dockerlab.plans.applications.of_compose import code_folder

    if not is_students_host:
        raise Unverified(
            _("the docker host is not the student's own"),
            _("run it where the homework was done, or name that docker host: --hw-docker-host"),
        )
    project = merged(override)
    binds = [
        (service.name, code_folder(submission, project, service), mount)
        for role in APPLICATION
        for service in project.services_of(role)
        for mount in service.mounts
        if mount.type == "bind"
    ]
    if not binds:
        raise NotAttempted(_("the override has no bind mount"))
    for service, folder, mount in binds:
        _look(submission, project, probes, service, folder, mount)


def _look(
    submission: Submission, project: ComposeProject, probes: Probes, service: str, folder: str | None, mount: Mount
) -> None:
    from docker.errors import APIError

    source = _on_the_host(submission, project, mount)
    expected = _("{source} is on the docker host, with the code of {service}", source=source, service=service)
    hint = _("copy it there: docker-machine scp -r, scp -r or rsync -a {folder} HOST:{parent}",
             folder=folder or service, parent=posixpath.dirname(source) or "/")  # fmt: skip
    try:
        probe = probes.start(network="none", folders={source: "/code"})
    except APIError as error:
        if "bind source path does not exist" not in str(error):
            raise
        expect(False, expected, found=_("there is no such folder"), at=mount.location, hint=hint)
        return
    wanted = _code(submission, folder)
    script = 'cd /code && for name; do [ -e "$name" ] && echo "$name"; done; true'
    there = set(probe.exec(["sh", "-c", script, "sh", *wanted]).stdout.splitlines())
    missing = [name for name in wanted if name not in there]
    note(f"{service}: {source}", _("{count} of {all} files of {folder}", count=len(there), all=len(wanted),
                                   folder=folder or "."))  # fmt: skip
    expect(
        not missing,
        expected,
        found=_("missing from {folder}: {files}", folder=folder or ".", files=missing[:_SHOWN]),
        at=mount.location,
        hint=hint,
    )


def _on_the_host(submission: Submission, project: ComposeProject, mount: Mount) -> str:
    """The bind source as the engine gets it: compose makes a relative one absolute, on the machine where it runs."""
    if mount.path is None:
        if not mount.source.startswith("/"):
            raise Unverified(
                _("{source} depends on who starts it", source=mount.source),
                _("use the folder's path on the docker host"),
            )
        return posixpath.normpath(mount.source)
    if not isinstance(submission.tree, WorkTree):
        raise Unverified(
            _("{source} is relative: where it leads depends on where compose runs", source=mount.source),
            _("check the working tree, on the machine where you run compose"),
        )
    return Path(os.path.realpath(submission.tree.root), mount.path).as_posix()


def _code(submission: Submission, folder: str | None) -> list[str]:
    """The names of the files that are a service's code, below its folder."""
    prefix = f"{folder}/" if folder else ""
    names = [path[len(prefix) :] for path in submission.tree.files if folder and path.startswith(prefix)]
    ours = (name for name in names if not posixpath.basename(name).lower().startswith(_BESIDE) and not is_readme(name))
    return list(ours)[:_MAX_FILES]
