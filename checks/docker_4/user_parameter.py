"""The item docker-4/user-parameter."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE, _application, _report
from pytest_dockerlab.findings import note
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.parameters import image_problems


@check("docker-4/user-parameter", "the user in the image names comes from a variable", level="advisory", needs=COMPOSE)
def user_parameter(compose: ComposeProject) -> None:
    for service in _application(compose):
        note(service.name, service.image_template)
        _report(image_problems(compose, service, "user"))
