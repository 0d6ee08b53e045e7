"""The compose file of an application plan, as we write it: images by id, our networks and volumes, our limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine.owned.limits import AppLimits, limited
from ..plans.applications.plan import AppMount, AppPlan, AppService, MountKind

if TYPE_CHECKING:
    from ..engine.hosts.facts import HostFacts

__all__ = ["Made", "is_on_bridge", "volume_key", "write_compose"]

_BRIDGE = "the default bridge"


@dataclass(frozen=True, slots=True)
class Made:
    """What was made for an application: images by service, networks by key, volumes by :func:`volume_key`.

    Ports are not published by the services: on their networks there is no docker host.
    """

    images: Mapping[str, str]
    networks: Mapping[str, str]
    volumes: Mapping[str, str]
    bridge: str | None = None
    """The network in the place of the engine's default bridge, where services are on that one."""


def volume_key(service: AppService, mount: AppMount) -> str | None:
    """What names the volume of a mount: services share one by its name; ``None`` for what is no volume."""
    match mount.kind:
        case MountKind.VOLUME:
            return mount.name or f"{service.name}:{mount.target}"
        case MountKind.FOLDER:
            # a folder that two services mount is one folder
            return f"./{mount.source}" if mount.source is not None else f"{service.name}:{mount.target}"
        case _:
            return None


def is_on_bridge(service: AppService) -> bool:
    """Whether a service is on the engine's default bridge, and so on a network of ours, where nobody else is."""
    return service.settings.get("network_mode") in ("bridge", "default")


def write_compose(plan: AppPlan, made: Made, facts: HostFacts, limits: AppLimits) -> dict[str, Any]:
    """The compose file, to be written as JSON."""
    policy = limited(facts, limits)
    volumes = {key: f"v{at}" for at, key in enumerate(made.volumes)}
    # Links give names on the default bridge and nowhere else there. On a network of ours they want names, which the
    # others have then too: more than docker gives, and nobody is worse off.
    are_linked = any(is_on_bridge(each) and each.settings.get("links") for each in plan.services)
    networks = {**made.networks, **({} if made.bridge is None or not are_linked else {_BRIDGE: made.bridge})}
    services = {
        each.name: _service(each, made, volumes, are_linked=are_linked) | _merged(each, policy)
        for each in plan.services
    }
    body: dict[str, Any] = _escaped(
        {
            "services": services,
            "networks": {key: {"external": True, "name": name} for key, name in networks.items()},
            "volumes": {volumes[key]: {"external": True, "name": name} for key, name in made.volumes.items()},
        }
    )
    return body


def _service(service: AppService, made: Made, volumes: Mapping[str, str], *, are_linked: bool) -> dict[str, Any]:
    body: dict[str, Any] = {**service.settings, "image": made.images[service.name]}
    if is_on_bridge(service) and are_linked:
        del body["network_mode"]
        body["networks"] = {_BRIDGE: None}
    elif is_on_bridge(service):
        body["network_mode"] = made.bridge
    if service.environment:
        body["environment"] = dict(service.environment)
    if service.networks:
        body["networks"] = {key: {"aliases": list(names)} for key, names in service.networks.items()}
    if not str(body.get("network_mode") or "").startswith("service:"):
        # No name server of elsewhere is reached. With these two the engine's own says at once that a name of one word
        # is nobody's, which it would else ask elsewhere for, and a program wait 10 s for each.
        body |= {"dns_opt": ["ndots:1"], "dns_search": ["."]}
    mounts = [
        {
            "type": "volume",
            "source": volumes[key],
            "target": mount.target,
            "read_only": mount.read_only,
            "volume": {"nocopy": mount.kind is MountKind.FOLDER},
        }
        for mount in service.mounts
        if (key := volume_key(service, mount)) is not None
    ]
    if mounts:
        body["volumes"] = mounts
    return body


def _merged(service: AppService, policy: Mapping[str, Any]) -> dict[str, Any]:
    """The policy for a service. What the service itself gives up, it does not get back."""
    dropped = {str(each).upper().removeprefix("CAP_") for each in service.settings.get("cap_drop") or ()}
    if not dropped:
        return dict(policy)
    left = [] if "ALL" in dropped else [each for each in policy["cap_add"] if each not in dropped]
    return {**policy, "cap_add": left}


def _escaped(value: Any) -> Any:
    """Compose reads ``$`` in what it is given; here every one is meant as it stands."""
    if isinstance(value, dict):
        return {key: _escaped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    return value.replace("$", "$$") if isinstance(value, str) else value
