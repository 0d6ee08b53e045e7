"""The item docker-4/compose-file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._builds import build_problems
from pytest_dockerlab.findings import expect, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.submission import Submission


@check("docker-4/compose-file", "the compose file loads, with ui, post, comment and a database", needs=[Need.COMPOSE])
def compose_file(submission: Submission, compose: ComposeProject) -> None:
    chosen = submission.project_files
    note("compose file", compose.file)
    if chosen.others:
        note("why this one", chosen.reason)
        note("others there", chosen.others)
    note("example env file", compose.env.path if compose.env is not None else _("none"))
    note("variables without a value", [*compose.undefined, *compose.placeholders])
    for role in Role:
        for name in compose.in_profiles(role):
            expect(
                compose.services_of(role),
                _("{service} starts with docker-compose up", service=name),
                found=_("it is in a profile that is not enabled"),
                at=compose.location("services", name, "profiles"),
                hint=_("remove profiles: from the service, or set COMPOSE_PROFILES in the example env file"),
            )
        expect(
            compose.services_of(role) or compose.in_profiles(role),
            _("there is a service for {role}", role=role),
            found=list(compose.services),
            at=compose.location("services"),
            hint=_("add the service, or give it a name that says what it is")
            if not chosen.others
            else _("add the service here: {file} was taken ({reason}), and {others} not",
                   others=chosen.others, file=compose.file, reason=chosen.reason),
        )  # fmt: skip
        for service in compose.services_of(role):
            expect(
                service.replicas > 0,
                _("{service} starts with docker-compose up", service=service.name),
                found=_("0 replicas"),
                at=compose.location("services", service.name, "scale" if "scale" in service.raw else "deploy"),
                hint=_("remove the number of replicas, or make it 1"),
            )
    report(build_problems(submission.tree, compose))
