"""The item docker-3/apt-lists."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_3._files import _over_all
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.packages import apt_lists_problems
from pytest_dockerlab.submission.submission import Submission


@check("docker-3/apt-lists", "apt's lists are removed in the layer that fetched them", level="advisory")
def apt_lists(submission: Submission) -> None:
    _over_all(submission, apt_lists_problems)
