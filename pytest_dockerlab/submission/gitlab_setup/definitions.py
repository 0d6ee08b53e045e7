"""Containers as a submission defines them, in whatever form, and how its runner is registered."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...findings import Location
from ...messages import Message
from ..scan.dockerruns import Volume
from ..scan.monitoring import repository_of, tag_of

__all__ = [
    "PROXY_OF",
    "ContainerDefinition",
    "GitlabSetup",
    "Installation",
    "Kind",
    "MirrorUse",
    "Port",
    "Problem",
    "Registration",
    "Setting",
    "TokenForm",
    "is_cache",
    "is_of_interest",
    "is_registry",
    "is_runner",
    "is_server",
]

_SERVER = re.compile(r"(?:^|/)gitlab-(?:ce|ee|jh)(?:-[\w.-]+)?$")
_RUNNER = re.compile(r"(?:^|/)gitlab-runner(?:-ubi[\w.-]*)?$")
_REGISTRY = re.compile(r"^(?:docker\.io/)?registry$|(?:^|/)library/registry$|(?:^|/)distribution/distribution$")
_CACHE = re.compile(r"(?:^|/)(?:minio|seaweedfs|garage|rustfs|localstack|s3server|zenko-cloudserver)$")
PROXY_OF = "REGISTRY_PROXY_REMOTEURL"
"""The variable that makes a registry a mirror of another one."""


class Kind(enum.Enum):
    """In which form a container is defined."""

    COMPOSE = "compose"
    ANSIBLE = "Ansible"
    TERRAFORM = "Terraform"
    RUN = "docker run"
    README = "README"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Setting:
    """A value, and where it stands."""

    value: str
    at: Location


@dataclass(frozen=True, slots=True)
class Port:
    """A published port, as text: the host's, empty where the engine chooses it, and the container's."""

    host: str
    container: str
    at: Location


@dataclass(frozen=True, slots=True)
class ContainerDefinition:
    """One container. Variables in it have the values that the submission gives them, and stay where it gives none."""

    name: str
    image: str
    kind: Kind
    location: Location
    environment: Mapping[str, Setting] = field(default_factory=dict)
    ports: tuple[Port, ...] = ()
    volumes: tuple[Volume, ...] = ()
    restart: str | None = None
    command: tuple[str, ...] = ()
    network: str | None = None
    hostname: str | None = None
    is_behind_proxy: bool = False
    """Whether another container publishes its web pages."""
    places: Mapping[str, Location] = field(default_factory=dict)
    """Where ``image``, ``environment``, ``ports``, ``volumes``, ``restart`` and ``command`` stand."""
    unknown: frozenset[str] = frozenset()
    """Those of them whose value nobody knows: a variable that the submission does not set."""

    @property
    def repository(self) -> str:
        """The image without tag and digest."""
        return repository_of(self.image)

    @property
    def tag(self) -> str | None:
        """The image's tag; ``None`` without one, or where it is a variable without a value."""
        tag = tag_of(self.image)
        return tag if tag is not None and re.fullmatch(r"[\w.-]+", tag) else None

    def place(self, part: str) -> Location:
        """Where a part of it stands, else the definition itself."""
        return self.places.get(part, self.location)

    def mounts(self, folder: str) -> bool:
        """Whether a volume is mounted at a folder, or at one above it."""
        return any(_is_below(folder, each.target) for each in self.volumes)


def _is_below(path: str, folder: str) -> bool:
    top = folder.rstrip("/")
    return bool(folder) and (path == top or path.startswith(f"{top}/"))


class TokenForm(enum.Enum):
    """How the token of a registration is given. Its text is kept nowhere."""

    LITERAL = "literal"
    VARIABLE = "variable"
    PLACEHOLDER = "placeholder"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration of a runner. ``token_at`` is where a token stands that is written out."""

    how: str
    at: Location
    is_interactive: bool
    token: TokenForm
    token_at: Location | None = None
    executor: str | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """``gitlab`` or ``gitlab-runner`` without a container that is defined here: a package, a role, a chart."""

    program: str
    how: str
    at: Location


@dataclass(frozen=True, slots=True)
class MirrorUse:
    """A registry mirror that Docker daemons are told of: by which setting, and where."""

    setting: str
    url: str
    at: Location


@dataclass(frozen=True, slots=True)
class Problem:
    """What looks like a definition and cannot be read: where, and why. ``is_limit``: it is only too large for us."""

    at: Location
    reason: Message
    is_limit: bool = False
    program: str | None = None
    """Whose definition it would be, where that is seen."""


@dataclass(frozen=True, slots=True)
class GitlabSetup:
    """What a submission says of GitLab and what belongs to it; files before READMEs."""

    containers: tuple[ContainerDefinition, ...] = ()
    registrations: tuple[Registration, ...] = ()
    installations: tuple[Installation, ...] = ()
    mirror_uses: tuple[MirrorUse, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def servers(self) -> tuple[ContainerDefinition, ...]:
        """GitLab itself."""
        return tuple(each for each in self.containers if is_server(each.image))

    @property
    def runners(self) -> tuple[ContainerDefinition, ...]:
        """The containers of runners; not those that only register one."""
        return tuple(each for each in self.containers if is_runner(each.image) and "register" not in each.command)

    @property
    def mirrors(self) -> tuple[ContainerDefinition, ...]:
        """The registries that are proxies of another one."""
        return tuple(each for each in self.registries if PROXY_OF in each.environment)

    @property
    def registries(self) -> tuple[ContainerDefinition, ...]:
        """All registries, those too that are no mirror as far as is seen."""
        return tuple(each for each in self.containers if is_registry(each.image))

    @property
    def caches(self) -> tuple[ContainerDefinition, ...]:
        """The S3 servers."""
        return tuple(each for each in self.containers if is_cache(each.image))


def is_server(image: str) -> bool:
    """Whether an image is GitLab's."""
    return _SERVER.search(repository_of(image).lower()) is not None


def is_runner(image: str) -> bool:
    """Whether an image is GitLab Runner's."""
    return _RUNNER.search(repository_of(image).lower()) is not None


def is_registry(image: str) -> bool:
    """Whether an image is the registry of the distribution project."""
    return _REGISTRY.search(repository_of(image).lower()) is not None


def is_cache(image: str) -> bool:
    """Whether an image is an S3 server."""
    return _CACHE.search(repository_of(image).lower()) is not None


def is_of_interest(image: str) -> bool:
    """Whether an image is one of these."""
    return is_server(image) or is_runner(image) or is_registry(image) or is_cache(image)
