"""Removing what we made: a scope's things, a run's, or those whose owner has ended.

Only what carries our labels is ever touched, and of that only what says it is what it is (``labels.KIND``): a foreign
container of an image of ours inherits the image's labels. So does the step of a build of ours, which an engine that
died leaves: that one is known by the network that we made for the build. Order: containers, then networks, volumes and
images, each of which its users hold. Containers are killed, not stopped: nothing of ours has anything to save.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .labels import EXPIRES, KIND, NETWORK_PREFIX, OWNER, PROBE_IMAGE, PURPOSE, RUN, SCOPE, Labels, Owner
from .leftovers import cleaning_up

if TYPE_CHECKING:
    from docker import DockerClient

    from ..hosts.hosts import DockerHost

__all__ = [
    "IMAGE_PREFIX",
    "KINDS",
    "Thing",
    "is_dead",
    "list_ours",
    "remove",
    "renew",
    "sweep_all",
    "sweep_dead",
    "sweep_run",
    "sweep_scope",
]

KINDS = ("container", "network", "volume", "image")
_LEASE = "lease"
IMAGE_PREFIX = "pytest-dockerlab-"
"""Every name of an image of ours begins so."""
# Removing is the engine's work, several at a time: a container takes 0.2 s, most of it waiting.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Thing:
    """A container, network, volume or image that carries our labels."""

    kind: str
    id: str
    name: str
    labels: Mapping[str, str]

    @property
    def run_id(self) -> str | None:
        """The run it belongs to; ``None`` for the probe image, which belongs to none."""
        return self.labels.get(RUN)

    @property
    def purpose(self) -> str:
        """What it was made for."""
        return self.labels.get(PURPOSE, "")


def list_ours(client: DockerClient, *, label: str = RUN, kinds: Iterable[str] = KINDS) -> list[Thing]:
    """Everything of ours on the engine that carries ``label`` (a name, or ``name=value``), in the order of removal."""
    api = client.api
    filters: dict[str, Any] = {"label": [label]}
    wanted = set(kinds)
    things: list[Thing] = []
    if "container" in wanted:
        listed = api.containers(all=True, filters=filters)
        ours = {f"container:{data['Id']}" for data in listed if (data["Labels"] or {}).get(KIND) == "container"}
        for data in listed:
            labels = data["Labels"] or {}
            if _is_step(data, ours):
                labels = {**labels, KIND: "container"}
            things.append(Thing("container", data["Id"], _first(data.get("Names")).lstrip("/"), labels))
    if "network" in wanted:
        for data in api.networks(filters=filters):
            things.append(Thing("network", data["Id"], data["Name"], data["Labels"] or {}))
    if "volume" in wanted:
        for data in api.volumes(filters=filters)["Volumes"] or ():
            things.append(Thing("volume", data["Name"], data["Name"], data["Labels"] or {}))
    if "image" in wanted:
        images = [data for data in api.images(all=True, filters=filters) if _is_ours(data)]
        # A child is younger than its parent and holds it.
        for data in sorted(images, key=lambda data: -int(data["Created"])):
            things.append(Thing("image", data["Id"], _first(_tags(data)), data["Labels"] or {}))
    return [thing for thing in things if thing.labels.get(KIND) == thing.kind]


def is_dead(client: DockerClient, labels: Mapping[str, str], things: Iterable[Thing] | None = None) -> bool:
    """Whether what carries these labels may be swept: its owner has ended, or is out of sight and the run has expired.

    ``things`` are those of :func:`list_ours`, if they are at hand. Labels that cannot be read are nobody's: not dead.
    """
    owner = Owner.parse(labels.get(OWNER, ""))
    if owner is None or RUN not in labels:
        return False
    alive = owner.is_alive()
    if alive is not None:
        return not alive
    if things is None:
        things = list_ours(client, label=f"{RUN}={labels[RUN]}")
    expiries = [_expiry(labels), *(_expiry(thing.labels) for thing in things if thing.run_id == labels[RUN])]
    return max(expiries) < time.time()


def renew(client: DockerClient, labels: Labels) -> None:
    """Put off the expiry of the whole run to ``labels.lifetime`` seconds from now; older leases are removed."""
    old = list_ours(client, label=f"{RUN}={labels.run_id}", kinds=["volume"])
    client.api.create_volume(labels=labels.make("volume", _LEASE))
    remove(client, [thing for thing in old if thing.purpose == _LEASE])


def sweep_scope(host: DockerHost, scope: str) -> list[Thing]:
    """Remove everything of one scope. Returns what was removed.

    Raises :class:`~..hosts.errors.LeftBehind` where the docker host goes away meanwhile.
    """
    with cleaning_up(host):
        return remove(host.client, list_ours(host.client, label=f"{SCOPE}={scope}"))


def sweep_run(client: DockerClient, run_id: str) -> list[Thing]:
    """Remove everything of one run, whoever made it. Returns what was removed."""
    return remove(client, list_ours(client, label=f"{RUN}={run_id}"))


def sweep_dead(client: DockerClient) -> list[Thing]:
    """Remove what dead owners left (see :func:`is_dead`). Returns what was removed; a live run's things stay."""
    things = list_ours(client)
    return remove(client, [thing for thing in things if is_dead(client, thing.labels, things)])


