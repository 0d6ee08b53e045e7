"""What stand-ins serve: the pages that their programs have, at the ports where these listen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ...engine.probes.pages import Page
from ...submission.prometheus.exporters import ExporterKind, flag
from ...submission.scan.roles import Role

if TYPE_CHECKING:
    from ...submission.compose.project import ComposeProject
    from ...submission.compose.services import Service
    from ...submission.prometheus.configuration import ScrapeJob
    from ...submission.prometheus.exporters import Exporter
    from ...submission.submission import Submission

__all__ = ["MAX_PORTS", "Listening", "Served", "mentioned", "served"]

MAX_PORTS = 16
MAX_PATHS = 4
_MONGODB = "It looks like you are trying to access MongoDB over HTTP on the native driver port."
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}(?::(\d{1,5}))?")
_PATH = re.compile(r"/[A-Za-z0-9._~/-]{0,200}")
_MAX_WORDS = 20_000


class Listening(Protocol):
    """Where a service listens, as far as the submission says it. ``is_certain``: on no other port."""

    @property
    def ports(self) -> frozenset[int]: ...  # noqa: D102
    @property
    def is_certain(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Served:
    """What one service serves. ``assumed`` are pages of a program that nobody knows: it may have them or not."""

    pages: tuple[Page, ...] = ()
    assumed: frozenset[tuple[int, str]] = field(default_factory=frozenset)

    @property
    def ports(self) -> tuple[int, ...]:
        """Where it listens."""
        return tuple(dict.fromkeys(page.port for page in self.pages))


def mentioned(jobs: Iterable[ScrapeJob]) -> dict[str, frozenset[int]]:
    """Every word of targets and relabelling that may be a host's name, in lower case, with the ports beside it."""
    found: dict[str, set[int]] = {}
    count = 0
    for job in jobs:
        for text in _texts([job.raw.get("static_configs"), job.raw.get("relabel_configs"), dict(job.params)]):
            for match in _WORD.finditer(text[:1000]):
                count += 1
                if count > _MAX_WORDS:
                    break
                ports = found.setdefault(match[0].partition(":")[0].lower(), set())
                if match[1] and 0 < int(match[1]) < 65536:
                    ports.add(int(match[1]))
    return {name: frozenset(ports) for name, ports in found.items()}


def served(
    submission: Submission,
    project: ComposeProject,
    jobs: Iterable[ScrapeJob],
    asked: Mapping[str, frozenset[int]],
    listening: Mapping[str, Listening],
) -> dict[str, Served]:
    """What the services serve that have stand-ins: ``asked`` holds them, with the ports that targets have for them."""
    exporters = submission.exporters_of(project)
    paths = [path for path in dict.fromkeys(job.metrics_path for job in jobs) if _PATH.fullmatch(path)][:MAX_PATHS]
    return {
        name: _served(project.services[name], exporters.get(name), wanted, paths, listening[name])
        for name, wanted in asked.items()
    }


def _served(
    service: Service, exporter: Exporter | None, wanted: frozenset[int], paths: list[str], listening: Listening
) -> Served:
    # A program that nobody knows is believed to listen where it is asked, which is said where nothing shows it.
    ports = dict.fromkeys([*sorted(wanted & listening.ports), *sorted(listening.ports)])
    if not listening.is_certain:
        ports |= dict.fromkeys(sorted(wanted))
    pages: list[Page] = []
    assumed = set()
    for port in list(ports)[:MAX_PORTS]:
        if exporter is not None:
            own = flag(exporter.arguments, "web.telemetry-path") or "/metrics"
            pages.append(Page(port, own if _PATH.fullmatch(own) else "/metrics"))
            pages += [Page(port, "/probe", "target")] * (exporter.kind is ExporterKind.BLACKBOX)
        elif service.role is Role.DATABASE:
            pages.append(Page(port, text=_MONGODB))
        elif service.role is not None:
            pages.append(Page(port))
        else:
            pages += [Page(port, path) for path in dict.fromkeys(["/metrics", *paths])]
            assumed |= {(port, path) for path in paths if path != "/metrics"}
        if port not in listening.ports:
            assumed |= {(page.port, page.path) for page in pages if page.port == port}
    return Served(tuple(pages), frozenset(assumed))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
