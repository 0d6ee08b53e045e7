"""The item docker-4/networks."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE, _report
from pytest_dockerlab.findings import note
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.topology import network_problems


@check(
    "docker-4/networks",
    "ui shares no network with the database, and post and comment share one with each",
    needs=COMPOSE,
)
def networks(compose: ComposeProject) -> None:
    for network in compose.networks.values():
        note(network.key, network.members)
    _report(network_problems(compose))
