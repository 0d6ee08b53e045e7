"""The item docker-3/copy-not-add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import report_of_built
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.dockerfiles.plain_adds import plain_adds

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/copy-not-add",
    "no Dockerfile uses ADD where COPY would do",
    level="advisory",
    told_by=["docker-3/services"],
)
def copy_not_add(submission: Submission) -> None:
    report_of_built(submission, plain_adds)
