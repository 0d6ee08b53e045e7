"""The item docker-4/database-not-published."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE
from pytest_dockerlab.findings import expect
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.scan.roles import Role


@check("docker-4/database-not-published", "the database publishes no port", level="advisory", needs=COMPOSE)
def database_not_published(compose: ComposeProject) -> None:
    for service in compose.services_of(Role.DATABASE):
        expect(
            not service.ports,
            _("{service} publishes no port", service=service.name),
            found=[template.text for template in service.port_templates],
            at=compose.location("services", service.name, "ports"),
            hint=_("remove ports: the others reach it over their network, and nobody else should"),
        )
