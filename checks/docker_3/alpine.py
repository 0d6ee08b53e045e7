"""The item docker-3/alpine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._alpine import best_on_alpine
from pytest_dockerlab.findings import note, report
from pytest_dockerlab.homework import check

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Submission


@check("docker-3/alpine", "ui has an Alpine-based Dockerfile that installs what it needs", level="optional")
def alpine(submission: Submission) -> None:
    best = best_on_alpine(submission)
    note(best.path, best.base)
    report(best.missing)
