"""The item docker-4/database-not-published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._override import whole_project
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-4/database-not-published",
    "the database publishes no port",
    level="advisory",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def database_not_published(submission: Submission) -> None:
    project = whole_project(submission)
    note("files looked at", project.files)
    for service in project.services_of(Role.DATABASE):
        expect(
            not service.ports,
            _("{service} publishes no port", service=service.name),
            found=project.written("services", service.name, "ports")
            or [str(port.published or port.target) for port in service.ports],
            at=project.location("services", service.name, "ports"),
            hint=_("remove ports: the other services reach it over their network, and nobody else should"),
        )
