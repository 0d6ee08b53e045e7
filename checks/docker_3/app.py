"""The item docker-3/app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks._driving import drive_deployment, drive_url
from pytest_dockerlab.checks.docker_3._application import plan_of_services
from pytest_dockerlab.homework import Need, check

if TYPE_CHECKING:
    from pytest_dockerlab.deployment.applications import Applications
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/app",
    "the four containers together keep a post with a comment",
    tier="app",
    needs=["docker-3/build", Need.ENGINE, Need.COMPOSE],
    endpoint=Need.APP_URL,
)
def app(submission: Submission, applications: Applications) -> None:
    if applications.url is not None:
        drive_url(applications.url, comments=True)
    else:
        plan = plan_of_services(submission, applications.replacements)
        drive_deployment(applications.start(plan), comments=True)
