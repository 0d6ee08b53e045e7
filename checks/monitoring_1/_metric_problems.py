"""What is wrong with the metrics that a course wants, as Prometheus has them now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._series import is_from, shown, value_text
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.monitoring.errors import PrometheusLacks

if TYPE_CHECKING:
    from pytest_dockerlab.monitoring.answers import Sample, ScrapedTarget
    from pytest_dockerlab.monitoring.server import PrometheusServer
    from pytest_dockerlab.wanted_metrics import WantedMetric

__all__ = ["Problem", "look"]

_LATE = 5.0
"""Seconds that a scrape may take, beside the intervals."""
_MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a metric; ``found`` is ``None`` where there is none of it at all."""

    metric: WantedMetric
    expected: Message
    found: object
    hint: Message | None
    targets: Sequence[ScrapedTarget]
    """Those that it may come from."""


def look(prometheus: PrometheusServer, wanted: Sequence[WantedMetric]) -> list[Problem]:
    """What is wrong with the metrics now, the first thing of each."""
    names = "|".join(metric.name[:-1] + ".+" if metric.is_prefix else metric.name for metric in wanted)
    selector = f'{{__name__=~"{names}"}}'
    seconds = 3 * prometheus.interval() + _LATE
    view = _View(
        prometheus,
        prometheus.query(selector),
        {tuple(sorted(series.labels.items())) for series in prometheus.scraped(selector, seconds) if series.points},
        prometheus.targets(),
        seconds,
    )
    return [problem for metric in wanted if (problem := view.problem(metric)) is not None]


@dataclass(frozen=True, slots=True)
class _View:
    prometheus: PrometheusServer
    samples: Sequence[Sample]
    fresh: set[tuple[tuple[str, str], ...]]
    targets: Sequence[ScrapedTarget]
    seconds: float

    def problem(self, metric: WantedMetric) -> Problem | None:
        beginning = metric.name[:-1]
        there = [each for each in self.samples
                 if (each.name.startswith(beginning) if metric.is_prefix else each.name == metric.name)]  # fmt: skip
        if not there:
            return self._missing(metric)
        name, expected = metric.name, _("the metric {name} is there", name=metric.name)
        series = [each for each in there if metric.labels.items() <= each.labels.items()]
        if not series:
            return self._wrong(
                metric,
                _("the metric {name} has a series with {labels}", name=name, labels=shown(metric.labels)),
                [shown(each.labels) for each in there[:_MAX_SHOWN]],
                _("see which labels the service gives it, at its /metrics"),
            )
        if metric.is_single and len(series) > 1:
            return self._wrong(
                metric,
                _("the metric {name} has exactly one series", name=name),
                [shown(each.labels) for each in series[:_MAX_SHOWN]],
                _("scrape each service by one job, and once"),
            )
        if metric.job:
            series = [each for each in series if is_from(metric.job, each.labels)]
            if not series:
                return self._wrong(
                    metric,
                    _("the metric {name} comes from the job {job}", name=name, job=metric.job),
                    _("it comes from {jobs}", jobs=sorted({each.job for each in there})),
                    _("correct the targets of the jobs: each job scrapes the service that it is named after"),
                )
        fresh = [each for each in series if tuple(sorted(each.labels.items())) in self.fresh]
        if not fresh:
            return self._wrong(
                metric,
                expected,
                _("its last value is older than {seconds} s", seconds=f"{self.seconds:g}"),
                _("see Status → Targets in Prometheus: when was it scraped the last time?"),
            )
        return self._wrong_type(metric) or self._wrong_value(metric, fresh)

    def _wrong_type(self, metric: WantedMetric) -> Problem | None:
        if not metric.type:
            return None
        try:
            types = sorted({each.type for each in self.prometheus.metadata(metric.name).get(metric.name, ())})
        except PrometheusLacks:  # before 2.15 nobody can tell
            return None
        if not types or metric.type in types:
            return None
        expected = _("the metric {name} is a {type}", name=metric.name, type=metric.type)
        return self._wrong(metric, expected, types, _("see the line # TYPE at its /metrics"))

    def _wrong_value(self, metric: WantedMetric, series: Sequence[Sample]) -> Problem | None:
        name, hint = metric.name, _("see the log of the service that exports it")
        if metric.value is None:
            if any(not math.isnan(each.value) for each in series):
                return None
            return self._wrong(metric, _("the metric {name} has a value", name=name), "NaN", hint)
        wrong = [each for each in series if each.value != metric.value]
        if not wrong:
            return None
        return self._wrong(
            metric,
            _("the metric {name} is {value}", name=name, value=value_text(metric.value)),
            [f"{value_text(each.value)} {shown(each.labels)}" for each in wrong[:_MAX_SHOWN]],
            _("see the log of the service that exports it, and whether what it depends on is reachable"),
        )

    def _missing(self, metric: WantedMetric) -> Problem:
        return self._wrong(metric, _("the metric {name} is there", name=metric.name), None, None)

    def _wrong(self, metric: WantedMetric, expected: Message, found: object, hint: Message | None) -> Problem:
        may_have_it = [each for each in self.targets if not metric.job or is_from(metric.job, each.labels)]
        return Problem(metric, expected, found, hint, may_have_it)
