"""The item monitoring-1/mongodb-metrics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._asking import (
    TARGETS_UP,
    asking,
    not_started,
    require_own_configuration,
    time_for,
    wait_for,
    why_missing,
)
from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import Message, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.course import Course
    from pytest_dockerlab.monitoring.answers import Sample, ScrapedTarget
    from pytest_dockerlab.monitoring.project import MonitoredProject
    from pytest_dockerlab.monitoring.server import PrometheusServer
    from pytest_dockerlab.submission.submission import Submission

_UP = "mongodb_up"
_BUILD = "mongodb_exporter_build_info"
_ABOUT_ITSELF = "mongodb_exporter_"
_SHOWN = 5


@check(
    "monitoring-1/mongodb-metrics",
    "the MongoDB exporter is connected and has its metrics",
    level="optional",
    tier="app",
    needs=["monitoring-1/mongodb-exporter", Need.COMPOSE, Need.ENGINE],
    told_by=["monitoring-1/build", "monitoring-1/prometheus-service", TARGETS_UP],
    endpoint=Need.PROMETHEUS_URL,
)
def mongodb_metrics(submission: Submission, monitored: MonitoredProject, hw_course: Course) -> None:
    samples: list[Sample] = []
    targets: list[ScrapedTarget] = []

    def are_there(prometheus: PrometheusServer) -> bool:
        targets[:] = prometheus.targets()
        samples[:] = prometheus.query('{__name__=~"mongodb_.+"}')
        waited_for = [each for each in targets if _is_exporter(each) and why_missing(monitored, each) is None]
        is_nothing_to_come = bool(targets) and not waited_for and all(each.health != "unknown" for each in targets)
        return is_nothing_to_come or (bool(samples) and not _problems(samples))

    with asking():
        wait_for(monitored, are_there, time_for(monitored, hw_course, scrapes=3))
    note("metrics", len({each.name for each in samples}))
    if samples:
        report(_problems(samples))
    else:
        require_own_configuration(submission, monitored)
        _nothing(monitored, targets)


def _problems(samples: Sequence[Sample]) -> list[Finding]:
    away = [each for each in samples if each.name == _UP and each.value != 1]
    if away:
        return [
            Finding(
                _("mongodb_up is 1: the exporter is connected to the database"),
                [f"{each.value:g} {each.labels.get('instance', '')}".strip() for each in away],
                None,
                _("see the exporter's log; the URI of the database has to name a service on a network of both"),
            )
        ]
    if any(each.name != _UP and not each.name.startswith(_ABOUT_ITSELF) for each in samples):
        return []
    return [
        Finding(
            _("the exporter has metrics of the database beside mongodb_up"),
            sorted({each.name for each in samples})[:_SHOWN],
            None,
            _flag(next((each.labels.get("version", "") for each in samples if each.name == _BUILD), "")),
        )
    ]


def _flag(version: str) -> Message:
    """What makes Percona's exporter say more: its collectors became opt-in with 0.30."""
    number = re.match(r"v?(\d{1,3})\.(\d{1,3})", version)
    if number is None:
        return _(
            "see its log; mongodb_exporter from 0.30 on collects nothing more without --collect-all, and from 0.20 on "
            "the usual names need --compatible-mode"
        )
    if (int(number[1]), int(number[2])) >= (0, 30):
        return _("mongodb_exporter {version} collects nothing more without --collect-all", version=version)
    if (int(number[1]), int(number[2])) >= (0, 20):
        return _("mongodb_exporter {version} has the usual names with --compatible-mode; see its log", version=version)
    return _("see the log of mongodb_exporter {version}, and what its user may read", version=version)


def _nothing(project: MonitoredProject, targets: Sequence[ScrapedTarget]) -> None:
    """Why there is no metric at all: nobody scrapes such an exporter, or it is not up, or it says nothing."""
    exporters = [each for each in targets if _is_exporter(each)]
    if not exporters:
        raise NotAttempted(_("Prometheus scrapes no MongoDB exporter"))
    down = [each for each in exporters if not each.is_up]
    if missing := [each for each in down if why_missing(project, each) is not None]:
        raise not_started(project, missing)
    found: object = _("no metric begins with mongodb_")
    if down:
        found = _("the target {target} is not up: {why}", target=down[0].instance, why=down[0].last_error or "?")
    finding = Finding(
        _("the MongoDB exporter is connected and has its metrics"), found, None, _("see the exporter's log")
    )
    if down:
        raise Unverified(_("the MongoDB exporter is not up"), told_by=TARGETS_UP, findings=[finding])
    report([finding])


def _is_exporter(target: ScrapedTarget) -> bool:
    return "mongo" in f"{target.job} {target.instance} {target.scrape_url}".lower()
