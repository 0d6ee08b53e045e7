"""Asks a Prometheus server by its HTTP API. Works without pytest::

    prometheus = PrometheusServer("http://127.0.0.1:9090")
    prometheus.wait_until_ready(Deadline(30))
    for sample in prometheus.query("ui_health"):
        print(sample.job, sample.value)

Versions from 2.1 to 3 are told apart by what they answer, never by what they say they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..messages import excerpt
from ..net.client import Client
from ..net.deadline import Deadline
from .answers import Metadata, Sample, ScrapedTarget, Series, discovered_labels, parse_duration
from .api import MAX_SMALL, Api
from .errors import NotPrometheus, PrometheusError, PrometheusLacks, QueryRefused

__all__ = ["PrometheusServer"]

_SECONDS = 10.0
_DEFAULT_INTERVAL = 60.0
"""Prometheus' own, where the configuration has none."""

Value = TypeVar("Value")


class PrometheusServer:
    """A Prometheus server at ``url``, which may hold a path, a name and a password.

    Every question raises :class:`~.errors.PrometheusError`, one class for each cause.

    :param seconds: the time for one answer, whole.
    """

    def __init__(self, url: str, client: Client | None = None, *, seconds: float = _SECONDS) -> None:
        self._api = Api(url, client or Client(), seconds)

    @property
    def url(self) -> str:
        """Where it is asked, without the password."""
        return str(self._api.base)

    def query(self, expression: str, *, at: float | None = None) -> list[Sample]:
        """The samples of an instant query, now or ``at`` a time in Unix seconds; a scalar is one without labels.

        A series that is stale has none. The time of a sample is that of the query, not of its scrape:
        ``timestamp(…)`` has that one.
        """
        kind, result = self._evaluate("query", expression, {} if at is None else {"time": f"{at:.3f}"})
        if kind == "scalar":
            return [self._read(Sample.parse, {"metric": {}, "value": result})]
        if kind != "vector":
            raise QueryRefused(self._api.host, f"{kind}: vector | scalar", query=excerpt(expression))
        return self._read_all(Sample.parse, result)

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Series]:
        """The series of a query evaluated every ``step`` seconds from ``start`` to ``end``, in Unix seconds."""
        times = {"start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}"}
        _kind, result = self._evaluate("query_range", expression, times)
        return self._read_all(Series.parse, result)

    def scraped(self, selector: str, seconds: float, *, at: float | None = None) -> list[Series]:
        """The samples of the last ``seconds`` as they were scraped, with their own times, those of stale series too."""
        time = {} if at is None else {"time": f"{at:.3f}"}
        _kind, result = self._evaluate("query", f"{selector}[{max(round(seconds * 1000), 1)}ms]", time)
        return self._read_all(Series.parse, result)

    def targets(self) -> list[ScrapedTarget]:
        """What it scrapes. For seconds after the start it is nothing: it collects its targets every five."""
        data = self._api.data("targets", {"state": "active"})
        return self._read_all(ScrapedTarget.parse, data.get("activeTargets") if isinstance(data, dict) else None)

    def dropped(self) -> list[Mapping[str, str]]:
        """The discovered labels of what relabelling drops."""
        data = self._api.data("targets", {"state": "dropped"})
        found = data.get("droppedTargets", []) if isinstance(data, dict) else None  # before 2.3 nobody says
        return self._read_all(discovered_labels, found)

    def metadata(self, metric: str = "") -> Mapping[str, tuple[Metadata, ...]]:
        """Type and help of the metrics, or of the one, as its targets have them: they may disagree.

        Raises :class:`~.errors.PrometheusLacks` for a Prometheus before 2.15.
        """
        data = self._api.data("metadata", {"metric": metric} if metric else {})
        if not isinstance(data, dict):
            raise self._no_prometheus("data is no object")
        return {name: tuple(self._read_all(Metadata.parse, entries)) for name, entries in data.items()}

    def names(self) -> list[str]:
        """The names of all metrics that it has, those of stale series too."""
        data = self._api.data("label/__name__/values")
        if not isinstance(data, list):
            raise self._no_prometheus("data is no list")
        return [name for name in data if isinstance(name, str)]

    def configuration(self) -> str:
        """The configuration that it runs with, in YAML, with every default written out."""
        data = self._api.data("status/config", max_body=MAX_SMALL)
        if not isinstance(data, dict) or not isinstance(data.get("yaml"), str):
            raise self._no_prometheus("data has no yaml")
        return str(data["yaml"])

    def interval(self) -> float:
        """The longest time between two scrapes of a target, in seconds."""
        known = [target.interval for target in self.targets()]
        if not known or None in known:  # before 2.28; every job has it written out there
            lines = (line.strip().partition(": ") for line in self.configuration().splitlines())
            known = [parse_duration(value) for key, _colon, value in lines if key == "scrape_interval"]
        return max((each for each in known if each is not None), default=_DEFAULT_INTERVAL)

    def version(self) -> str | None:
        """What it says it is; ``None`` before 2.14. To be shown, and nothing else."""
        try:
            data = self._api.data("status/buildinfo", max_body=MAX_SMALL)
        except PrometheusLacks:
            return None
        version = data.get("version") if isinstance(data, dict) else None
        return excerpt(version) if isinstance(version, str) else None

    def is_ready(self) -> bool:
        """Whether it answers queries already. What answers there may be something else: only a query shows that."""
        return self._api.get("-/ready", {}, MAX_SMALL).status == 200

    def wait_until_ready(self, deadline: Deadline, watch: Callable[[], None] = lambda: None) -> None:
        """Wait until it answers a query. ``watch`` is called at every look, and raises to end the waiting."""

        def look(prometheus: PrometheusServer) -> bool:
            watch()
            prometheus.query("vector(1)")
            return True

        self.wait_for(look, deadline)

    def wait_for(self, condition: Callable[[PrometheusServer], Value], deadline: Deadline) -> Value:
        """What ``condition`` returns, as soon as it is neither ``None`` nor false; the last of it at the deadline.

        What may pass, as while the server starts, is waited for too, and raised at the deadline.
        """
        failure: PrometheusError | None = None
        value: Value | None = None
        for _attempt in deadline.attempts(longest_pause=0.5):
            try:
                value = condition(self)
            except PrometheusError as error:
                if not error.may_pass:
                    raise
                failure = error
                continue
            if value:
                return value
            failure = None
        if failure is not None:
            raise failure
        return value  # type: ignore[return-value]  # there was at least one attempt, and it did not fail

    def _evaluate(self, path: str, expression: str, parameters: Mapping[str, str]) -> tuple[str, Any]:
        data = self._api.data(path, {"query": expression, **parameters}, expression)
        match data:
            case {"resultType": str(kind), "result": list(result)}:
                return kind, result
        raise self._no_prometheus("data has no result")

    def _read(self, parse: Callable[[object], Value], data: object) -> Value:
        try:
            return parse(data)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._no_prometheus(str(error)) from None

    def _read_all(self, parse: Callable[[object], Value], data: object) -> list[Value]:
        if not isinstance(data, list):
            raise self._no_prometheus("data is no list")
        return [self._read(parse, each) for each in data]

    def _no_prometheus(self, why: str) -> NotPrometheus:
        return NotPrometheus(self._api.host, why)
