"""The item monitoring-1/metrics."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
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
from pytest_dockerlab.checks.monitoring_1._metric_problems import Problem, look
from pytest_dockerlab.findings import Finding, Unverified, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.monitoring.answers import ScrapedTarget
    from pytest_dockerlab.monitoring.project import MonitoredProject
    from pytest_dockerlab.monitoring.server import PrometheusServer
    from pytest_dockerlab.submission.submission import Submission

_JOBS, _NODE = "monitoring-1/jobs", "monitoring-1/node-exporter"
_ANOTHER = 5.0
"""Seconds for what may be there though another configuration runs."""
_LOOK_BACK = 3600.0
"""Seconds for which a series that has ended is looked for."""


@check(
    "monitoring-1/metrics",
    "the metrics of ui, comment and the node have values",
    tier="app",
    needs=["monitoring-1/config", Need.COMPOSE, Need.ENGINE],
    told_by=["monitoring-1/build", "monitoring-1/prometheus-service", _JOBS, _NODE, TARGETS_UP],
    endpoint=Need.PROMETHEUS_URL,
)
def metrics(submission: Submission, monitored: MonitoredProject, hw_course: Course) -> None:
    if not hw_course.metrics:
        raise Unverified(_("the course file wants no metric"))
    problems: list[Problem] = []
    missing: list[ScrapedTarget] = []

    def are_there(prometheus: PrometheusServer) -> bool:
        found = [(each, _not_started(each, monitored)) for each in look(prometheus, hw_course.metrics)]
        problems[:] = [problem for problem, targets in found if not targets]
        missing[:] = [target for _problem, targets in found for target in targets]
        return not problems

    with asking():
        deadline = time_for(monitored, hw_course, scrapes=3)
        others = jobs_not_running(submission, monitored)
        wait_for(monitored, are_there, deadline.sooner(_ANOTHER) if others else deadline)
        told = [(_teller(problem, monitored, others), _finding(problem, monitored)) for problem in problems]
    report(finding for teller, finding in told if teller is None)
    for teller, _first in told:
        if teller is not None:
            findings = [finding for teller, finding in told if teller is not None]
            raise Unverified(_("not every metric can be there"), told_by=teller, findings=findings)
    if missing and not told:
        raise not_started(monitored, missing)


def _not_started(problem: Problem, project: MonitoredProject) -> list[ScrapedTarget]:
    """The targets that were not started, where the metric may come from these and is not there."""
    is_missing = problem.found is None
    return [
        each for each in problem.targets if is_missing and not each.is_up and why_missing(project, each) is not None
    ]


def _teller(problem: Problem, project: MonitoredProject, jobs_not_running: Sequence[str]) -> str | None:
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


def _finding(problem: Problem, project: MonitoredProject) -> Finding:
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
