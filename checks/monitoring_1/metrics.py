"""The item monitoring-1/metrics."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._asking import (
    TARGETS_UP,
    asking,
    exported,
    jobs_not_running,
    not_started,
    time_for,
    wait_for,
    why_missing,
)
from pytest_dockerlab.checks.monitoring_1._series import is_from, shown, value_text
from pytest_dockerlab.findings import Finding, Unverified, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.monitoring.errors import PrometheusLacks

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.monitoring.answers import Sample, ScrapedTarget
    from pytest_dockerlab.monitoring.project import MonitoredProject
    from pytest_dockerlab.monitoring.server import PrometheusServer
    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.wanted_metrics import WantedMetric

_JOBS, _NODE = "monitoring-1/jobs", "monitoring-1/node-exporter"
_LATE = 5.0
"""Seconds that a scrape may take, beside the intervals."""
_LOOK_BACK = 3600.0
"""Seconds for which a series that has ended is looked for."""
_MAX_SHOWN = 5


@check(
    "monitoring-1/metrics",
    "the metrics of ui, comment and the node have values",
    tier="app",
    needs=["monitoring-1/config", Need.COMPOSE, Need.ENGINE],
    told_by=["monitoring-1/build", "monitoring-1/prometheus-service", _JOBS, _NODE, TARGETS_UP],
    endpoint=Need.PROMETHEUS_URL,
)
def metrics(submission: Submission, monitored: MonitoredProject, hw_course: Course) -> None:
    problems: list[_Problem] = []
    missing: list[ScrapedTarget] = []

    def are_there(prometheus: PrometheusServer) -> bool:
        found = [(each, _not_started(each, monitored)) for each in _look(prometheus, hw_course.metrics)]
        problems[:] = [problem for problem, targets in found if not targets]
        missing[:] = [target for _problem, targets in found for target in targets]
        return not problems

    with asking():
        wait_for(monitored, are_there, time_for(monitored, hw_course, scrapes=3))
        others = jobs_not_running(submission, monitored)
        told = [(_teller(problem, monitored, others), _finding(problem, monitored)) for problem in problems]
    report(finding for teller, finding in told if teller is None)
    for teller, _first in told:
        if teller is not None:
            findings = [finding for teller, finding in told if teller is not None]
            raise Unverified(_("not every metric can be there"), told_by=teller, findings=findings)
    if missing and not told:
        raise not_started(monitored, missing)


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong with a metric; ``found`` is ``None`` where there is none of it at all."""

    metric: WantedMetric
    expected: Message
    found: object
    hint: Message | None
    targets: Sequence[ScrapedTarget]
    """Those that it may come from."""


def _look(prometheus: PrometheusServer, wanted: Sequence[WantedMetric]) -> list[_Problem]:
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

    def problem(self, metric: WantedMetric) -> _Problem | None:
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

    def _wrong_type(self, metric: WantedMetric) -> _Problem | None:
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

    def _wrong_value(self, metric: WantedMetric, series: Sequence[Sample]) -> _Problem | None:
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

    def _missing(self, metric: WantedMetric) -> _Problem:
        return self._wrong(metric, _("the metric {name} is there", name=metric.name), None, None)

    def _wrong(self, metric: WantedMetric, expected: Message, found: object, hint: Message | None) -> _Problem:
        may_have_it = [each for each in self.targets if not metric.job or is_from(metric.job, each.labels)]
        return _Problem(metric, expected, found, hint, may_have_it)


def _not_started(problem: _Problem, project: MonitoredProject) -> list[ScrapedTarget]:
    """The targets that were not started, where the metric may come from these and is not there."""
    is_missing = problem.found is None
    return [
        each for each in problem.targets if is_missing and not each.is_up and why_missing(project, each) is not None
    ]


def _teller(problem: _Problem, project: MonitoredProject, jobs_not_running: Sequence[str]) -> str | None:
    """The item that tells why a metric is not there, if one does."""
    if problem.found is not None:
        return None
    if any(not target.is_up for target in problem.targets) or (jobs_not_running and not problem.targets):
        return TARGETS_UP
    if not project.is_ours:
        return None
    if problem.metric.job:
        return _JOBS if not problem.targets else None
    return _NODE if problem.metric.name.startswith("node_") else None


def _finding(problem: _Problem, project: MonitoredProject) -> Finding:
    if problem.found is not None:
        return Finding(problem.expected, problem.found, None, problem.hint)
    metric, prometheus = problem.metric, project.prometheus
    down = [target for target in problem.targets if not target.is_up]
    if down:
        found = _("the target {target} is not up: {why}", target=down[0].instance, why=down[0].last_error or "?")
        return Finding(problem.expected, found, None, _("when the target is up, the metric is there"))
    if metric.job and not problem.targets:
        found = _("no target is scraped by a job for {job}", job=metric.job)
        return Finding(problem.expected, found, None, _("add a job for it to scrape_configs"))
    said = exported(project, metric.job)
    if said is not None and any(sample.name == metric.name for sample in said[0]):
        found = _("the service has it at {url}, and Prometheus has not", url=said[1])
        return Finding(problem.expected, found, None, _("correct the targets and metrics_path of its job"))
    if any(series.points for series in prometheus.scraped(metric.selector, _LOOK_BACK)):
        found = _("it was there, and its target does not export it any more")
        return Finding(problem.expected, found, None, _("see the log of the service: was it restarted or changed?"))
    near = difflib.get_close_matches(metric.name.rstrip("*"), prometheus.names(), n=3, cutoff=0.6)
    found = _("no such metric; near names: {near}", near=near) if near else _("no such metric")
    if metric.job:
        where = _("see what the service exports at {urls}", urls=[target.scrape_url for target in problem.targets[:3]])
    else:
        where = _("see Status → Targets in Prometheus: is what exports it scraped?")
    return Finding(problem.expected, found, None, where)
