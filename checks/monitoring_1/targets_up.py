"""The item monitoring-1/targets-up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_dockerlab.checks.monitoring_1._asking import (
    asking,
    exported,
    jobs_not_running,
    not_started,
    time_for,
    wait_for,
    why_missing,
)
from pytest_dockerlab.checks.monitoring_1._places import place_of
from pytest_dockerlab.findings import Finding, Location, Mismatch, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.monitoring.down import is_about_the_format, is_about_the_way, remedy_of
from pytest_dockerlab.net.deadline import Deadline

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.monitoring.answers import ScrapedTarget
    from pytest_dockerlab.monitoring.project import MonitoredProject
    from pytest_dockerlab.monitoring.server import PrometheusServer
    from pytest_dockerlab.submission.submission import Submission

_IMAGE, _RESOLVE, _SCRAPE = "monitoring-1/prometheus-image", "monitoring-1/targets-resolve", "monitoring-1/scrape"
_DISCOVERED = 20.0
"""Seconds after which Prometheus has the targets of all jobs: it passes them on every five."""


@check(
    "monitoring-1/targets-up",
    "Prometheus answers and every target is up",
    tier="app",
    needs=["monitoring-1/config", Need.COMPOSE, Need.ENGINE],
    told_by=["monitoring-1/build", "monitoring-1/prometheus-service", _IMAGE, _RESOLVE, _SCRAPE],
    endpoint=Need.PROMETHEUS_URL,
)
def targets_up(submission: Submission, monitored: MonitoredProject, hw_course: Course) -> None:
    with asking():
        deadline = time_for(monitored, hw_course, scrapes=3)
        if others := jobs_not_running(submission, monitored):
            raise _other_configuration(submission, others)
        targets = _settled(submission, monitored, deadline)
        note("Prometheus", monitored.prometheus.version())
    note("targets", {f"{target.job} {target.instance}": target.health for target in targets})
    down = [target for target in targets if not target.is_up]
    missing = [target for target in down if why_missing(monitored, target) is not None]
    wrong = [_finding(submission, monitored, target) for target in down if target not in missing]
    if not targets:
        hint = _("see scrape_configs in the configuration that runs: Status → Configuration")
        wrong = [Finding(_("Prometheus scrapes something"), _("it has no targets"), None, hint)]
    if missing and not wrong:
        raise not_started(monitored, missing)
    if not wrong or not monitored.is_ours:
        report(wrong)
        return
    # What its own files show, another item has told of them; in a project that is up already runs who knows what.
    teller = _RESOLVE if all(is_about_the_way(each.last_error) for each in down if each not in missing) else _SCRAPE
    raise Unverified(_("not every target is up"), told_by=teller, findings=wrong)


def _other_configuration(submission: Submission, jobs: list[str]) -> Unverified:
    path = submission.prometheus.path
    finding = Finding(
        _("Prometheus runs with {file}", file=path),
        _("it has no job {jobs}", jobs=jobs),
        Location(path),
        _("copy or mount it where Prometheus reads it: /etc/prometheus/prometheus.yml, or what --config.file says"),
    )
    return Unverified(_("Prometheus runs with another configuration"), told_by=_IMAGE, findings=[finding])


def _settled(submission: Submission, project: MonitoredProject, deadline: Deadline) -> list[ScrapedTarget]:
    """The targets once all are up, else at the deadline.

    After its start Prometheus has none for seconds, and then those of some jobs before those of others.
    """
    latest: list[ScrapedTarget] = []
    jobs = _jobs(submission) if project.is_ours else set()
    discovered = Deadline(_DISCOVERED)  # relabelling may drop all targets of a job

    def are_up(prometheus: PrometheusServer) -> bool:
        latest[:] = prometheus.targets()
        are_there = jobs <= {target.pool for target in latest} or discovered.is_over
        return (
            bool(latest) and are_there and all(each.is_up or why_missing(project, each) is not None for each in latest)
        )

    wait_for(project, are_up, deadline)
    return latest


def _jobs(submission: Submission) -> set[str]:
    try:
        return {job.name for job in submission.prometheus.jobs if job.targets}
    except (Mismatch, NotAttempted, Unverified):
        return set()


def _finding(submission: Submission, project: MonitoredProject, target: ScrapedTarget) -> Finding:
    found: object = target.last_error or _("it has not been scraped yet")
    if is_about_the_format(target.last_error):
        said = exported(project, target.job, urlsplit(target.scrape_url).path)
        if said is not None and not said[0]:
            found = _("{error}; asked from here: {why}", error=target.last_error, why=said[1])
    expected = _("the target {target} of the job {job} is up", target=target.instance, job=target.job)
    at = _place(submission, target) if project.is_ours else None
    return Finding(expected, found, at, remedy_of(target.last_error))


def _place(submission: Submission, target: ScrapedTarget) -> Location | None:
    """Where the target stands in the submission."""
    try:
        return place_of(submission.prometheus, target)
    except (Mismatch, NotAttempted, Unverified):
        return None
