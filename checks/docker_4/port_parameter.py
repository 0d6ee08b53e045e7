"""The item docker-4/port-parameter."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE, _report
from pytest_dockerlab.findings import note
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.parameters import port_problems
from pytest_dockerlab.submission.scan.roles import Role


@check("docker-4/port-parameter", "the published port of ui comes from a variable", needs=COMPOSE)
def port_parameter(compose: ComposeProject) -> None:
    for service in compose.services_of(Role.UI):
        note(service.name, [template.text for template in service.port_templates])
        _report(port_problems(compose, service))
