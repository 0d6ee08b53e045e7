"""The item docker-4/version-parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._images import no_image, shown, variable_of
from pytest_dockerlab.findings import Finding, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service


@check(
    "docker-4/version-parameters",
    "the tags of ui, post and comment come from variables",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def version_parameters(compose: ComposeProject) -> None:
    for service in compose.services_of(*APPLICATION):
        note(service.name, service.image_template)
        report(tag_problems(compose, service))


def tag_problems(project: ComposeProject, service: Service) -> Iterator[Finding]:
    """Nothing where the tag of the service's image comes from a variable."""
    name = service.image_name
    if name is None:
        yield no_image(service)
    elif not name.tag_is_variable:
        yield Finding(
            _("the tag of {service}'s image comes from a variable", service=service.name),
            shown(name.template) if name.tag else _("{image}, without a tag", image=service.image_template),
            project.location("services", service.name, "image"),
            _("write the tag as a variable of its own: ${{{variable}}}", variable=variable_of(service)),
        )
