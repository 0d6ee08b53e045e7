"""The item docker-4/override-code."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE, _application, _report
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.codemounts import code_mount_problems
from pytest_dockerlab.submission.submission import Override, Submission


@check(
    "docker-4/override-code", "the override mounts the code of ui, post and comment", level="optional", needs=COMPOSE
)
def override_code(submission: Submission, override: Override) -> None:
    project = override.project_or_unverified()
    for service in _application(project):
        _report(code_mount_problems(submission, project, service))
