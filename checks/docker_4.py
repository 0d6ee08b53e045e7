"""Homework 17, docker-4: Docker's networks, and docker-compose."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_dockerlab.checks import _docker_4_app, _docker_4_labs, _docker_4_reachability, _docker_4_remote
from pytest_dockerlab.findings import Finding, Location, NotAttempted, expect, note
from pytest_dockerlab.homework import Homework, Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.answers import project_name_answer
from pytest_dockerlab.submission.codemounts import code_mount_problems
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.compose.services import Service
from pytest_dockerlab.submission.hostnames import host_problems, references
from pytest_dockerlab.submission.naming import observed_names
from pytest_dockerlab.submission.parameters import env_problems, image_problems, port_problems
from pytest_dockerlab.submission.puma import puma_problems
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role
from pytest_dockerlab.submission.submission import Override, Submission
from pytest_dockerlab.submission.text.readme import Readme
from pytest_dockerlab.submission.topology import alias_problems, network_problems

HOMEWORK = Homework("docker-4", 17, "networks, docker-compose")

COMPOSE = ["docker-4/compose-file", Need.COMPOSE]

none_lab = _docker_4_labs.none_lab
host_lab = _docker_4_labs.host_lab
host_port_lab = _docker_4_labs.host_port_lab
namespaces_lab = _docker_4_labs.namespaces_lab
bridge_dns_lab = _docker_4_labs.bridge_dns_lab
two_networks_lab = _docker_4_labs.two_networks_lab
bridge_plumbing_lab = _docker_4_labs.bridge_plumbing_lab


@check(
    "docker-4/project-name-lab",
    "the project's name comes from -p, COMPOSE_PROJECT_NAME, name: and the directory, in this order",
    kind="lab",
    needs=[Need.COMPOSE],
)
def project_name_lab() -> None:
    for observed in observed_names():
        note(observed.situation, observed.name)
        expect(
            observed.name == observed.documented,
            _("{situation}: the project is called {name}", situation=observed.situation, name=observed.documented),
            found=observed.name,
            hint=_("this compose does not follow its documentation: use another version"),
        )


@check("docker-4/compose-file", "the compose file loads, with ui, post, comment and a database", needs=[Need.COMPOSE])
def compose_file(compose: ComposeProject) -> None:
    note("compose file", compose.file)
    note("example env file", compose.env.path if compose.env is not None else _("none"))
    note("variables without a value", [*compose.undefined, *compose.placeholders])
    for role in Role:
        for name in compose.in_profiles(role):
            expect(
                compose.services_of(role),
                _("{service} starts with docker-compose up", service=name),
                found=_("it belongs to a profile that is not on"),
                at=compose.location("services", name, "profiles"),
                hint=_("remove profiles: from the service, or set COMPOSE_PROFILES in the example env file"),
            )
        expect(
            compose.services_of(role) or compose.in_profiles(role),
            _("there is a service for {role}", role=role),
            found=list(compose.services),
            at=compose.location("services"),
            hint=_("add the service, or give it a name that says what it is"),
        )
        for service in compose.services_of(role):
            expect(
                service.replicas > 0,
                _("{service} starts with docker-compose up", service=service.name),
                found=_("0 replicas"),
                at=compose.location("services", service.name, "scale" if "scale" in service.raw else "deploy"),
                hint=_("remove the number of replicas, or make it 1"),
            )


@check(
    "docker-4/networks",
    "ui shares no network with the database, and post and comment share one with each",
    needs=COMPOSE,
)
def networks(compose: ComposeProject) -> None:
    for network in compose.networks.values():
        note(network.key, network.members)
    _report(network_problems(compose))


@check("docker-4/aliases", "aliases are declared, and each leads to the right service", level="advisory", needs=COMPOSE)
def aliases(compose: ComposeProject) -> None:
    for service in compose.services.values():
        for network, names in service.networks.items():
            note(f"{service.name} on {network}", names)
    _report(alias_problems(compose))


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


reachability = _docker_4_reachability.reachability


@check("docker-4/port-parameter", "the published port of ui comes from a variable", needs=COMPOSE)
def port_parameter(compose: ComposeProject) -> None:
    for service in compose.services_of(Role.UI):
        note(service.name, [template.text for template in service.port_templates])
        _report(port_problems(compose, service))


@check("docker-4/version-parameters", "the tags of ui, post and comment come from variables", needs=COMPOSE)
def version_parameters(compose: ComposeProject) -> None:
    for service in _application(compose):
        note(service.name, service.image_template)
        _report(image_problems(compose, service, "tag"))


@check("docker-4/user-parameter", "the user in the image names comes from a variable", level="advisory", needs=COMPOSE)
def user_parameter(compose: ComposeProject) -> None:
    for service in _application(compose):
        note(service.name, service.image_template)
        _report(image_problems(compose, service, "user"))


@check(
    "docker-4/env-example",
    "an example env file defines every variable, and no .env is committed",
    level="advisory",
    needs=COMPOSE,
)
def env_example(submission: Submission, compose: ComposeProject) -> None:
    note("example env file", compose.env.path if compose.env is not None else _("none"))
    note("still without a value", compose.placeholders)
    _report(env_problems(submission, compose, compose.env))


@check("docker-4/project-name", "the README says how the project's name is formed and set", level="advisory")
def project_name(readmes: list[Readme]) -> None:
    answer = project_name_answer(readmes)
    if answer is not None:
        note("answer", f"{answer[0]}: {answer[1]}")
    expect(
        answer is not None,
        found=_("no word of it in {files}", files=[each.path for each in readmes]) if readmes else _("no README"),
        at=Location(readmes[0].path) if readmes else None,
        hint=_("write down where compose takes the project's name from, and how one sets it"),
    )


@check("docker-4/override", "an override file lies where compose merges it", level="optional", needs=COMPOSE)
def override_file(override: Override) -> None:
    if override.file is None:
        raise NotAttempted(_("there is no override file"))
    note("override file", override.file.path)
    override.project()
    expect(
        override.file.is_merged,
        _("compose merges the override file by itself"),
        found=override.file.path,
        at=Location(override.file.path),
        hint=_("call it docker-compose.override.yml, and put it beside {file}", file=override.base),
    )


@check(
    "docker-4/override-code", "the override mounts the code of ui, post and comment", level="optional", needs=COMPOSE
)
def override_code(submission: Submission, override: Override) -> None:
    project = override.project_or_unverified()
    for service in _application(project):
        _report(code_mount_problems(submission, project, service))


@check(
    "docker-4/override-puma",
    "the override runs puma of ui and comment in debug mode with two workers",
    level="optional",
    needs=COMPOSE,
)
def override_puma(submission: Submission, override: Override) -> None:
    project = override.project_or_unverified()
    for service in _application(project):
        built = submission.image_of(service)
        _report(puma_problems(project, service, built[1] if built is not None else None))


app = _docker_4_app.app
app_override = _docker_4_app.app_override
remote_code = _docker_4_remote.remote_code


def _application(compose: ComposeProject) -> list[Service]:
    return [service for role in APPLICATION for service in compose.services_of(role)]


def _report(problems: Iterable[Finding]) -> None:
    for each in problems:
        expect(False, each.expected, found=each.found, at=each.at, hint=each.hint)
