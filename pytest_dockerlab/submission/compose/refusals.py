"""What compose refuses: where it stands in the student's files, and what to do about it."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Mapping

from ...findings import Location
from ...messages import Message, _
from ..scan.roles import Role, role_of_name
from ..text.interpolation import expand
from ..text.yamldoc import Key, YamlDoc, YamlFiles

__all__ = ["locate", "remedy", "steady"]

_UNDEFINED = re.compile(
    r"service \"(?P<service>[\w.-]+)\" (?:refers to|depends on) undefined (?P<kind>\w+) \"?(?P<name>[\w.-]+)"
)
_CYCLE = re.compile(r"dependency cycle detected: ([\w. >-]+)")
_ENTRY = re.compile(
    r"invalid (?:hostPort|containerPort|proto|IP address|ip address): (?P<port>[^\n]+)"
    r"|invalid ranges specified for container and host Ports: \S+ and (?P<range>\S+)"
    r"|invalid spec: (?P<mount>\S+): "
)
_INTERPOLATION = re.compile(r"invalid interpolation format for [^\n]+\n[^\n]+\n(?P<text>[^\n]+)")
_UNKNOWN_KEY = re.compile(r"additional properties '([\w.-]+)'|\.(\w+) false schema")
_KEYS = (
    "name", "include", "services", "networks", "volumes", "configs", "secrets",
    "image", "build", "context", "dockerfile", "args", "target", "command", "entrypoint", "container_name", "hostname",
    "environment", "env_file", "ports", "expose", "depends_on", "aliases", "links", "restart", "healthcheck",
    "profiles", "driver", "driver_opts", "external", "internal", "ipam", "labels", "logging", "network_mode",
    "working_dir", "user", "deploy", "replicas", "scale", "extends", "extra_hosts", "stdin_open", "tty",
    "privileged", "init",
)  # fmt: skip
_LINE = re.compile(r"\bline (\d+)|\bL(\d+)[.:]C?\d+")


def locate(message: str, main: YamlDoc, files: YamlFiles, values: Mapping[str, str]) -> Location:
    """The place that a message of compose speaks of: by its line, the path of a key, or a quoted name."""
    doc = next((each for each in (main, *files) if each.path in message), main)
    # "line 1: line 4: …": the last one is the most precise
    lines = [int(first or second) for first, second in _LINE.findall(message)]
    if lines:
        return Location(doc.path, lines[-1])
    if undefined := _UNDEFINED.search(message):
        return _use(files, undefined["service"], undefined["kind"], undefined["name"])
    if cycle := _CYCLE.search(message):
        return _cycle(files, cycle[1].split(" -> "))
    if entry := _ENTRY.search(message):
        return _entry(files, next(filter(None, entry.groups())), "volumes" if entry["mount"] else "ports", values)
    if wrong := _INTERPOLATION.search(message):
        places = (
            Location(each.path, node.line) for each in files for node in each.scalars() if node.text == wrong["text"]
        )
        found = next(places, None)
        if found is not None:
            return found
    best: tuple[int, Location] = (0, Location(doc.path))
    for each in (main, *files):
        for path in _key_paths(message):
            steps, line = each.line(*path)
            if steps > best[0]:
                best = (steps, Location(each.path, line))
    return best[1]


def _cycle(files: YamlFiles, names: list[str]) -> Location:
    """The step of a cycle that closed it: one of the override's, else one that leads from the database to the front."""
    order = {role: at for at, role in enumerate(Role)}

    def backwards(step: tuple[str, str]) -> tuple[int, int]:
        first, second = (order.get(role_of_name(name), 0) for name in step)  # type: ignore[arg-type]
        return paths.index(_use(files, step[0], "service", step[1]).file), second - first

    paths = [doc.path for doc in files]
    service, other = min(itertools.pairwise(names), key=backwards)
    return _use(files, service, "service", other)


def _use(files: YamlFiles, service: str, kind: str, name: str) -> Location:
    """Where ``service`` uses a network, a volume or another service of that name."""
    keys = {"service": ("depends_on", "links", "volumes_from", "network_mode")}.get(kind, (f"{kind}s",))
    for key in keys:
        for doc in files:
            if doc.node("services", service, key, name) is not None:
                return doc.location("services", service, key, name)
            for each in doc.scalars():
                below = each.path[3:]
                if each.path[:3] != ("services", service, key):
                    continue
                if name in below or each.text in (name, f"service:{name}") or each.text.startswith(f"{name}:"):
                    return doc.location(*each.path)
    return files.location("services", service, keys[0])


def _entry(files: YamlFiles, found: str, key: str, values: Mapping[str, str]) -> Location:
    """The short form, in some service, that has in it what compose calls invalid."""
    word = re.compile(rf"(?<![\w.]){re.escape(found)}(?![\w.])")
    for doc in files:
        for each in doc.scalars():
            if (
                each.path[:1] == ("services",)
                and each.path[2:3] == (key,)
                and word.search(expand(each.text, values).text)
            ):
                return Location(doc.path, each.line)
    return Location(files[0].path)


def steady(message: str, files: YamlFiles) -> str:
    """The message about the first of several uses of what is not defined: compose names one of them at random."""
    named = _UNDEFINED.search(message)
    if named is None or named["kind"] not in ("network", "service"):
        return message
    section, key = ("networks", "networks") if named["kind"] == "network" else ("services", "depends_on")
    defined = {"default", *(name for doc in files if (node := doc.node(section)) is not None for name in node.names())}
    uses = [
        (service, name)
        for doc in files
        if (services := doc.node("services")) is not None
        for service in services.names()
        if (node := doc.node("services", service, key)) is not None
        for name in (node.names() or [child.text for child in node.children])
        if name not in defined
    ]
    if (named["service"], named["name"]) not in uses:  # it comes from elsewhere: a variable, extends, include
        return message
    service, name = uses[0]
    between = message[named.end("service") : named.start("name")]
    return f"{message[: named.start('service')]}{service}{between}{name}{message[named.end('name') :]}"


def remedy(message: str) -> Message:
    """What to do about a message of compose."""
    for wrong in _UNKNOWN_KEY.findall(message):
        key = next(filter(None, wrong))
        near = difflib.get_close_matches(key, _KEYS, n=1)
        if near and near[0] != key:
            return _("write {near} instead of {key}", near=f"{near[0]}:", key=f"{key}:")
    return _("run docker-compose config beside the file: it shows the same message until it is right")


def _key_paths(message: str) -> list[tuple[Key, ...]]:
    paths: list[tuple[Key, ...]] = []
    for match in re.finditer(r"\b(services|networks|volumes|configs|secrets)((?:[.\[][\w\]-]+)+)", message):
        steps = [step for step in re.split(r"[.\[\]]+", match[2]) if step]
        paths.append((match[1], *(int(step) if step.isdigit() else step for step in steps)))
        if unknown := re.match(r" additional properties '([\w.-]+)'", message[match.end() :]):
            paths.append((*paths[-1], unknown[1]))
    paths += [(section,) for section in re.findall(r"^(services|networks|volumes|configs|secrets) must", message)]
    paths += [(name,) for name in re.findall(r"additional properties '([\w.-]+)'", message)]
    for kind, name in re.findall(r"\b(service|network|volume|config|secret) \"?([\w.-]+)\"?", message):
        paths.append((f"{kind}s", name))
    return paths
