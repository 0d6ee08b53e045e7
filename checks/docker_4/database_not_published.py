"""The item docker-4/database-not-published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import expect
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.submission.compose.project import ComposeProject


@check(
    "docker-4/database-not-published",
    "the database publishes no port",
    level="advisory",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def database_not_published(compose: ComposeProject) -> None:
    for service in compose.services_of(Role.DATABASE):
        expect(
            not service.ports,
            _("{service} publishes no port", service=service.name),
            found=[template.text for template in service.port_templates],
            at=compose.location("services", service.name, "ports"),
            hint=_("remove ports: the other services reach it over their network, and nobody else should"),
        )
