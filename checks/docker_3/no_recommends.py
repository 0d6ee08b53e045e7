"""The item docker-3/no-recommends."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_3._files import _over_all
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.packages import apt_recommends_problems
from pytest_dockerlab.submission.submission import Submission


@check("docker-3/no-recommends", "apt-get install uses --no-install-recommends", level="advisory")
def no_recommends(submission: Submission) -> None:
    _over_all(submission, apt_recommends_problems)
