"""How much of a project a skeleton has room for: the services of the application always, the others while they fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...findings import Unverified
from ...messages import _
from ...submission.compose.project import ComposeProject
from ...submission.compose.services import Service

__all__ = ["MAX_MEMBERS", "MAX_NETWORKS", "MAX_STAND_INS", "chosen"]

MAX_STAND_INS = 24
"""A stand-in takes half a second of a small machine, and many skeletons share it."""
MAX_NETWORKS = 16
MAX_MEMBERS = 13
"""The addresses of a /28, without the network's own, the broadcast's and the bridge's."""


def chosen(
    project: ComposeProject, services: Iterable[Service], needed: Collection[str] | None = None
) -> tuple[list[Service], list[str]]:
    """The services to start, in the file's order, and the names of those left out.

    Services without a part in the application matter where they have a name or a namespace in common with it: these
    come first. Instead of the application others may be ``needed``: then nothing else is started.
    Raises ``Unverified`` where what matters does not fit.
    """
    waiting = list(services)
    by_name = {each.name: each for each in waiting}
    matter = {each.name for each in waiting if (each.role is not None if needed is None else each.name in needed)}
    names = {name for each in matter for key in by_name[each].networks for name in by_name[each].names_on(key)}
    for service in waiting:
        if names & {name for key in service.networks for name in service.names_on(key)}:
            matter.add(service.name)
    for name in list(matter):
        target = _shared_by(by_name[name])
        while target in by_name and target not in matter:
            matter.add(target)
            target = _shared_by(by_name[target])
    started: dict[str, Service] = {}
    members: dict[str, int] = {}
    if needed is not None:
        waiting = [each for each in waiting if each.name in matter]
    for service in sorted(waiting, key=lambda each: each.name not in matter):  # stable: else the file's order
        networks = {project.networks[key].name for key in service.networks} if not service.network_mode else set()
        is_possible = (
            len(started) < MAX_STAND_INS
            and len(members.keys() | networks) <= MAX_NETWORKS
            and all(members.get(each, 0) < MAX_MEMBERS for each in networks)
            and (not _shared_by(service) or _shared_by(service) in by_name)
        )
        if is_possible:
            started[service.name] = service
            for each in networks:
                members[each] = members.get(each, 0) + 1
        elif service.name in matter:
            raise Unverified(
                _("the application alone has {services} services on {networks} networks, more than can be measured: "
                  "at most {limit} services, {members} per network, on {most} networks",
                  services=len(matter), networks=len(project.networks), limit=MAX_STAND_INS,
                  members=MAX_MEMBERS, most=MAX_NETWORKS)
                if needed is None else
                _("Prometheus scrapes {services} services, more than can be started here: at most {limit}, and "
                  "{members} per network",
                  services=len(matter), limit=MAX_STAND_INS, members=MAX_MEMBERS),
                _("keep in one compose file what belongs to the application: ui, post, comment and the database")
                if needed is None else None,
            )  # fmt: skip
    # One that shares a namespace goes with it.
    while lost := [each for each in started.values() if _shared_by(each) and _shared_by(each) not in started]:
        for service in lost:
            del started[service.name]
    left_out = [each.name for each in waiting if each.name not in started]
    return [each for each in waiting if each.name in started], left_out


def _shared_by(service: Service) -> str:
    return (service.network_mode or "").partition("service:")[2]
