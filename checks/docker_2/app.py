"""The item docker-2/app."""

from __future__ import annotations

from pytest_dockerlab.checks._app_steps import drive_deployment, drive_url
from pytest_dockerlab.checks.docker_2._app import _monolith
from pytest_dockerlab.deployment.applications import Applications
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.plans.applications.of_images import plan_of_monolith
from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-2/app",
    "the app on port 9292 keeps a post and shows it again",
    tier="app",
    needs=["docker-2/build", Need.ENGINE, Need.COMPOSE],
    endpoint=Need.APP_URL,
)
def app(submission: Submission, applications: Applications) -> None:
    if applications.url is not None:
        drive_url(applications.url, comments=False)
    else:
        drive_deployment(applications.start(plan_of_monolith(_monolith(submission))), comments=False)
