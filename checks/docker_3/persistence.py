"""The item docker-3/persistence."""

from __future__ import annotations

from dataclasses import replace

from pytest_dockerlab.checks._app_steps import drive_deployment, wait_for_services, wait_until_up
from pytest_dockerlab.checks.docker_3._app import _RUNS
from pytest_dockerlab.deployment.applications import Applications
from pytest_dockerlab.findings import Mismatch, Unverified, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.plans.applications.of_images import data_mount, plan_of_services
from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/persistence",
    "a post survives a new database container",
    level="advisory",
    tier="app",
    needs=["docker-3/volume", *_RUNS],
)
def persistence(submission: Submission, applications: Applications) -> None:
    """The new container gets the named volume of the student's own line, and nothing else of the old one."""
    volume = data_mount(submission.docker_runs)
    if volume is None:
        raise Unverified(
            _("no docker run line mounts a named volume where the database keeps its data"),
            _("add it first: see docker-3/volume"),
        )
    note("line", str(volume.at))
    running = applications.start(plan_of_services(submission, applications.replacements, volume=volume))
    post = drive_deployment(running, comments=False)
    running.replace("database")
    driver = wait_until_up(running)
    wait_for_services(running)
    with running.judging():
        try:
            driver.read_post(post)
        except Mismatch as lost:
            raise Mismatch(replace(lost.finding, at=volume.at)) from lost
