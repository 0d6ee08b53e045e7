"""The item docker-4/app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks._driving import drive_deployment, drive_url
from pytest_dockerlab.findings import note
from pytest_dockerlab.homework import Need, check

if TYPE_CHECKING:
    from pytest_dockerlab.deployment.applications import Applications
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-4/app",
    "the project comes up with its own images and stores a post",
    tier="app",
    needs=["docker-4/compose-file", Need.COMPOSE, Need.ENGINE],
    told_by=["docker-4/networks"],
    endpoint=Need.APP_URL,
)
def app(submission: Submission, applications: Applications) -> None:
    from pytest_dockerlab.plans.applications.monitoring import without_monitoring
    from pytest_dockerlab.plans.applications.of_compose import plan_of_compose

    if applications.url is not None:
        drive_url(applications.url, comments=True)
        return
    parts = without_monitoring(submission, submission.compose)
    running = applications.start(plan_of_compose(submission, submission.compose, applications.replacements, parts))
    drive_deployment(running, comments=True)
    health = running.wait_until_healthy()
    if health:
        note("health checks", health)
