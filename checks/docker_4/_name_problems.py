"""What is wrong with names and addresses, whatever is measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.compose.hostnames import is_address, is_host_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.submission import Submission

_ADDRESSES = ("ipv4_address", "ipv6_address")


def name_problems(submission: Submission, project: ComposeProject) -> Iterator[Finding]:
    """Names that cannot be looked up, names pinned to addresses, fixed addresses that are used, outside links."""
    fixed = dict(_fixed_addresses(project))
    for service in project.services.values():
        yield from _unusable_names(project, service)
        yield from _outside_links(project, service)
        yield from _pinned(project, service)
        yield from _uses_of(submission, project, service, fixed)


def _unusable_names(project: ComposeProject, service: Service) -> Iterator[Finding]:
    if service.role is None:
        return
    for key in service.networks:
        for name in service.names_on(key):
            if not is_host_name(name):
                yield Finding(
                    _("{service} has names that can be looked up", service=service.name),
                    name,
                    project.docs.locate_scalar(name, "services", service.name),
                    _("use letters, digits and hyphens, at most 63 of them"),
                )
                return  # the same name on the next network is the same fault


def _outside_links(project: ComposeProject, service: Service) -> Iterator[Finding]:
    links = service.raw.get("external_links") or ()
    if links:
        yield Finding(
            _("{service} finds others by their names on its networks", service=service.name),
            _("external_links to {links}", links=list(links)),
            project.location("services", service.name, "external_links"),
            _("remove external_links: they lead to something outside this project"),
        )


def _pinned(project: ComposeProject, service: Service) -> Iterator[Finding]:
    names = {name for each in project.services.values() for key in each.networks for name in each.names_on(key)}
    for entry in service.raw.get("extra_hosts") or ():
        name, address = (*re.split(r"[=:]", str(entry), maxsplit=1), "")[:2]
        if name in names:
            yield Finding(
                _("{service} looks {name} up", service=service.name, name=name),
                _("extra_hosts pins {name} to {address}", name=name, address=address),
                project.location("services", service.name, "extra_hosts"),
                _("remove the entry: Docker's own DNS knows the name, and addresses change at every start"),
            )


def _fixed_addresses(project: ComposeProject) -> Iterator[tuple[str, str]]:
    for service in project.services.values():
        for endpoint in (service.raw.get("networks") or {}).values():
            endpoint = endpoint or {}
            for address in [*(endpoint.get(key) for key in _ADDRESSES), *(endpoint.get("link_local_ips") or ())]:
                if address and is_address(str(address)):
                    yield str(address), service.name


def _uses_of(
    submission: Submission, project: ComposeProject, service: Service, fixed: dict[str, str]
) -> Iterator[Finding]:
    """Where a service is told of another one's fixed address."""
    places = (
        [(name, variable.value) for name, variable in submission.environment_of(project, service).items()]
        if fixed
        else []
    )
    places += [("extra_hosts", str(entry)) for entry in service.raw.get("extra_hosts") or ()]
    places += [("command", word) for word in service.command or ()]
    places += [("entrypoint", word) for word in service.entrypoint or ()]
    for address, owner in fixed.items():
        word = re.compile(rf"(?<![\w.:]){re.escape(address)}(?![\w.]*\w)")
        used = [name for name, text in places if word.search(text)]
        if used and owner != service.name:
            at = project.environment_location(service.name, used[0])
            if used[0] in ("extra_hosts", "command", "entrypoint"):
                at = project.location("services", service.name, used[0])
            yield Finding(
                _("{service} finds others by name", service=service.name),
                _("it relies on the fixed address {address} of {owner} ({places})",
                  address=address, owner=owner, places=used),
                at,
                _("use the name of the service: reachability by a fixed address is not verified"),
            )  # fmt: skip
