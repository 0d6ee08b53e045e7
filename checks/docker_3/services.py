"""The item docker-3/services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import refusals_of
from pytest_dockerlab.checks.docker_3._sent import code_that_is_kept_out
from pytest_dockerlab.findings import Location, expect, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.own_repositories import hint_where_missing
from pytest_dockerlab.submission.scan.roles import APPLICATION, role_of_name
from pytest_dockerlab.submission.scan.servicefiles import find_near_misses

if TYPE_CHECKING:
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.scan.roles import Role
    from pytest_dockerlab.submission.submission import Submission


@check("docker-3/services", "ui, comment and post each have a Dockerfile")
def services(submission: Submission) -> None:
    found = submission.service_files
    for role in APPLICATION:
        files = found.get(role)
        if files is None or files.in_use is None:
            near = [each.path for each in files.files] if files else find_near_misses(submission.tree, role)
            expect(
                False,
                _("{role} has a file Dockerfile", role=role),
                found=_("only these: {files}", files=near)
                if near
                else _("no folder of {role} with a Dockerfile", role=role),
                at=Location(near[0]) if near else None,
                hint=hint_where_missing(submission.tree, _what_to_do(near, role)),
            )
            continue
        note(str(role), _("{path}: {reason}", path=files.in_use, reason=files.reason))
        others = [each.path for each in files.files if each.path != files.in_use]
        if others:
            note(f"{role}, Dockerfile.*", others)
        refused = refusals_of(submission, files.in_use)
        report(refused or code_that_is_kept_out(submission, role, files.folder, submission.dockerfile(files.in_use)))


def _what_to_do(near: list[str], role: Role) -> Message:
    """A Dockerfile in a folder below the service's is moved, one of another name is renamed."""
    path = near[0] if near else ""
    folder, _slash, name = path.rpartition("/")
    above = folder.split("/")
    of_role = next((at for at, part in enumerate(above) if role_of_name(part) is role), len(above) - 1)
    if name == "Dockerfile" and of_role < len(above) - 1:
        target = "/".join([*above[: of_role + 1], name])
        return _("move {path} to {target}, or tell compose and docker build -f where it is", path=path, target=target)
    return _("docker build looks for a file called exactly Dockerfile: add or rename it")
