"""The parts of a compose project, as compose resolved them and as they stand in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...findings import Location
from ..scan.roles import Role
from ..text.interpolation import Expanded, expand

__all__ = ["Build", "EnvSource", "ImageName", "Mount", "Network", "Port", "PortTemplate", "Service", "parse_image"]


@dataclass(frozen=True, slots=True)
class Build:
    """How a service's image is built. Paths are those of the submission; ``None`` where they lead elsewhere."""

    context: str | None
    dockerfile: str | None
    target: str | None
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EnvSource:
    """An entry of ``env_file:``. ``is_raw`` says that its values are taken as they stand (``format: raw``)."""

    path: str
    is_required: bool = True
    is_raw: bool = False


@dataclass(frozen=True, slots=True)
class Port:
    """One published or exposed port, resolved. ``published`` is ``None`` where the engine chooses."""

    target: int
    published: str | None
    protocol: str = "tcp"
    host_ip: str | None = None


@dataclass(frozen=True, slots=True)
class PortTemplate:
    """One entry of ``ports`` as it stands in the file, and whether the published part of it is a variable's value."""

    text: str
    location: Location
    published: str | None
    """The published part, resolved; ``None`` where there is none."""
    is_variable: bool
    """Whether the published part comes from a variable."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One volume of a service. ``path`` is the source as a path of the submission, where it is one."""

    type: str
    source: str
    """As it stands in the file for a bind mount, the volume's name for a volume."""
    path: str | None
    target: str
    location: Location
    leads_out: bool = False


@dataclass(frozen=True, slots=True)
class ImageName:
    """An image's name with every part's origin."""

    template: str
    expanded: Expanded
    user: tuple[int, int] | None
    """Where the part before the name stands; ``None`` without one."""
    tag: tuple[int, int] | None
    """Where tag or digest stands; ``None`` without one."""

    @property
    def user_is_variable(self) -> bool:
        """Whether the user (namespace) comes from a variable."""
        return self.user is not None and self.expanded.comes_from_variable(*self.user)

    @property
    def tag_is_variable(self) -> bool:
        """Whether the tag or digest comes from a variable."""
        return self.tag is not None and self.expanded.comes_from_variable(*self.tag)


@dataclass(frozen=True, slots=True)
class Service:
    """One service. ``raw`` is what compose resolved, for what has no field here."""

    name: str
    role: Role | None
    image: str | None
    image_template: str | None
    image_name: ImageName | None
    build: Build | None
    container_name: str | None
    hostname: str | None
    command: tuple[str, ...] | None
    entrypoint: tuple[str, ...] | None
    working_dir: str | None
    environment: Mapping[str, str | None]
    env_files: tuple[EnvSource, ...]
    networks: Mapping[str, tuple[str, ...]]
    """The aliases by network; the key is the project's, not the engine's name."""
    network_mode: str | None
    ports: tuple[Port, ...]
    port_templates: tuple[PortTemplate, ...]
    mounts: tuple[Mount, ...]
    links: Mapping[str, str]
    """The service by the name that only the linking service sees."""
    replicas: int
    location: Location
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def all_names(self) -> frozenset[str]:
        """Every name that somebody may know it by, on whatever network."""
        aliases = (alias for each in self.networks.values() for alias in each)
        return frozenset(filter(None, (self.name, self.container_name, self.hostname, *aliases)))

    def names_on(self, network: str) -> tuple[str, ...]:
        """The names that others on a network reach this service by; none for one in another's network namespace."""
        if network not in self.networks or self.network_mode:
            return ()
        own = (self.name, *((self.container_name,) if self.container_name else ()), *self.networks[network])
        return tuple(dict.fromkeys(own))


@dataclass(frozen=True, slots=True)
class Network:
    """One network that services use."""

    key: str
    name: str
    """The name on the engine."""
    external: bool
    members: tuple[str, ...]
    roles: frozenset[Role]
    location: Location
    raw: Mapping[str, Any] = field(repr=False)


def parse_image(template: str, values: Mapping[str, str]) -> ImageName:
    """The parts of an image's name, variables replaced."""
    expanded = expand(template, values)
    text = expanded.text
    slash = text.rfind("/")
    before = text.rfind("/", 0, slash) if slash > 0 else -1
    user = (before + 1, slash) if slash > 0 else None
    digest, colon = text.find("@", slash + 1), text.find(":", slash + 1)
    start = digest if digest >= 0 else colon
    return ImageName(template, expanded, user, (start + 1, len(text)) if start >= 0 else None)


def port_templates(
    entries: list[Any], values: Mapping[str, str], locate: Callable[..., Location]
) -> Iterator[PortTemplate]:
    """The entries of ``ports`` as compose prints them without interpolation: texts, numbers or mappings."""
    for entry in entries:
        if isinstance(entry, dict):
            # The long form, or a short one without variables, which compose has already taken apart.
            published, target = str(entry.get("published") or ""), str(entry.get("target") or "")
            expanded = expand(published, values)
            shown = f"{published}:{target}" if published else target
            yield PortTemplate(shown, locate(published or target, shown), expanded.text or None, bool(expanded.spans))
            continue
        text = str(entry)
        expanded = expand(text, values)
        span = _published(expanded.text)
        if span is None:
            yield PortTemplate(text, locate(text), None, False)
        else:
            yield PortTemplate(text, locate(text), expanded.text[slice(*span)], expanded.comes_from_variable(*span))


def _published(text: str) -> tuple[int, int] | None:
    """Where the published part stands in ``[IP:]PUBLISHED:TARGET[/PROTOCOL]``; an IPv6 address may have no brackets."""
    entry = text.partition("/")[0]
    end = entry.rfind(":")
    start = entry.rfind(":", 0, max(end, 0)) + 1
    published = entry[start : max(end, 0)]
    return (start, end) if published and "]" not in published else None
