"""The item docker-3/alpine-lean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._alpine import best_on_alpine
from pytest_dockerlab.findings import note, report
from pytest_dockerlab.homework import check

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/alpine-lean",
    "ui's Alpine image keeps no build tools and no caches",
    level="advisory",
    needs=["docker-3/alpine"],
)
def alpine_lean(submission: Submission) -> None:
    best = best_on_alpine(submission)
    note("judged", best.path)
    report(best.kept)
