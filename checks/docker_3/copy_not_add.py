"""The item docker-3/copy-not-add."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_3._files import _over_all
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.addcopy import add_problems
from pytest_dockerlab.submission.submission import Submission


@check("docker-3/copy-not-add", "no Dockerfile uses ADD where COPY does", level="advisory")
def copy_not_add(submission: Submission) -> None:
    _over_all(submission, add_problems)