def sweep_all(client: DockerClient) -> list[Thing]:
    """Remove everything of ours, live runs' and the probe images too: what ``dockerlab clean --all`` does."""
    # Every container of the probe image inherits its label, and somebody's may say of itself that it is a container.
    return remove(client, [*list_ours(client), *list_ours(client, label=PROBE_IMAGE, kinds=["image"])])


def remove(client: DockerClient, things: Iterable[Thing]) -> list[Thing]:
    """Remove these things; what is already gone, or is held by somebody else, is left. Returns what was removed.

    The engine's own trouble (an answer of 5xx, no connection) is raised after all the rest has been tried.
    """
    removed: list[Thing] = []
    failures: list[Exception] = []
    listed = list(things)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for kind in KINDS:
            waiting = [thing for thing in listed if thing.kind == kind]
            # Images one by one: removing a child takes its parents along.
            runner: Callable[..., Iterable[Exception | bool]] = map if kind == "image" else pool.map
            while waiting:
                outcomes = list(zip(waiting, runner(lambda thing: _remove(client, thing), waiting), strict=True))
                removed += (thing for thing, outcome in outcomes if outcome is True)
                failures += (outcome for _thing, outcome in outcomes if isinstance(outcome, Exception))
                held = [thing for thing, outcome in outcomes if outcome is False]
                # An image may be held by its children, and which of one second's images is older the engine cannot say.
                waiting = held if kind == "image" and len(held) < len(waiting) else []
    if failures:
        raise failures[0]
    return removed


def _remove(client: DockerClient, thing: Thing) -> Exception | bool:
    from docker.errors import APIError
    from requests import RequestException

    api = client.api
    try:
        match thing.kind:
            case "container":
                api.remove_container(thing.id, force=True, v=True)
            case "network":
                api.remove_network(thing.id)
            case "volume":
                api.remove_volume(thing.id)
            case _:
                api.remove_image(thing.id, force=True)
    except APIError as error:
        if error.status_code in (404, 409):
            return False
        # 20.10 answers 403 for a network that still has a container on it
        return False if error.status_code == 403 and thing.kind == "network" else error
    except RequestException as error:
        return error
    return True


def _expiry(labels: Mapping[str, str]) -> float:
    text = labels.get(EXPIRES, "")
    return float(text) if text.isdecimal() else float("inf")


def _tags(image: Mapping[str, Any]) -> list[str]:
    return [tag for tag in image.get("RepoTags") or () if tag != "<none>:<none>"]


def _is_ours(image: Mapping[str, Any]) -> bool:
    # An image built FROM one of ours inherits its labels, but not its name.
    return all(tag.startswith(IMAGE_PREFIX) for tag in _tags(image))


def _is_step(container: Mapping[str, Any], ours: Container[str]) -> bool:
    """Whether a container, with the labels of an image of ours, is a step of that image's build: on a network of ours,
    or in the network namespace of one of our containers, ``ours`` as network modes."""
    mode = str((container.get("HostConfig") or {}).get("NetworkMode") or "")
    return (container["Labels"] or {}).get(KIND) == "image" and (mode.startswith(NETWORK_PREFIX) or mode in ours)


def _first(values: Iterable[str] | None) -> str:
    return next(iter(values or ()), "")
