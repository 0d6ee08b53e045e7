"""A value for a variable that nobody defines: one that compose takes where the variable stands, and that says nothing.

What is right for a whole port is wrong for the address before it, so the place counts: the key, and within a short
form (``[IP:]PUBLISHED:TARGET``, ``SOURCE:TARGET[:MODE]``) the part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum, auto

from ..text.interpolation import Use, is_one_variable, split, uses
from ..text.yamldoc import Key

__all__ = ["FIRST_PORT", "Place", "places", "value"]

FIRST_PORT = 10_000


class Place(IntEnum):
    """What compose wants where a variable stands, the choosiest first: for a variable that stands in several."""

    PORT = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    ADDRESS = auto()
    PROTOCOL = auto()
    DURATION = auto()
    SIZE = auto()
    PULL_POLICY = auto()
    MOUNT_TYPE = auto()
    MODE = auto()
    NETWORK = auto()
    HOST = auto()
    SOURCE = auto()
    TARGET = auto()
    CONTAINER = auto()
    NAME = auto()
    ANYTHING = auto()


_VALUES = {
    Place.NUMBER: "1",
    Place.BOOLEAN: "false",
    Place.ADDRESS: "127.0.0.1",
    Place.PROTOCOL: "tcp",
    Place.DURATION: "1s",
    Place.SIZE: "64m",
    Place.PULL_POLICY: "missing",
    Place.MOUNT_TYPE: "volume",
    Place.MODE: "rw",
    Place.NETWORK: "default",
    Place.HOST: "neutral:127.0.0.1",
    Place.SOURCE: "./neutral",
    Place.TARGET: "/neutral",
    Place.CONTAINER: "neutral",
    Place.NAME: "x",
    Place.ANYTHING: "",
}

# Where the variable is not the whole of it: "127.0.0.${N}", "${MEMORY}m".
_IN_PART = {
    **dict.fromkeys((Place.PORT, Place.NUMBER, Place.ADDRESS, Place.DURATION, Place.SIZE), Place.NUMBER),
    **dict.fromkeys((Place.CONTAINER, Place.NAME), Place.NAME),
}

# Tried on compose 5.6: what else stands under a key is taken empty.
_KEYS: dict[str, Place] = {
    "image": Place.NAME,
    "name": Place.NAME,
    "container_name": Place.CONTAINER,
    "pull_policy": Place.PULL_POLICY,
    "published": Place.PORT,
    "host_ip": Place.ADDRESS,
    "protocol": Place.PROTOCOL,
    **dict.fromkeys(("mem_limit", "mem_reservation", "memswap_limit", "shm_size", "memory"), Place.SIZE),
    **dict.fromkeys(
        ("interval", "timeout", "start_period", "start_interval", "stop_grace_period", "delay", "window", "monitor"),
        Place.DURATION,
    ),
    **dict.fromkeys(
        ("scale", "replicas", "cpus", "cpu_shares", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "pids_limit",
         "pids", "oom_score_adj", "mem_swappiness", "retries", "max_attempts", "parallelism", "soft", "hard", "nofile",
         "nproc", "weight", "priority"),
        Place.NUMBER,
    ),
    **dict.fromkeys(
        ("privileged", "init", "tty", "stdin_open", "read_only", "oom_kill_disable", "external", "internal", "required",
         "attachable", "enable_ipv4", "enable_ipv6", "disable", "nocopy", "create_host_path", "no_cache", "pull"),
        Place.BOOLEAN,
    ),
}  # fmt: skip


def places(path: Sequence[Key], text: str) -> Iterator[tuple[Use, Place]]:
    """The variables of the scalar at ``path`` of a compose file, and what each stands for."""
    keys = [key for key in path if isinstance(key, str)]
    key = keys[-1] if keys else ""
    is_entry = bool(path) and not isinstance(path[-1], str)
    if key == "ports" and is_entry:
        yield from _port(text)
    elif key == "volumes" and is_entry:
        yield from _mount(text)
    elif key == "extra_hosts" and is_entry:
        parts = split(text, ":")
        yield from _whole(text, Place.HOST) if len(parts) == 1 else _fields(parts, [Place.NAME])
    elif key == "networks" and is_entry:
        yield from _whole(text, Place.NETWORK)
    elif key == "target" and "ports" in keys:
        yield from _whole(text, Place.PORT)
    elif key in ("target", "type") and "volumes" in keys:
        yield from _whole(text, Place.TARGET if key == "target" else Place.MOUNT_TYPE)
    else:
        yield from _whole(text, _KEYS.get(key, Place.ANYTHING))


def value(place: Place, ports: Iterator[int]) -> str:
    """The neutral value for a place, with the next of ``ports`` for a port."""
    return str(next(ports)) if place is Place.PORT else _VALUES[place]


def _port(text: str) -> Iterator[tuple[Use, Place]]:
    entry, *protocol = split(text, "/")
    fields = split(entry, ":")
    yield from _fields(fields[:-2], [Place.ADDRESS])
    for field in fields[-2:]:
        ends = split(field, "-")  # a range of ports has two ends, and both are the one number then
        for end in ends:
            yield from _whole(end, Place.PORT if len(ends) == 1 else Place.NUMBER)
    yield from _fields(protocol, [Place.PROTOCOL])


def _mount(text: str) -> Iterator[tuple[Use, Place]]:
    fields = split(text, ":")
    yield from _fields(fields, [Place.TARGET] if len(fields) == 1 else [Place.SOURCE, Place.TARGET, Place.MODE])


def _fields(fields: Sequence[str], kinds: Sequence[Place]) -> Iterator[tuple[Use, Place]]:
    for at, field in enumerate(fields):
        yield from _whole(field, kinds[min(at, len(kinds) - 1)])


def _whole(text: str, place: Place) -> Iterator[tuple[Use, Place]]:
    if not is_one_variable(text):
        place = _IN_PART.get(place, Place.ANYTHING)
    for use in uses(text):
        yield use, Place.NAME if place is Place.ANYTHING and use.is_required else place
