"""Who is on which network under which names, and where that is not what the homework asks for."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding, Location
from ..messages import _
from .compose.project import ComposeProject
from .compose.services import Service
from .scan.roles import Role, role_of_name

__all__ = ["alias_problems", "network_problems"]


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
                _("every network is one of its own"),
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
                    _("take {service} off this network: only post and comment need the database", service=service.name),
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


def alias_problems(project: ComposeProject) -> Iterator[Finding]:
    """Where an alias leads to two services, or to one that it does not speak of."""
    declared: dict[tuple[str, str], list[str]] = {}
    for service in project.services.values():
        for key, aliases in service.networks.items():
            for alias in aliases:
                declared.setdefault((service.name, alias), []).append(key)
    if not declared:
        yield Finding(
            _("at least one alias is declared"),
            _("none"),
            project.location("networks"),
            _("write the networks of a service as a mapping, with aliases: under the network"),
        )
    for (name, alias), keys in declared.items():
        problem = _alias_problem(project, project.services[name], alias, keys)
        if problem is not None:
            yield problem


def _alias_problem(project: ComposeProject, service: Service, alias: str, keys: list[str]) -> Finding | None:
    """The first thing wrong with an alias that ``service`` has on the networks ``keys``: the others follow from it."""
    at = project.docs.locate_scalar(alias, "services", service.name, "networks", keys[0])
    leads_to_one = _("{alias} leads to one service", alias=alias)
    role = role_of_name(alias)
    others = [project.services[name] for key in keys for name in project.networks[key].members if name != service.name]
    if any(alias == other.name for other in others):
        found = _("an alias of {service} on {networks}, and the name of another service",
                  service=service.name, networks=keys)  # fmt: skip
        return Finding(leads_to_one, found, at, _("remove the alias: the service of that name has it already"))
    if role is not None and service.role is not None and role is not service.role:
        expected = _("the alias {alias} belongs to {role}", alias=alias, role=role)
        found = _("an alias of {service} on {networks}", service=service.name, networks=keys)
        return Finding(expected, found, at, _("move the alias to the service that it speaks of"))
    for other in others:
        shared = [key for key in keys if alias in other.networks.get(key, ())]
        if shared and service.name < other.name:  # once, not from both sides
            found = _("an alias of {service} and of {other} on {networks}",
                      service=service.name, other=other.name, networks=shared)  # fmt: skip
            hint = _("leave the alias to one of them: with two, now one answers and now the other")
            return Finding(leads_to_one, found, at, hint)
    return None
