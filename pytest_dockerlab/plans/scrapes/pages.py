"""What stand-ins serve: the pages that their programs have, at the ports where these listen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...engine.probes.pages import Page
from ...submission.prometheus.exporters import ExporterKind, flag
from ...submission.scan.roles import Role
from ..skeletons.ports import ports_of

if TYPE_CHECKING:
    from ...submission.compose.project import ComposeProject
    from ...submission.compose.services import Service
    from ...submission.prometheus.configuration import ScrapeJob
    from ...submission.prometheus.exporters import Exporter
    from ...submission.submission import Submission

__all__ = ["MAX_PORTS", "Served", "mentioned", "served"]

MAX_PORTS = 16
_MONGODB = "It looks like you are trying to access MongoDB over HTTP on the native driver port."
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}(?::(\d{1,5}))?")
_PATH = re.compile(r"/[A-Za-z0-9._~/-]{0,200}")
_MAX_WORDS = 20_000


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
    exporters: Mapping[str, Exporter],
    jobs: Iterable[ScrapeJob],
    asked: Mapping[str, frozenset[int]],
) -> dict[str, Served]:
    """What the services serve that have stand-ins: ``asked`` holds them, with the ports that targets have for them."""
    known = ports_of(submission, project)
    paths = [path for path in dict.fromkeys(job.metrics_path for job in jobs) if _PATH.fullmatch(path)][:4]
    found = {}
    for name, wanted in asked.items():
        service = project.services[name]
        if name in exporters:
            found[name] = _exporter(exporters[name], wanted)
        elif service.role is Role.DATABASE:
            found[name] = Served(tuple(Page(port, text=_MONGODB) for port in known[name]))
        elif service.role is not None:
            found[name] = Served(tuple(Page(port) for port in known[name]))
        else:
            found[name] = _unknown(service, known[name], wanted, paths)
    return found


def _exporter(exporter: Exporter, wanted: frozenset[int]) -> Served:
    ports = sorted(exporter.ports | (frozenset() if exporter.is_certain else wanted))[:MAX_PORTS]
    path = flag(exporter.arguments, "web.telemetry-path") or "/metrics"
    if not _PATH.fullmatch(path):
        path = "/metrics"
    pages = [Page(port, path) for port in ports]
    if exporter.kind is ExporterKind.BLACKBOX:
        pages += [Page(port, "/probe", "target") for port in ports]
    elsewhere = frozenset((page.port, page.path) for page in pages if page.port not in exporter.ports)
    return Served(tuple(pages), elsewhere)


def _unknown(service: Service, known: Iterable[int], wanted: frozenset[int], paths: list[str]) -> Served:
    """A program that nobody knows: it is believed to listen where it is asked, which is said where nothing shows it."""
    declared = {port.target for port in service.ports if port.protocol == "tcp"} | set(known)
    ports = list(dict.fromkeys([*sorted(wanted), *sorted(declared)]))[:MAX_PORTS]
    pages = tuple(Page(port, path) for port in ports for path in dict.fromkeys(["/metrics", *paths]))
    assumed = frozenset(
        (page.port, page.path) for page in pages if page.port not in declared or page.path != "/metrics"
    )
    return Served(pages, assumed)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
