"""prometheus.yml as a model: scrape jobs and their static targets, with their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...findings import Finding, Location, Mismatch
from ...messages import _
from ..files.tree import Tree
from ..text.yamldoc import Key, Node, YamlDoc, YamlError
from .durations import seconds

__all__ = ["PrometheusConfiguration", "ScrapeJob", "StaticTarget"]

# What Prometheus takes where the file says nothing.
_INTERVAL, _TIMEOUT, _PATH, _SCHEME = 60.0, 10.0, "/metrics", "http"


@dataclass(frozen=True, slots=True)
class StaticTarget:
    """One target of ``static_configs``, its address as it is written."""

    address: str
    labels: Mapping[str, str]
    location: Location


@dataclass(frozen=True, slots=True)
class ScrapeJob:
    """One entry of ``scrape_configs``. ``interval`` and ``timeout`` are seconds, those of ``global`` where it has none.

    ``discovery`` are the kinds of service discovery that it has beside ``static_configs``.
    """

    name: str
    location: Location
    metrics_path: str
    scheme: str
    params: Mapping[str, tuple[str, ...]]
    interval: float
    timeout: float
    targets: tuple[StaticTarget, ...]
    has_relabelling: bool
    discovery: tuple[str, ...]
    raw: Mapping[str, Any] = field(repr=False)
    """The job as plain data; every scalar is the text that stands in the file."""


class PrometheusConfiguration:
    """A configuration. What of it Prometheus would refuse is left out: the item of its validity says so."""

    def __init__(self, doc: YamlDoc) -> None:
        """Of several documents Prometheus reads the first."""
        doc.documents = doc.documents[:1]
        self.doc = doc
        self.path = doc.path
        self.raw: Mapping[str, Any] = _mapping(plain(doc.root)) if doc.root is not None else {}
        self.jobs: tuple[ScrapeJob, ...] = tuple(self._jobs())

    @classmethod
    def read(cls, tree: Tree, path: str) -> PrometheusConfiguration:
        """The configuration in a file of the submission. Raises :class:`Mismatch` where it is no YAML in UTF-8."""
        return cls._of(lambda: YamlDoc.read(tree, path))

    @classmethod
    def inline(cls, tree: Tree, text: str, at: Location) -> PrometheusConfiguration:
        """One whose text stands in another file, from a line on."""
        return cls._of(lambda: YamlDoc(at.file, "\n" * ((at.line or 1) - 1) + text, tree.budget))

    @classmethod
    def _of(cls, read: Callable[[], YamlDoc]) -> PrometheusConfiguration:
        try:
            return cls(read())
        except YamlError as error:
            raise Mismatch(
                Finding(
                    _("the configuration of Prometheus is YAML in UTF-8"),
                    error.reason,
                    error.at,
                    _("correct the file at this place"),
                )
            ) from None

    def location(self, *keys: Key) -> Location:
        """The place of a key, else of its nearest ancestor."""
        return self.doc.location(*keys)

    def job(self, name: str) -> ScrapeJob | None:
        """The job of this name."""
        return next((each for each in self.jobs if each.name == name), None)

    def _jobs(self) -> Iterator[ScrapeJob]:
        globally = _mapping(self.raw.get("global"))
        interval = seconds(_text(globally.get("scrape_interval"))) or _INTERVAL
        timeout = seconds(_text(globally.get("scrape_timeout"))) or min(_TIMEOUT, interval)
        for number, each in enumerate(_list(self.raw.get("scrape_configs"))):
            raw = _mapping(each)
            own = seconds(_text(raw.get("scrape_interval"))) or interval
            params = {
                name: tuple(map(_text, value if isinstance(value, list) else [value]))
                for name, value in _mapping(raw.get("params")).items()
            }
            yield ScrapeJob(
                name=_text(raw.get("job_name")),
                location=self.location("scrape_configs", number, "job_name"),
                metrics_path=_text(raw.get("metrics_path")) or _PATH,
                scheme=_text(raw.get("scheme")) or _SCHEME,
                params=params,
                interval=own,
                timeout=seconds(_text(raw.get("scrape_timeout"))) or min(timeout, own),
                targets=tuple(self._targets(number, raw)),
                has_relabelling=bool(raw.get("relabel_configs")),
                discovery=tuple(key for key in raw if key.endswith("_sd_configs")),
                raw=raw,
            )

    def _targets(self, number: int, raw: Mapping[str, Any]) -> Iterator[StaticTarget]:
        for group, each in enumerate(map(_mapping, _list(raw.get("static_configs")))):
            labels = {name: _text(value) for name, value in _mapping(each.get("labels")).items()}
            for index, address in enumerate(_list(each.get("targets"))):
                if isinstance(address, str):
                    place = self.location("scrape_configs", number, "static_configs", group, "targets", index)
                    yield StaticTarget(address, labels, place)


def plain(node: Node) -> Any:
    """A node as plain data: mappings, lists, texts, and ``None`` for what is empty."""
    match node.kind:
        case "mapping":
            return {key.text: plain(value) for key, value in node.entries()}
        case "sequence":
            return [plain(each) for each in node.children]
        case _:
            return None if node.plain and node.text in ("", "~", "null", "Null", "NULL") else node.text


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
