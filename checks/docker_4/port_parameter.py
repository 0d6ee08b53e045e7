"""The item docker-4/port-parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.text.interpolation import uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import PortTemplate, Service


@check(
    "docker-4/port-parameter",
    "the published port of ui comes from a variable",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def port_parameter(compose: ComposeProject) -> None:
    for service in compose.services_of(Role.UI):
        note(service.name, [template.text for template in service.port_templates])
        report(port_problems(compose, service))


def port_problems(project: ComposeProject, service: Service) -> Iterator[Finding]:
    """Nothing where some published port of ``service`` comes from a variable."""
    entries = service.port_templates
    if any(entry.is_variable or _is_open(project, entry) for entry in entries):
        return
    expected = _("the published port of {service} comes from a variable", service=service.name)
    hint = _("write the port before the colon as a variable: ${UI_PORT}:9292")
    if not entries:
        yield Finding(
            expected, _("no port is published"), service.location,
            _("add ports: with ${UI_PORT}:9292, and UI_PORT to the example env file"),
        )  # fmt: skip
    for entry in entries:
        found = entry.text
        if any(True for _use in uses(entry.text)):
            yield Finding(
                expected, _("{entry}: only the port inside the container is a variable", entry=found),
                entry.location, hint,
            )  # fmt: skip
        else:
            yield Finding(expected, found, entry.location, hint)


def _is_open(project: ComposeProject, entry: PortTemplate) -> bool:
    """Whether the entry is one variable that nobody defines: it may well be meant to hold ``9292:9292``."""
    names = [use.name for use in uses(entry.text)]
    return entry.text.startswith("$") and ":" not in entry.text and len(names) == 1 and names[0] in project.undefined
