"""Runs the real compose, on files and in an environment that are only ours."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import tools
from ...errors import ToolFailed
from ...findings import Location, Unverified
from ...messages import Message, _
from ..text.yamldoc import Key, YamlDoc, YamlFiles

__all__ = ["ComposeError", "clean", "config", "locate", "remedy"]

PROJECT = "dockerlab"
_TIMEOUT = 20.0
_MAX_MESSAGE = 1500
# A third of compose's time here is its garbage collector's: a run that takes milliseconds does without, up to a limit.
_GO = {"GOGC": "off", "GOMEMLIMIT": "128MiB"}
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LOG = re.compile(r"^time=\S+ level=(\w+) msg=\"?(.*?)\"?$")
_UNDEFINED = re.compile(
    r"service \"(?P<service>[\w.-]+)\" (?:refers to|depends on) undefined (?P<kind>\w+) \"?(?P<name>[\w.-]+)"
)
_CYCLE = re.compile(r"dependency cycle detected: ([\w.-]+) -> ([\w.-]+)")
_ENTRY = re.compile(
    r"invalid (?:hostPort|containerPort|proto|IP address|ip address): (?P<port>\S+)"
    r"|invalid ranges specified for container and host Ports: \S+ and (?P<range>\S+)"
    r"|invalid spec: (?P<mount>\S+): "
)
_UNKNOWN_KEY = re.compile(r"additional properties '([\w.-]+)'|\.(\w+) false schema")
_KEYS = (
    "name", "include", "services", "networks", "volumes", "configs", "secrets",
    "image", "build", "context", "dockerfile", "args", "target", "command", "entrypoint", "container_name", "hostname",
    "environment", "env_file", "ports", "expose", "depends_on", "aliases", "links", "restart", "healthcheck", "profiles",
    "driver", "driver_opts", "external", "internal", "ipam", "labels", "logging", "network_mode", "working_dir", "user",
    "deploy", "replicas", "scale", "extends", "extra_hosts", "stdin_open", "tty", "privileged", "init",
)  # fmt: skip
_LINE = re.compile(r"\bline (\d+)|\bL(\d+)[.:]C?\d+")


class ComposeError(Exception):
    """Compose refuses the files. ``message`` is cleaned, but still the words of compose about a stranger's text."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def config(
    arguments: Sequence[str],
    options: Sequence[str],
    folder: Path,
    env: Mapping[str, str] | None = None,
    *,
    root: Path | None = None,
) -> dict[str, Any]:
    """What ``compose ARGUMENTS config --format json OPTIONS`` prints, run in ``folder``, which is in ``root``.

    Raises :class:`ComposeError` where compose refuses, ``Unverified`` where there is no compose.
    """
    command = tools.compose_command()
    if command is None:
        raise Unverified(
            _("Docker Compose 2 or newer is not on this machine"),
            _("install Docker Compose, or: pip install 'pytest-dockerlab[tools]'"),
        )
    completed = tools.run(
        [*command, *arguments, "config", "--format", "json", *options],
        cwd=folder,
        env={
            # A submission may use any variable: it gets no value of ours, and compose gets nothing to start by name.
            "PATH": "",
            "LANG": "",
            "PWD": str(folder),
            "COMPOSE_EXPERIMENTAL_GIT_REMOTE": "false",
            "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "false",
            **_GO,
            **(env or {}),
        },
        timeout=_TIMEOUT,
    )
    if completed.returncode != 0:
        raise ComposeError(clean(completed.stderr, root or folder))
    try:
        loaded = json.loads(completed.stdout)
    except ValueError as error:
        raise ToolFailed(f"compose printed no JSON: {error}", command=completed.argv) from error
    if not isinstance(loaded, dict):
        raise ToolFailed("compose printed no project", command=completed.argv)
    return loaded


def clean(stderr: str, folder: Path) -> str:
    """Compose's words without warnings, control characters, our temporary paths, and without end."""
    lines = []
    for line in _CONTROL.sub("", stderr[: 10 * _MAX_MESSAGE].replace("\r", "")).split("\n"):
        logged = _LOG.match(line)
        if logged is None:
            lines.append(line)
        elif logged[1] in ("error", "fatal"):
            lines.append(logged[2])
    message = "\n".join(line for line in lines if line.strip())
    message = message.replace(f"{folder}{os.sep}", "").replace(str(folder), ".").strip()
    return message if len(message) <= _MAX_MESSAGE else message[:_MAX_MESSAGE] + " …"


def locate(message: str, docs: Sequence[YamlDoc]) -> Location:
    """The place that a message of compose speaks of: by its line, the path of a key, or a quoted name."""
    doc = next((each for each in docs if each.path in message), docs[0])
    # "line 1: line 4: …": the last one is the most precise
    lines = [int(first or second) for first, second in _LINE.findall(message)]
    if lines:
        return Location(doc.path, lines[-1])
    files = YamlFiles(docs)
    if undefined := _UNDEFINED.search(message):
        return _use(files, undefined["service"], undefined["kind"], undefined["name"])
    if cycle := _CYCLE.search(message):
        return _use(files, cycle[1], "service", cycle[2])
    if entry := _ENTRY.search(message):
        return _entry(files, next(filter(None, entry.groups())), ("volumes",) if entry["mount"] else ("ports",))
    best: tuple[int, Location] = (0, Location(doc.path))
    for each in docs:
        for path in _key_paths(message):
            steps, line = each.line(*path)
            if steps > best[0]:
                best = (steps, Location(each.path, line))
    return best[1]


def _use(files: YamlFiles, service: str, kind: str, name: str) -> Location:
    """Where ``service`` uses a network, a volume or another service of that name."""
    keys = {"service": ("depends_on", "links", "volumes_from", "network_mode")}.get(kind, (f"{kind}s",))
    for key in keys:
        for doc in files:
            for each in doc.scalars():
                below = each.path[3:]
                if each.path[:3] != ("services", service, key):
                    continue
                if name in below or each.text in (name, f"service:{name}") or each.text.startswith(f"{name}:"):
                    return doc.location(*each.path)
            if doc.node("services", service, key, name) is not None:
                return doc.location("services", service, key, name)
    return files.location("services", service, keys[0])


def _entry(files: YamlFiles, found: str, keys: tuple[str, ...]) -> Location:
    """The short form, in some service, that has in it what compose calls invalid."""
    word = re.compile(rf"(?<![\w.]){re.escape(found)}(?![\w.])")
    for doc in files:
        for each in doc.scalars():
            if each.path[:1] == ("services",) and each.path[2:3] == keys and word.search(each.text):
                return Location(doc.path, each.line)
    return Location(files[0].path)


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
    paths += [(section,) for section in re.findall(r"^(services|networks|volumes|configs|secrets) must", message)]
    paths += [(name,) for name in re.findall(r"additional properties '([\w.-]+)'", message)]
    for kind, name in re.findall(r"\b(service|network|volume|config|secret) \"?([\w.-]+)\"?", message):
        paths.append((f"{kind}s", name))
    return paths
