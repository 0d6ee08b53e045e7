"""The item docker-3/persistence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_dockerlab.checks._driving import drive_deployment, wait_for_services, wait_until_up
from pytest_dockerlab.checks.docker_3._application import plan_of_services
from pytest_dockerlab.findings import Mismatch, Unverified, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.dockerruns import DATA_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_dockerlab.deployment.applications import Applications
    from pytest_dockerlab.plans.applications.plan import AppMount
    from pytest_dockerlab.submission.scan.dockerruns import DockerRun
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/persistence",
    "a post survives a new database container",
    level="advisory",
    tier="app",
    needs=["docker-3/volume", "docker-3/app", Need.ENGINE, Need.COMPOSE],
)
def persistence(submission: Submission, applications: Applications) -> None:
    """The new container gets the named volume of the student's own line, and nothing else of the old one."""
    volume = data_mount(submission.docker_runs)
    if volume is None:
        raise Unverified(
            _("no docker run line mounts a named volume where the database keeps its data"),
            _("add it first: see docker-3/volume"),
            told_by="docker-3/volume",
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


def data_mount(runs: Iterable[DockerRun]) -> AppMount | None:
    """The named volume that a ``docker run`` line gives the database, where its data are."""
    from pytest_dockerlab.plans.applications.plan import AppMount, MountKind

    for run in runs:
        for volume in run.volumes:
            if volume.is_named and volume.target in DATA_FOLDERS:
                return AppMount(MountKind.VOLUME, volume.target, "data", None, False, run.at)
    return None
