"""What of an application is run by us: its services as the submission describes them, within our policy.

A plan is *written*, as a skeleton is: what is not named here does not get into it. Two kinds of things are left out.
*Remarks* change nothing for the application: a published port's number, a container's name. What is *denied* might:
privileges, devices, the docker host's namespaces and files. An application that fails without it is unverified, never
failed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ...findings import Location
from ...messages import Message
from ...submission.scan.roles import Role

__all__ = ["AppMount", "AppNetwork", "AppPlan", "AppService", "BuildSource", "MountKind"]


class MountKind(StrEnum):
    """What lies at a mount's target."""

    VOLUME = "volume"
    """A named volume, empty at first, that lives as long as the application."""
    FOLDER = "folder"
    """A folder of the submission: its files are copied into a volume. There is nothing of this machine to mount."""
    FILE = "file"
    """A file of the submission, copied into the container."""
    OWN = "own"
    """What measures the docker host is shown the container it runs in: a link to its own ``/proc``, ``/sys`` or ``/``.
    """


@dataclass(frozen=True, slots=True)
class AppMount:
    """One mount. ``name`` is a volume's, ``source`` the path in the submission of a folder or file, or in the container
    of what is its own."""

    kind: MountKind
    target: str
    name: str = ""
    source: str | None = None
    read_only: bool = False
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class BuildSource:
    """Where a service's own image comes from."""

    dockerfile: str
    context: str
    target: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppService:
    """One service: an image that is built (``build``) or a stock image by its name."""

    name: str
    role: Role | None
    build: BuildSource | None
    image: str | None
    networks: Mapping[str, tuple[str, ...]]
    """The names it has on each network, beside its own."""
    at: Location | None = None
    places: Mapping[str, Location] = field(default_factory=dict)
    """Where the compose file has what else the image says: ``command``, ``entrypoint``, ``healthcheck``."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Keys of a compose service that are taken over as they are."""
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[AppMount, ...] = ()
    ports: tuple[int, ...] = ()
    """Ports in the container that are to be reached from outside, on ports of the docker host that the engine
    chooses."""


@dataclass(frozen=True, slots=True)
class AppNetwork:
    """A network's own settings."""

    internal: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppPlan:
    """An application to run."""

    services: tuple[AppService, ...]
    networks: Mapping[str, AppNetwork]
    remarks: tuple[Message, ...] = ()
    denied: tuple[Message, ...] = ()

    def without(self, names: Collection[str]) -> AppPlan:
        """The plan without some of its services; nobody waits for these then."""
        kept = [replace(each, settings=_lonelier(each.settings, names)) for each in self.services]
        return replace(self, services=tuple(each for each in kept if each.name not in names))

    def service(self, role: Role) -> AppService | None:
        """The first service of a role."""
        return next((each for each in self.services if each.role is role), None)


def _lonelier(settings: Mapping[str, Any], gone: Collection[str]) -> Mapping[str, Any]:
    """The settings of a service for which others are not there."""
    found = dict(settings)
    if "depends_on" in found:
        found["depends_on"] = {name: each for name, each in found["depends_on"].items() if name not in gone}
    if "links" in found:
        found["links"] = [each for each in found["links"] if str(each).partition(":")[0] not in gone]
    return found
