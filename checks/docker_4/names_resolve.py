"""The item docker-4/names-resolve."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE, _report
from pytest_dockerlab.findings import note
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.hostnames import host_problems, references
from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-4/names-resolve",
    "every host name that the services use is a service or an alias on a network they share",
    level="advisory",
    needs=COMPOSE,
)
def names_resolve(submission: Submission, compose: ComposeProject) -> None:
    for service in compose.services.values():
        if service.role is not None:  # of others we do not know what their variables mean
            for reference in references(submission, compose, service):
                note(f"{service.name}: {reference.variable}", reference.host)
                _report(host_problems(compose, service, reference))
