"""The item docker-3/alpine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._alpine import on_alpine_and_others
from pytest_dockerlab.findings import NotAttempted, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Submission


@check("docker-3/alpine", "ui is built on Alpine and keeps no build tools or caches", level="optional")
def alpine(submission: Submission) -> None:
    files = submission.service_files.get(Role.UI)
    on_alpine = on_alpine_and_others(submission, files)[0] if files is not None else []
    if not on_alpine:
        raise NotAttempted(_("no Dockerfile of ui is based on Alpine"))
    for each in on_alpine:
        note(each.path, each.base)
    best = on_alpine[0]
    note("judged", best.path)
    report(best.problems)
