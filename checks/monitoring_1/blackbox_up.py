"""The item monitoring-1/blackbox-up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pytest_dockerlab.checks.monitoring_1._asking import (
    TARGETS_UP,
    asking,
    not_started,
    require_own_configuration,
    time_for,
    wait_for,
    why_missing,
)
from pytest_dockerlab.checks.monitoring_1._series import host_of
from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.submission.scan.roles import APPLICATION, role_of_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dockerlab.course import Course
    from pytest_dockerlab.monitoring.answers import ScrapedTarget
    from pytest_dockerlab.monitoring.project import MonitoredProject
    from pytest_dockerlab.monitoring.server import PrometheusServer
    from pytest_dockerlab.submission.submission import Submission

_SUCCESS, _STATUS = "probe_success", "probe_http_status_code"
_METRICS = "monitoring-1/metrics"
_NOT_WELL = 500


@check(
    "monitoring-1/blackbox-up",
    "every probe of ui, comment and post succeeds",
    level="optional",
    tier="app",
    needs=["monitoring-1/blackbox", Need.COMPOSE, Need.ENGINE],
    told_by=["monitoring-1/build", "monitoring-1/prometheus-service", TARGETS_UP, _METRICS],
    endpoint=Need.PROMETHEUS_URL,
)
def blackbox_up(submission: Submission, monitored: MonitoredProject, hw_course: Course) -> None:
    targets: list[ScrapedTarget] = []
    values: dict[tuple[str, str], dict[str, float]] = {}

    def are_well(prometheus: PrometheusServer) -> bool:
        targets[:] = prometheus.targets()
        values.clear()
        for sample in prometheus.query(f'{{__name__=~"{_SUCCESS}|{_STATUS}"}}'):
            key = sample.job, sample.labels.get("instance", "")
            values.setdefault(key, {})[sample.name] = sample.value
        if not any(_is_probe(target, values) for target in targets):
            return bool(targets) and all(target.health != "unknown" for target in targets)
        return not _problems(targets, values)

    with asking():
        wait_for(monitored, are_well, time_for(monitored, hw_course, scrapes=3))
    probes = [target for target in targets if _is_probe(target, values)]
    if not probes:
        require_own_configuration(submission, monitored)
        _nothing(targets)
    note("probes", {probed(target): values.get((target.job, target.instance), {}) for target in probes})
    down = [target for target in probes if not target.is_up]
    if missing := [target for target in down if why_missing(monitored, target) is not None]:
        raise not_started(monitored, missing)
    problems = _problems(targets, values)
    if problems and _are_only_unwell(monitored, len(problems), targets, values):
        raise Unverified(_("the services that are probed are not well"), told_by=_METRICS, findings=problems)
    report(problems)
    if down:
        findings = [
            Finding(_("{target} is probed", target=probed(target)), target.last_error, None, _("see the blackbox job"))
            for target in down
        ]
        raise Unverified(_("not every probe is asked"), told_by=TARGETS_UP, findings=findings)


def _are_only_unwell(
    project: MonitoredProject,
    problems: int,
    targets: list[ScrapedTarget],
    values: Mapping[tuple[str, str], Mapping[str, float]],
) -> bool:
    """Whether all that is wrong is that services answer, that they are not well, and say so to Prometheus too."""
    said = [values.get((target.job, target.instance), {}).get(_STATUS, 0) for target in targets if target.is_up]
    return sum(status >= _NOT_WELL for status in said) == problems and bool(
        project.prometheus.query('{__name__=~".+_health"} == 0')
    )


def _problems(targets: list[ScrapedTarget], values: Mapping[tuple[str, str], Mapping[str, float]]) -> list[Finding]:
    """What is wrong with the probes that are asked."""
    findings = []
    probes = [target for target in targets if _is_probe(target, values)]
    for target in probes:
        if not target.is_up:
            continue
        what = probed(target)
        value = values.get((target.job, target.instance), {})
        success, status = value.get(_SUCCESS), value.get(_STATUS)
        if success is None:
            found: object = _("the target {target} has no probe_success", target=target.scrape_url)
            hint = _("metrics_path is /probe, with a target and a module")
            findings.append(Finding(_("{target} is probed", target=what), found, None, hint))
        elif success != 1 or status not in (None, 200):
            found = f"probe_success {success:g}" + (
                f", probe_http_status_code {status:g}" if status is not None else ""
            )
            findings.append(Finding(_("the probe of {target} succeeds", target=what), found, None, _hint(status)))
    known = {role_of_name(host_of(probed(target))) for target in probes}
    for role in APPLICATION:
        if role not in known:
            findings.append(
                Finding(
                    _("{service} is probed", service=str(role)),
                    _("probed are {targets}", targets=[probed(target) for target in probes]),
                    None,
                    _("add it to the targets of the blackbox job"),
                )
            )
    return findings


def _hint(status: float | None) -> Message:
    if status == 0:
        return _("nobody answers there: correct the host, the port and the scheme of the target")
    if status is not None:
        return _("probe a page that answers 200: /healthcheck of post and comment, / of ui")
    return _("see the probe's own words: http://BLACKBOX:9115/probe?target=…&module=…&debug=true")


def probed(target: ScrapedTarget) -> str:
    """What a probe is about: the parameter ``target`` of what Prometheus asks, whatever the instance is called."""
    return parse_qs(urlsplit(target.scrape_url).query).get("target", [target.instance])[0]


def _is_probe(target: ScrapedTarget, values: Mapping[tuple[str, str], Mapping[str, float]]) -> bool:
    query = parse_qs(urlsplit(target.scrape_url).query)
    return _SUCCESS in values.get((target.job, target.instance), {}) or "target" in query or "module" in query


def _nothing(targets: list[ScrapedTarget]) -> None:
    """Why there are no probes: another prober, which has other metrics, or none."""
    if any("cloudprober" in f"{each.job} {each.instance} {each.scrape_url}".lower() for each in targets):
        raise Unverified(
            _("the services are probed by cloudprober, whose metrics are not read here"),
            _("see them in Prometheus: success and total of every probe"),
        )
    raise NotAttempted(_("Prometheus scrapes no probes"))
