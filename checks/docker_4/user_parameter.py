"""The item docker-4/user-parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._images import no_image, shown
from pytest_dockerlab.findings import Finding, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import ImageName, Service


@check(
    "docker-4/user-parameter",
    "the user in the image names comes from a variable",
    level="advisory",
    needs=["docker-4/compose-file", Need.COMPOSE],
    told_by=["docker-4/version-parameters"],
)
def user_parameter(compose: ComposeProject) -> None:
    unnamed = []
    for service in compose.services_of(*APPLICATION):
        note(service.name, service.image_template)
        if service.image_name is None:
            unnamed.append(no_image(service))
        else:
            report(user_problems(compose, service, service.image_name))
    if unnamed:
        raise Unverified(
            _("not every service names its image"),
            _("correct it first: see {item}", item="docker-4/version-parameters"),
            told_by="docker-4/version-parameters",
            findings=unnamed,
        )


def user_problems(project: ComposeProject, service: Service, name: ImageName) -> Iterator[Finding]:
    """Nothing where the user in the name of the service's image comes from a variable."""
    if not name.user_is_variable:
        yield Finding(
            _("the user in the name of {service}'s image comes from a variable", service=service.name),
            shown(name.template) if name.user else _("{image}, without a user", image=service.image_template),
            project.location("services", service.name, "image"),
            _("write the user as a variable: ${USERNAME}/…"),
        )
