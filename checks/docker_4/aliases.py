"""The item docker-4/aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role, role_of_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service


@check(
    "docker-4/aliases",
    "aliases are declared, and each leads to the right service",
    level="advisory",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def aliases(compose: ComposeProject) -> None:
    for service in compose.services.values():
        for network, names in service.networks.items():
            note(f"{service.name}, {network}", names)
    report(alias_problems(compose))


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
        return Finding(leads_to_one, found, at, _("remove the alias: the service of that name already has it"))
    is_others = service.role is not None or (role is not Role.UI and any(other.role is role for other in others))
    if role is not None and role is not service.role and is_others:
        expected = _("the alias {alias} belongs to {role}", alias=alias, role=role)
        found = _("an alias of {service} on {networks}", service=service.name, networks=keys)
        return Finding(expected, found, at, _("move the alias to the service that it names"))
    for other in others:
        shared = [key for key in keys if alias in other.networks.get(key, ())]
        # once, not from both sides; and of one's own name the other one is told
        if shared and service.name < other.name and alias != service.name:
            found = _("an alias of {service} and of {other} on {networks}",
                      service=service.name, other=other.name, networks=shared)  # fmt: skip
            hint = _("leave the alias to one of them: with two, either may answer")
            return Finding(leads_to_one, found, at, hint)
    return None
