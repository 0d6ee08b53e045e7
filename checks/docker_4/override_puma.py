"""The item docker-4/override-puma."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE, _application, _report
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.puma import puma_problems
from pytest_dockerlab.submission.submission import Override, Submission


@check(
    "docker-4/override-puma",
    "the override runs puma of ui and comment in debug mode with two workers",
    level="optional",
    needs=COMPOSE,
)
def override_puma(submission: Submission, override: Override) -> None:
    project = override.project_or_unverified()
    for service in _application(project):
        built = submission.image_of(service)
        _report(puma_problems(project, service, built[1] if built is not None else None))
