"""The item docker-4/user-parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._images import no_image, shown
from pytest_dockerlab.findings import Finding, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service


@check(
    "docker-4/user-parameter",
    "the user in the image names comes from a variable",
    level="advisory",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def user_parameter(compose: ComposeProject) -> None:
    for service in compose.services_of(*APPLICATION):
        note(service.name, service.image_template)
        report(user_problems(compose, service))


def user_problems(project: ComposeProject, service: Service) -> Iterator[Finding]:
    """Nothing where the user in the name of the service's image comes from a variable."""
    name = service.image_name
    if name is None:
        yield no_image(service)
    elif not name.user_is_variable:
        yield Finding(
            _("the user in the name of {service}'s image comes from a variable", service=service.name),
            shown(name.template) if name.user else _("{image}, without a user", image=service.image_template),
            project.location("services", service.name, "image"),
            _("write the user as a variable: ${USERNAME}/…"),
        )
