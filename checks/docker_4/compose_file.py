"""The item docker-4/compose-file."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._builds import build_problems
from pytest_dockerlab.checks.docker_4._images import image_in_capitals
from pytest_dockerlab.findings import Location, expect, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.compose_candidates import CANONICAL
from pytest_dockerlab.submission.scan.discovery import name_of
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.findings import Finding
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
    name = name_of(compose.file)
    own = name.lower()
    # Where file names have no case (macOS, Windows) nobody notices; after -f any name will do.
    expect(
        name == own or own not in CANONICAL or _is_named(submission, name),
        _("docker-compose finds the file by its name"),
        found=name,
        at=Location(compose.file),
        hint=_("compose looks for lowercase names only: git mv {name} {own}", name=name, own=own),
    )
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
    report(sorted(build_problems(submission, compose), key=_in_the_file))
    for service in compose.services.values():
        report(image_in_capitals(compose, service))


def _in_the_file(finding: Finding) -> tuple[str, int]:
    """From top to bottom: compose gives services by their names."""
    return (finding.at.file, finding.at.line or 0) if finding.at is not None else ("", 0)


def _is_named(submission: Submission, name: str) -> bool:
    """Whether a command in a README or a script names the compose file."""
    texts = [*(readme.content for readme in submission.readmes), *(script.text for script in submission.scripts)]
    lines = (line.split() for text in texts for line in text.split("\n") if name in line and "compose" in line)
    return any(
        option in ("-f", "--file") and name_of(value.strip("\"'`")) == name
        for words in lines
        for option, value in itertools.pairwise(word for each in words for word in each.split("=", 1))
    )
