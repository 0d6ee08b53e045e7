"""The item docker-4/aliases."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE, _report
from pytest_dockerlab.findings import note
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.topology import alias_problems


@check("docker-4/aliases", "aliases are declared, and each leads to the right service", level="advisory", needs=COMPOSE)
def aliases(compose: ComposeProject) -> None:
    for service in compose.services.values():
        for network, names in service.networks.items():
            note(f"{service.name} on {network}", names)
    _report(alias_problems(compose))
