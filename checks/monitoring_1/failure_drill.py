"""The item monitoring-1/failure-drill."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_dockerlab.activity import working_on
from pytest_dockerlab.checks.monitoring_1._asking import TARGETS_UP, asking, time_for, wait_for
from pytest_dockerlab.checks.monitoring_1._series import is_from, shown, value_text
from pytest_dockerlab.findings import Finding, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.net.deadline import Deadline

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.monitoring.project import MonitoredProject
    from pytest_dockerlab.monitoring.server import PrometheusServer
    from pytest_dockerlab.wanted_metrics import WantedMetric

_METRICS = "monitoring-1/metrics"
_DATABASE = "database"
_SCRAPES = 4
"""From the one that sees a service that is not well, by way of those that ask it, to the one that shows that."""


@check(
    "monitoring-1/failure-drill",
    "the health metrics react to a stopped database",
    tier="app",
    needs=["monitoring-1/config", Need.COMPOSE, Need.ENGINE],
    told_by=["monitoring-1/build", "monitoring-1/prometheus-service", TARGETS_UP, _METRICS],
    endpoint=Need.PROMETHEUS_URL,
)
def failure_drill(monitored: MonitoredProject, hw_course: Course) -> None:
    from pytest_dockerlab.monitoring.drill import stopped

    wanted = [metric for metric in hw_course.metrics if _DATABASE in metric.when_stopped]
    if not wanted:
        raise Unverified(_("the course file names no metric that reacts to a stopped {role}", role=_DATABASE))
    with asking():
        at_rest = time_for(monitored, hw_course, scrapes=_SCRAPES)
        interval = monitored.prometheus.interval()
        drill = _Drill(monitored, wanted, hw_course.seconds_for("up") + _SCRAPES * interval)
        if problems := drill.wait_for(drill.well, at_rest, _well):
            raise Unverified(_("not everything is well before the drill"), told_by=_METRICS, findings=problems)
        begun = drill.now()
        with working_on(_("the {role} is stopped, and started again afterwards", role=_DATABASE)):
            with stopped(monitored, _DATABASE):
                at = drill.now()
                report(drill.wait_for(drill.hit, Deadline(drill.seconds), _hit))
                until = drill.now()
            report(drill.wait_for(drill.well, Deadline(drill.seconds), _well_again))
        note("drill", {"stopped": at, "started": until, "series": drill.series(begun - interval)})


class _Drill:
    """The metrics that react, and what they have to become."""

    def __init__(self, project: MonitoredProject, wanted: Sequence[WantedMetric], seconds: float) -> None:
        self._project = project
        self._wanted = wanted
        self.seconds = seconds
        self.well = {metric.name: metric.value for metric in wanted if metric.value is not None}
        self.hit = {metric.name: metric.when_stopped[_DATABASE] for metric in wanted}
        self._selector = f'{{__name__=~"{"|".join(self.well)}"}}'

    def now(self) -> float:
        """The time on the server's clock."""
        return self._project.prometheus.query("time()")[0].value

    def wait_for(
        self,
        expected: Mapping[str, float],
        deadline: Deadline,
        said: Callable[[str, str], tuple[Message, Message]],
    ) -> list[Finding]:
        """What the metrics still are not at the deadline."""
        differing: dict[str, list[str]] = {}

        def are_all(prometheus: PrometheusServer) -> bool:
            values = self._values(prometheus)
            differing.clear()
            for name, value in expected.items():
                if not values[name] or any(each != value for each in values[name]):
                    differing[name] = [value_text(each) for each in values[name]]
            return not differing

        wait_for(self._project, are_all, deadline)
        findings = []
        for name, values in differing.items():
            wanted, hint = said(name, value_text(expected[name]))
            findings.append(Finding(wanted, values or self._why_none(), None, hint))
        return findings

    def series(self, since: float) -> dict[str, list[tuple[float, float | None]]]:
        """What was scraped since then, times and values: by the metric's name, with labels where it has several."""
        now = self.now()
        found = [each for each in self._project.prometheus.scraped(self._selector, now - since, at=now)
                 if self._is_wanted(each.name, each.labels)]  # fmt: skip
        names = Counter(each.name for each in found)
        return {
            each.name + (shown(each.labels) if names[each.name] > 1 else ""): [
                (round(when, 1), value if math.isfinite(value) else None) for when, value in each.points
            ]
            for each in found
        }

    def _values(self, prometheus: PrometheusServer) -> dict[str, list[float]]:
        values: dict[str, list[float]] = {name: [] for name in self.well}
        for sample in prometheus.query(self._selector):
            if self._is_wanted(sample.name, sample.labels):
                values[sample.name].append(sample.value)
        return values

    def _is_wanted(self, name: str, labels: Mapping[str, str]) -> bool:
        return any(
            metric.name == name
            and metric.labels.items() <= labels.items()
            and (not metric.job or is_from(metric.job, labels))
            for metric in self._wanted
        )

    def _why_none(self) -> Message:
        down = [f"{target.instance}: {target.last_error}" for target in self._project.prometheus.targets()
                if not target.is_up and any(is_from(metric.job, target.labels) for metric in self._wanted)]  # fmt: skip
        if down:
            return _("it has no value: its target is not up ({targets})", targets=down)
        return _("it has no value")


def _well(name: str, value: str) -> tuple[Message, Message]:
    return (
        _("the metric {name} is {value}", name=name, value=value),
        _("see the log of the service that exports it, and whether what it depends on is reachable"),
    )


def _hit(name: str, value: str) -> tuple[Message, Message]:
    return (
        _("{name} becomes {value} while the {role} is stopped", name=name, value=value, role=_DATABASE),
        _("the healthcheck has to ask what the service depends on every time, with a timeout, and must not end it"),
    )


def _well_again(name: str, value: str) -> tuple[Message, Message]:
    return (
        _("{name} is {value} again when the {role} is started again", name=name, value=value, role=_DATABASE),
        _("the service has to connect again by itself: see its log"),
    )
