"""What a Prometheus says, as types: samples, series, targets, metadata."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..messages import excerpt

__all__ = ["Metadata", "Sample", "ScrapedTarget", "Series", "discovered_labels", "parse_duration"]

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0, "y": 365 * 86400.0}
_DURATION = re.compile(r"(?:\d{1,9}(?:ms|[smhdwy])){1,7}")


def parse_duration(text: object) -> float | None:
    """The seconds of a duration as Prometheus writes it, ``1m30s``; ``None`` for anything else."""
    if not isinstance(text, str) or not _DURATION.fullmatch(text):
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d{1,9})(ms|[smhdwy])", text))


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one series. ``time`` is in Unix seconds: the time that the query was evaluated for."""

    labels: Mapping[str, str]
    value: float
    time: float

    @property
    def name(self) -> str:
        """The metric's name; empty where the query calculates."""
        return self.labels.get("__name__", "")

    @property
    def job(self) -> str:
        """The job that it was scraped by."""
        return self.labels.get("job", "")

    @classmethod
    def parse(cls, data: object) -> Sample:
        """One entry of a vector. Raises ``ValueError``."""
        match data:
            case {"metric": labels, "histogram": [time, {"count": count}]}:
                point: object = [time, count]  # it is there as much as a number is; its count stands for it
            case {"metric": labels, "value": point}:
                pass
            case _:
                raise ValueError("no sample")
        when, value = _point(point)
        return cls(_labels(labels), value, when)


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one series, the oldest first: pairs of a time in Unix seconds and a value."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def name(self) -> str:
        """The metric's name; empty where the query calculates."""
        return self.labels.get("__name__", "")

    @classmethod
    def parse(cls, data: object) -> Series:
        """One entry of a matrix. Raises ``ValueError``."""
        if not isinstance(data, dict):
            raise ValueError("no series")
        points = data.get("values", [])
        if not isinstance(points, list):
            raise ValueError("no values")
        return cls(_labels(data.get("metric")), tuple(_point(point) for point in points))


@dataclass(frozen=True, slots=True)
class ScrapedTarget:
    """A target that Prometheus scrapes: what it found, what it made of that, and how the last scrape went."""

    discovered: Mapping[str, str]
    """The labels before relabelling: ``__address__``, ``__metrics_path__``, ``__param_target``…"""
    labels: Mapping[str, str]
    scrape_url: str
    health: str
    """``up``, ``down``, or ``unknown`` before the first scrape."""
    last_error: str = ""
    interval: float | None = None
    """Seconds between two scrapes; versions before 2.28 do not say."""

    @property
    def job(self) -> str:
        """The job that it has after relabelling."""
        return self.labels.get("job", "")

    @property
    def instance(self) -> str:
        """The instance that it has after relabelling."""
        return self.labels.get("instance", "")

    @property
    def pool(self) -> str:
        """The job as the configuration names it, whatever relabelling makes of it."""
        return self.discovered.get("job", self.job)

    @property
    def is_up(self) -> bool:
        """Whether the last scrape succeeded."""
        return self.health == "up"

    @classmethod
    def parse(cls, data: object) -> ScrapedTarget:
        """One entry of ``activeTargets``. Raises ``ValueError``."""
        if not isinstance(data, dict):
            raise ValueError("no target")
        health = data.get("health")
        if health not in ("up", "down", "unknown"):
            raise ValueError(f"a target's health is {excerpt(str(health))}")
        return cls(
            _labels(data.get("discoveredLabels")),
            _labels(data.get("labels")),
            excerpt(str(data.get("scrapeUrl", ""))),
            health,
            excerpt(str(data.get("lastError", ""))),
            parse_duration(data.get("scrapeInterval")),
        )


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the targets say of a metric: its type (``gauge``, ``counter``…) and its help."""

    type: str
    help: str = field(default="", repr=False)

    @classmethod
    def parse(cls, data: object) -> Metadata:
        """One entry of ``metadata``. Raises ``ValueError``."""
        if not isinstance(data, dict) or not isinstance(data.get("type"), str):
            raise ValueError("no metadata")
        return cls(data["type"], excerpt(str(data.get("help", ""))))


def discovered_labels(data: object) -> Mapping[str, str]:
    """Those of one entry of ``droppedTargets``, which has no others. Raises ``ValueError``."""
    if not isinstance(data, dict):
        raise ValueError("no target")
    return _labels(data.get("discoveredLabels"))


def _labels(data: object) -> Mapping[str, str]:
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise ValueError("no labels")
    return data


def _point(data: object) -> tuple[float, float]:
    match data:
        case [int() | float() as time, str() as value] if not isinstance(time, bool) and math.isfinite(time):
            return float(time), float(value)
    raise ValueError("no value")
