"""The item docker-4/names-resolve."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.compose.hostnames import is_address, lost_references, references
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role, role_of_name
from pytest_dockerlab.submission.text.interpolation import uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.compose.hostnames import HostReference
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.submission import Submission


_MEANT = frozenset({(Role.UI, Role.POST), (Role.UI, Role.COMMENT), (Role.POST, Role.DATABASE),
                    (Role.COMMENT, Role.DATABASE)})  # fmt: skip
"""Who has to reach whom: that they share a network is docker-4/networks."""


@check(
    "docker-4/names-resolve",
    "every host name that the services use is a service or an alias on a network they share",
    level="advisory",
    needs=["docker-4/compose-file", Need.COMPOSE],
    told_by=["docker-4/networks", "docker-4/aliases"],
)
def names_resolve(submission: Submission, compose: ComposeProject) -> None:
    others: dict[str, list[Finding]] = {}
    for service in compose.services.values():
        if service.role is not None:  # of others we do not know what their variables mean
            for reference in references(submission.environment_of(compose, service)):
                note(f"{service.name}: {reference.variable}", reference.host)
                problems = host_problems(compose, service, reference)
                teller = _teller(compose, service, reference)
                if teller is None:
                    report(problems)
                elif problems:
                    others.setdefault(teller, []).extend(problems)
            report(_lost(submission, compose, service))
    if others:
        raise Unverified(
            _("a name does not lead to the service that it is meant for"),
            _("correct it first: see {item}", item=next(iter(others))),
            told_by=next(iter(others)),
            findings=[finding for findings in others.values() for finding in findings],
        )


def _teller(project: ComposeProject, service: Service, reference: HostReference) -> str | None:
    """The item that tells why the name is not found, where the name itself is right: networks that are not shared, and
    aliases of another service.
    """
    host = reference.host.lower()
    leads_to = {name for known, names in project.visible_names(service).items() if known.lower() == host
                for name in names}  # fmt: skip
    if not leads_to:
        is_meant = (service.role, reference.role) in _MEANT and any(
            host == name.lower()
            for each in project.services_of(reference.role or Role.UI)
            for key in each.networks
            for name in each.names_on(key)
        )
        return "docker-4/networks" if is_meant else None
    is_claimed = any(host != name.lower() and project.services[name].role is not reference.role for name in leads_to)
    return "docker-4/aliases" if is_claimed else None


def host_problems(project: ComposeProject, service: Service, reference: HostReference) -> list[Finding]:
    """What is wrong with a host name that ``service`` is told to use."""
    host, at = reference.host, reference.location
    if is_address(host):
        return [
            Finding(
                _("{service} finds others by name", service=service.name),
                _("{variable} is {host}, a fixed address", variable=reference.variable, host=host),
                at,
                _("use the name of the service: addresses change with every start"),
            )
        ]
    visible = project.visible_names(service).items()
    # The engine's DNS takes no notice of case (moby/libnetwork#2394, in Docker Engine 20.10).
    leads_to = {name for known, names in visible if known.lower() == host.lower() for name in names}
    targets = [project.services[name] for name in sorted(leads_to)]
    if not targets:
        return [_unresolved(project, service, reference)]
    problems = []
    wrong = [each for each in targets if reference.role and each.role and each.role is not reference.role]
    if reference.role is Role.DATABASE:
        wrong += _others_databases(project, service, targets)
    if wrong:
        problems.append(
            Finding(
                _("{service} reaches {role} as {host}", service=service.name, role=reference.role, host=host),
                _("it leads to {services}", services=[each.name for each in targets]),
                at,
                _("set {variable} to a name of the service it is meant for, or correct the aliases",
                  variable=reference.variable),
            )
        )  # fmt: skip
    problems += [_other_program(project, each) for each in targets if each not in wrong and _program(each)]
    return problems


def _others_databases(project: ComposeProject, service: Service, targets: list[Service]) -> list[Service]:
    """Those of ``targets`` that are another service's database, where there is one called like this service's own."""
    own = re.compile(rf"(?<![a-z]){service.role}s?(?![a-z])")
    names = project.visible_names(service)
    owned = {name for alias, leads_to in names.items() if own.search(alias) and role_of_name(alias) is Role.DATABASE
             for name in leads_to}  # fmt: skip
    return [each for each in targets if owned and each.name not in owned and each.role is Role.DATABASE]


def _lost(submission: Submission, project: ComposeProject, service: Service) -> Iterator[Finding]:
    """Where a service looks for another one in its own container, or nowhere."""
    shared = {service.network_mode, *(each.network_mode for each in project.services.values())}
    if shared & {"host", f"service:{service.name}"} or (service.network_mode or "").startswith("service:"):
        return  # the other one may well be on its loopback interface
    for reference in lost_references(submission.environment_of(project, service)):
        if reference.role in (None, service.role):
            continue  # nobody says whom it is for; or it is where the service itself listens
        if not reference.host and any(
            True for _use in uses(project.environment_text(service.name, reference.variable))
        ):
            continue  # a variable that nobody defines: docker-4/env-example
        targets = project.services_of(reference.role)
        yield Finding(
            _("{service} can find {role}", service=service.name, role=reference.role),
            _("{variable} is {host}, the container of {service} itself",
              variable=reference.variable, host=reference.host, service=service.name)
            if reference.host else _("{variable} is empty", variable=reference.variable),
            reference.location,
            _("use the name of the service: {variable}={target}",
              variable=reference.variable, target=targets[0].name if targets else str(reference.role)),
        )  # fmt: skip


def _unresolved(project: ComposeProject, service: Service, reference: HostReference) -> Finding:
    host = reference.host
    found: Message = _("{variable} is {host}, but no service or alias has that name",
                       variable=reference.variable, host=host)  # fmt: skip
    elsewhere = [
        each
        for each in project.services.values()
        if any(host.lower() == name.lower() for key in each.networks for name in each.names_on(key))
    ]
    if elsewhere:
        found = _("{host} is {services}, but not on a network of {service}",
                  host=host, services=[each.name for each in elsewhere], service=service.name)  # fmt: skip
    for target in project.services_of(reference.role) if reference.role else ():
        shared = next((key for key in service.networks if key in target.networks), None)
        if shared is not None:
            hint = _("add the alias {host} to {target} on {network} ({place}), or set {variable}={target}",
                     host=host, target=target.name, network=shared, variable=reference.variable,
                     place=str(target.location))  # fmt: skip
            break
    else:
        hint = _("put both services on one network, and use the service's name or one of its aliases")
    if host[:1] in ("'", '"'):
        hint = _("remove the quotes: where values are taken literally they are part of the name")
    return Finding(_("{service} can find {host}", service=service.name, host=host), found, reference.location, hint)


def _program(service: Service) -> Role | None:
    """The role of the program in a service's image where it is another than the service's own."""
    repository = (service.image or "").partition("@")[0].rpartition("/")[2].partition(":")[0]
    role = role_of_name(repository)
    return role if service.role in APPLICATION and role is not service.role else None


def _other_program(project: ComposeProject, service: Service) -> Finding:
    return Finding(
        _("{service} runs its own image", service=service.name),
        service.image_template,
        project.location("services", service.name, "image"),
        _(
            "use the image of {service} here: under this name the others would find another program",
            service=service.name,
        ),
    )
