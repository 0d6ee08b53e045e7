"""The item docker-4/networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service


@check(
    "docker-4/networks",
    "ui shares no network with the database, and post and comment share one with each",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def networks(compose: ComposeProject) -> None:
    for network in compose.networks.values():
        note(network.key, network.members)
    report(network_problems(compose))


def network_problems(project: ComposeProject) -> Iterator[Finding]:
    """Where the database is not apart from ui, or something is cut off that should not be."""
    yield from _same_networks(project)
    on_host = [each for each in project.services.values() if each.role and each.network_mode == "host"]
    for service in on_host:
        yield Finding(
            _("{service} is on networks of the project", service=service.name),
            "network_mode: host",
            project.location("services", service.name, "network_mode"),
            _("remove network_mode, and name the service's networks under networks:"),
        )
    used = [network for network in project.networks.values() if network.roles]
    if len({network.name for network in used}) < 2 and not on_host:
        yield Finding(
            _("the services use at least two networks"),
            [network.key for network in used] or _("none"),
            project.location("networks"),
            _("define a front and a back network under networks:, and name them in the services"),
        )
        return  # everything else would say the same again
    yield from _too_close(project)
    for role in (Role.POST, Role.COMMENT):
        for service in project.services_of(role):
            if service not in on_host:
                yield from _cut_off(project, service)


def _same_networks(project: ComposeProject) -> Iterator[Finding]:
    keys: dict[str, str] = {}
    for network in project.networks.values():
        first = keys.setdefault(network.name, network.key)
        if first != network.key:
            yield Finding(
                _("every network is separate from the others"),
                _("{first} and {second} are both called {name}", first=first, second=network.key, name=network.name),
                project.location("networks", network.key, "name"),
                _("give the two different names, or use one of them only"),
            )


def _too_close(project: ComposeProject) -> Iterator[Finding]:
    back = {network.name for network in project.networks_of(Role.DATABASE)}
    for service in project.services_of(Role.UI):
        for network in (project.networks[key] for key in service.networks):
            if network.name in back:
                yield Finding(
                    _("{service} is on no network of the database", service=service.name),
                    _("{network}, with {members}", network=network.key, members=network.members),
                    _network_location(project, service, network.key),
                    _(
                        "disconnect {service} from this network: only post and comment need the database",
                        service=service.name,
                    ),
                )


def _cut_off(project: ComposeProject, service: Service) -> Iterator[Finding]:
    own = {project.networks[key].name for key in service.networks}
    for other in (Role.UI, Role.DATABASE):
        theirs = project.networks_of(other)
        if theirs and not own & {network.name for network in theirs}:
            yield Finding(
                _("{service} shares a network with {role}", service=service.name, role=other),
                list(service.networks) or service.network_mode or _("no network"),
                project.location("services", service.name, "networks"),
                _("add one of these networks to {service}: {networks}",
                  service=service.name, networks=[network.key for network in theirs]),
            )  # fmt: skip


def _network_location(project: ComposeProject, service: Service, key: str) -> Location:
    """Where a service names a network: in a list it is a value, in a mapping a key."""
    path = ("services", service.name, "networks")
    places = (project.docs.locate_scalar(key, *path), project.location(*path, key))
    return max(places, key=lambda place: place.line or 0)
