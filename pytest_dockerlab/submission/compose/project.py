"""The compose project: services and networks as compose resolved them, with the lines of the student's own files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...findings import Location
from ..scan.roles import Role, role_of_name
from ..text.envfile import EnvFile
from ..text.yamldoc import Key, YamlFiles
from .services import Network, Service

__all__ = ["ComposeProject", "VariableUse"]


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A variable of the compose files. ``locations`` are the places that use it."""

    name: str
    has_default: bool
    is_required: bool
    locations: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class ComposeProject:
    """A compose project, resolved. The first of ``files`` is the one everything else hangs on."""

    files: tuple[str, ...]
    services: Mapping[str, Service]
    networks: Mapping[str, Network]
    variables: Mapping[str, VariableUse]
    undefined: tuple[str, ...]
    """Variables without a default that the example env file does not define; each got a neutral value."""
    placeholders: tuple[str, ...]
    """Those that it defines as nothing yet, such as ``<USERNAME>``; each got a neutral value too."""
    env: EnvFile | None
    docs: YamlFiles = field(repr=False)
    """The parsed files, the winning one first."""
    raw: Mapping[str, Any] = field(repr=False)
    """What compose printed, paths relative to the submission."""

    @property
    def file(self) -> str:
        """The main file."""
        return self.files[0]

    def location(self, *path: Key) -> Location:
        """The place of a key in whichever file has most of the path; in the winning file where several have it."""
        return self.docs.location(*path)

    def winning_location(self, service: str, *path: Key) -> Location:
        """The place of something of a service in the last file, the override; the file where it lacks the service."""
        doc = self.docs[0]
        if doc.node("services", service) is None:
            return Location(doc.path)
        return doc.location("services", service, *path)

    def environment_location(self, service: str, variable: str) -> Location:
        """The place where ``environment:`` of a service sets a variable, be it a list or a mapping."""
        path = ("services", service, "environment")
        for doc in self.docs:
            node = doc.node(*path)
            for index, each in enumerate(node.children if node is not None else []):
                if each.text.partition("=")[0].strip() == variable:
                    return doc.location(*path, index)
        return self.location(*path, variable)

    def written(self, *path: Key) -> list[str]:
        """The entries of a list as they stand in all files, those in short form."""
        nodes = [node for doc in self.docs if (node := doc.node(*path)) is not None]
        return [each.text for node in nodes for each in node.children if each.kind == "scalar"]

    def environment_text(self, service: str, variable: str) -> str:
        """The value that ``environment:`` gives a variable, as it stands in the file; empty where it gives none."""
        path = ("services", service, "environment")
        for doc in self.docs:
            if (text := doc.scalar(*path, variable)) is not None:
                return text
            node = doc.node(*path)
            for each in node.children if node is not None else []:
                name, equals, value = each.text.partition("=")
                if equals and name.strip() == variable:
                    return value
        return ""

    def services_of(self, *roles: Role) -> tuple[Service, ...]:
        """The services of a role, or of several, in the order of the roles."""
        return tuple(service for role in roles for service in self.services.values() if service.role is role)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that services name, on or not."""
        names = [key for doc in self.docs if (node := doc.node("services")) is not None for key in node.names()]
        found = (self.written("services", name, "profiles") for name in dict.fromkeys(names))
        return tuple(dict.fromkeys(each for profiles in found for each in profiles if "$" not in each))

    def in_profiles(self, role: Role) -> tuple[str, ...]:
        """The names of services of a role that are in the files, and not in the project: their profile is not on."""
        written = [name for doc in self.docs if (node := doc.node("services")) is not None for name in node.names()]
        return tuple(
            name for name in dict.fromkeys(written) if name not in self.services and role_of_name(name) is role
        )

    def networks_of(self, role: Role) -> tuple[Network, ...]:
        """The networks that a service of the role is on."""
        return tuple(network for network in self.networks.values() if role in network.roles)

    def visible_names(self, service: Service) -> Mapping[str, frozenset[str]]:
        """Every name that ``service`` can resolve, and the services that it leads to."""
        found: dict[str, set[str]] = {}
        for key in service.networks:
            for name in self.networks[key].members:
                service_there = self.services[name]
                # the engine makes the hostname an alias too (moby, DNSNames of an endpoint; seen on 20.10)
                for visible in {*service_there.names_on(key), *filter(None, [service_there.hostname])}:
                    found.setdefault(visible, set()).add(name)
        for alias, target in service.links.items():
            if target in self.services and set(self.services[target].networks) & set(service.networks):
                found.setdefault(alias, set()).add(target)
        return {name: frozenset(targets) for name, targets in found.items()}
