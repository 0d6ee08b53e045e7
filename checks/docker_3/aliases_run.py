"""The item docker-3/aliases-run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks._driving import drive_deployment
from pytest_dockerlab.checks.docker_3._alias_scenes import alias_scenes, host_defaults
from pytest_dockerlab.checks.docker_3._application import plan_of_lines
from pytest_dockerlab.findings import NotAttempted, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.deployment.applications import Applications
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/aliases-run",
    "the app works with the student's own network aliases",
    level="optional",
    tier="app",
    needs=["docker-3/aliases", "docker-3/app", Need.ENGINE, Need.COMPOSE],
)
def aliases_run(submission: Submission, applications: Applications) -> None:
    scenes = alias_scenes(submission.docker_runs, host_defaults(submission))
    whole = [scene for scene in scenes if {run.role for run in scene} >= set(Role)]
    if not scenes:
        raise NotAttempted(_("no docker run lines give the services other network aliases"))
    scene = (whole or scenes)[-1]
    note("lines", [f"{run.at}: {run.text}" for run in scene])
    drive_deployment(applications.start(plan_of_lines(submission, scene, applications.replacements)), comments=True)
