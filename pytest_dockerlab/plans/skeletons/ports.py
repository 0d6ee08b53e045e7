"""The ports that a stand-in listens on: those its service says it has, and those that others ask it for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from ...submission.compose.environment import Variable
from ...submission.compose.project import ComposeProject
from ...submission.compose.services import Service
from ...submission.scan.roles import DEFAULT_PORTS, role_of_name
from ...submission.submission import Submission

__all__ = ["FALLBACK_PORT", "MAX_PORTS", "ports_of"]

FALLBACK_PORT = 8000
"""Where no port of a service is known: a stand-in that listens nowhere could not be told from an unreachable one."""
MAX_PORTS = 16
"""``expose: 1-65535`` would start as many servers."""

_URL = re.compile(r"[a-z][a-z0-9+.-]{0,30}://[^\s'\"]+", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/tcp)?")


def ports_of(submission: Submission, project: ComposeProject) -> dict[str, tuple[int, ...]]:
    """The TCP ports by service, without those of a shared namespace; never empty, and at most :data:`MAX_PORTS`."""
    asked: dict[str, list[int]] = {name: [] for name in project.services}
    for service in project.services.values():
        for target, port in _asked(project, service, submission.environment_of(project, service)):
            asked[target].append(port)
    found = {}
    for name, service in project.services.items():
        image = submission.image_of(service)
        ports = [
            *((DEFAULT_PORTS[service.role],) if service.role is not None else ()),
            *asked[name],
            *(port.target for port in service.ports if port.protocol == "tcp"),
            *_ranges(service.raw.get("expose") or ()),
            *_ranges(image[1].exposed if image is not None else ()),
        ]
        usable = dict.fromkeys(port for port in ports if 0 < port < 65536)
        found[name] = tuple(usable)[:MAX_PORTS] or (FALLBACK_PORT,)
    return found


def _asked(project: ComposeProject, service: Service, environment: Mapping[str, Variable]) -> Iterator[tuple[str, int]]:
    """The ports of others that a service is told of: ``POST_SERVICE_PORT``, ``mongodb://post_db:27017/x``."""
    visible = project.visible_names(service)
    for name, variable in environment.items():
        value = variable.value
        match = re.fullmatch(r"(\w+)_PORT", name, re.IGNORECASE)
        role = role_of_name(match[1]) if match else None
        if role is not None and value.strip().isascii() and value.strip().isdecimal() and len(value.strip()) < 6:
            yield from ((each.name, int(value)) for each in project.services_of(role))
        for url in _URL.findall(value):
            try:
                parts = urlsplit(url)
                host, port = parts.hostname, parts.port
            except ValueError:  # several hosts, or no port at all
                continue
            for target in visible.get(host or "", ()) if port else ():
                yield target, port or 0


def _ranges(entries: Iterable[object]) -> Iterator[int]:
    for entry in entries:
        match = _RANGE.fullmatch(str(entry).strip())
        if match:
            first = int(match[1])
            yield from range(first, min(int(match[2] or first), first + MAX_PORTS) + 1)
