"""The metrics that a course wants to see in Prometheus: data, with the seed's as the default."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from .messages import Message, _

__all__ = ["SEED_METRICS", "STOPPED", "WantedMetric", "parse_metrics"]

STOPPED = ("database",)
"""What the failure drill stops."""
_TYPES = ("counter", "gauge", "histogram", "summary", "unknown")

Value = TypeVar("Value")

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\*?")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_KEYS = ("name", "wanted", "job", "labels", "exactly-one", "type", "value", "when-stopped")
_OF_ONE_NAME = ("exactly-one", "type", "value", "when-stopped")


@dataclass(frozen=True, slots=True)
class WantedMetric:
    """A metric that has to be there: by its ``name``, or by the beginning of one, ``node_*``."""

    name: str
    job: str = ""
    """The job that has to scrape it: by name, or of the role that it names (``ui``). Empty: whichever."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the series has to have among its labels."""
    is_single: bool = False
    """Whether there has to be no other series."""
    type: str = ""
    value: float | None = None
    """What it is when all is well; ``None``: any number."""
    when_stopped: Mapping[str, float] = field(default_factory=dict)
    """What it becomes while a part of the application is stopped; when that is started again, it is ``value``."""

    @property
    def is_prefix(self) -> bool:
        """Whether it stands for all metrics whose names begin so."""
        return self.name.endswith("*")

    @property
    def selector(self) -> str:
        """The series that are looked at, for Prometheus."""
        if self.is_prefix:
            return f'{{__name__=~"{self.name[:-1]}.+"}}'
        return self.name


def _health(name: str, job: str) -> WantedMetric:
    return WantedMetric(name, job, value=1.0, when_stopped={"database": 0.0})


SEED_METRICS = (
    _health("ui_health", "ui"),
    _health("ui_health_comment_availability", "ui"),
    _health("ui_health_post_availability", "ui"),
    _health("comment_health", "comment"),
    _health("comment_health_mongo_availability", "comment"),
    WantedMetric("node_*"),
)


def parse_metrics(entries: object) -> tuple[WantedMetric, ...]:
    """The seed's metrics and the course's own, ``[[metrics]]`` of its file, which replace the seed's of their names.

    Raises ``ValueError`` with the place, ``[2].value`` for one, and what is wrong there.
    """
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("", _("must be an array of tables: [[{section}]]", section="metrics"))
    own = [_Entry(entry, f"[{number}]") for number, entry in enumerate(entries, start=1)]
    metrics = [entry.metric() for entry in own]
    named = {metric.name for metric in metrics}
    return (
        *(metric for metric in SEED_METRICS if metric.name not in named),
        *(metric for entry, metric in zip(own, metrics, strict=True) if entry.is_wanted),
    )


class _Entry:
    """One ``[[metrics]]``, and where it stands."""

    def __init__(self, entry: Mapping[str, object], place: str) -> None:
        self._entry = entry
        self._place = place
        self.is_wanted = self._get("wanted", bool, True, _("must be true or false"))

    def metric(self) -> WantedMetric:
        for key in self._entry:
            if key not in _KEYS:
                near = difflib.get_close_matches(key, _KEYS, n=3, cutoff=0.4)
                said = _("unknown key; did you mean {near}?", near=near) if near else None
                raise self._error(key, said or _("unknown key; known are {names}", names=list(_KEYS)))
        name = self._get("name", str, "", _("must be a string"))
        if not _NAME.fullmatch(name):
            raise self._error(
                "name", _("must be the name of a metric, such as ui_health, or the beginning of some: node_*")
            )
        if name.endswith("*"):
            for key in _OF_ONE_NAME:
                if key in self._entry:
                    raise self._error(key, _("{name} stands for many metrics: only one can have this", name=name))
        value = self._number("value", self._entry.get("value"))
        return WantedMetric(
            name,
            job=self._get("job", str, "", _("must be a string")),
            labels=self._labels(),
            is_single=self._get("exactly-one", bool, False, _("must be true or false")),
            type=self._type(),
            value=value,
            when_stopped=self._when_stopped(value),
        )

    def _error(self, key: str, why: Message) -> ValueError:
        return ValueError(f"{self._place}.{key}", why)

    def _get(self, key: str, kind: type[Value], default: Value, why: Message) -> Value:
        value = self._entry.get(key, default)
        if not isinstance(value, kind):
            raise self._error(key, why)
        return value

    def _number(self, key: str, value: object) -> float | None:
        if value is None:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        raise self._error(key, _("must be a number"))

    def _labels(self) -> Mapping[str, str]:
        labels = self._get("labels", dict, {}, _("must be a table of strings"))
        for name, value in labels.items():
            if not _LABEL.fullmatch(name) or not isinstance(value, str):
                raise self._error(f"labels.{name}", _("must be a table of strings"))
        return labels

    def _type(self) -> str:
        kind = self._get("type", str, "", _("must be a string"))
        if kind and kind not in _TYPES:
            raise self._error("type", _("{value} is none of {choices}", value=repr(kind), choices=_TYPES))
        return kind

    def _when_stopped(self, value: float | None) -> Mapping[str, float]:
        values = self._get("when-stopped", dict, {}, _("must be a table of numbers"))
        parsed = {}
        for role, while_stopped in values.items():
            key = f"when-stopped.{role}"
            if role not in STOPPED:
                raise self._error(key, _("{value} is none of {choices}", value=repr(role), choices=STOPPED))
            number = self._number(key, while_stopped)
            assert number is not None  # TOML has no null
            if value is None or number == value:
                raise self._error(key, _("must differ from value, which it has when all is well"))
            parsed[role] = number
        return parsed
