"""The item docker-4/networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._network_figure import network_figure
from pytest_dockerlab.findings import Finding, draw, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Network, Service


@check(
    "docker-4/networks",
    "ui shares no network with the database, and post and comment share one with each",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def networks(compose: ComposeProject) -> None:
    for network in compose.networks.values():
        note(network.key, network.members)
    draw(network_figure(compose))
    report(network_problems(compose))


def network_problems(project: ComposeProject) -> Iterator[Finding]:
    """Where the database is not apart from ui, or something is cut off that should not be."""
    same = list(_same_networks(project))
    yield from same
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
        if not same:
            yield Finding(
                _("the services use at least two networks"),
                [network.key for network in used] or _("none"),
                project.location("networks"),
                _("define a front and a back network under networks:, and name them in the services"),
            )
        return  # everything else would say the same again
    yield from _too_close(project)
    between = [service for service in project.services_of(Role.POST, Role.COMMENT) if service not in on_host]
    for role in (Role.UI, Role.DATABASE):
        yield from _cut_off(project, role, between)


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
    """Where ui and the database meet: told of the one that does not need this network."""
    for service in project.services_of(Role.UI):
        for network in (project.networks[key] for key in service.networks):
            databases = [each for each in project.services_of(Role.DATABASE) if network.name in _names(project, each)]
            if not databases:
                continue
            found = _("{network}, with {members}", network=network.key, members=network.members)
            moves = [(each, _network_without(project, each, network.name, service)) for each in databases]
            if _network_without(project, service, network.name) is None and all(other for _each, other in moves):
                for database, other in moves:
                    yield Finding(
                        _("{service} is on no network of ui", service=database.name),
                        found,
                        _network_location(project, database, network),
                        _("disconnect {service} from this network: post and comment reach it on {other}",
                          service=database.name, other=other)
                        if other in database.networks
                        else _("connect {service} or {ui} to {other} instead: post and comment are there too",
                               service=database.name, ui=service.name, other=other),
                    )  # fmt: skip
                continue
            yield Finding(
                _("{service} is on no network of the database", service=service.name),
                found,
                _network_location(project, service, network),
                _(
                    "disconnect {service} from this network: only post and comment need the database",
                    service=service.name,
                ),
            )


def _network_without(
    project: ComposeProject, service: Service, name: str, apart_from: Service | None = None
) -> str | None:
    """Another network than this one where a service meets post and comment, and not the one it is to be apart from.

    It need not be there itself if it is the database: that has often only got the wrong one.
    """
    between = project.services_of(Role.POST, Role.COMMENT)
    for network in project.networks.values():
        is_there = apart_from is not None or network.name in _names(project, service)
        is_apart = apart_from is None or network.name not in _names(project, apart_from)
        is_between = bool(between) and all(network.name in _names(project, each) for each in between)
        if network.name != name and is_there and is_apart and is_between:
            return network.key
    return None


def _names(project: ComposeProject, service: Service) -> set[str]:
    return {project.networks[key].name for key in service.networks}


def _cut_off(project: ComposeProject, role: Role, between: list[Service]) -> Iterator[Finding]:
    """Where post or comment is apart from the services of a role; where both are, it is these that are apart."""
    theirs = project.networks_of(role)
    names = {network.name for network in theirs}
    apart = [service for service in between if theirs and not names & _names(project, service)]
    others = {network.name for network in project.networks_of(Role.UI if role is Role.DATABASE else Role.DATABASE)}
    common = [
        network.key
        for network in project.networks.values()
        if network.name not in others and all(network.name in _names(project, each) for each in apart)
    ]
    if apart == between and len(apart) > 1 and common:
        for service in project.services_of(role):
            yield _lacking(project, service, [each.name for each in between], common)
        return
    for service in apart:
        yield _lacking(project, service, [str(role)], [network.key for network in theirs])


def _lacking(project: ComposeProject, service: Service, others: list[str], networks: list[str]) -> Finding:
    return Finding(
        _("{service} shares a network with {role}", service=service.name, role=others),
        list(service.networks) or service.network_mode or _("no network"),
        project.location("services", service.name, "networks"),
        _("add one of these networks to {service}: {networks}", service=service.name, networks=networks),
    )


def _network_location(project: ComposeProject, service: Service, network: Network) -> Location:
    """Where a service names a network: in a list it is a value, in a mapping a key."""
    path = ("services", service.name, "networks")
    key = next(key for key in service.networks if project.networks[key].name == network.name)
    places = (project.docs.locate_scalar(key, *path), project.location(*path, key))
    return max(places, key=lambda place: place.line or 0)
