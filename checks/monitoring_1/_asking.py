"""How the checks of this homework ask a Prometheus, and how long they wait for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pytest_dockerlab.activity import working_on
from pytest_dockerlab.findings import Finding, Mismatch, NotAttempted, Unverified
from pytest_dockerlab.messages import _
from pytest_dockerlab.monitoring.errors import PrometheusError
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.submission.scan.roles import role_of_name

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.monitoring.answers import Sample, ScrapedTarget
    from pytest_dockerlab.monitoring.project import MonitoredProject
    from pytest_dockerlab.monitoring.server import PrometheusServer
    from pytest_dockerlab.submission.submission import Submission

__all__ = [
    "TARGETS_UP",
    "asking",
    "exported",
    "jobs_not_running",
    "not_started",
    "require_own_configuration",
    "time_for",
    "wait_for",
    "why_missing",
]

TARGETS_UP = "monitoring-1/targets-up"
_READY, _SETTLED = 2.0, 10.0
"""Seconds for a Prometheus that is up already to answer, and for what it sees; with the second we are never less
patient."""

Value = TypeVar("Value")


@contextlib.contextmanager
def asking() -> Iterator[None]:
    """What a Prometheus does wrong that answers no questions is a finding, and told once: by the item for that."""
    try:
        yield
    except PrometheusError as error:
        if not error.is_server:
            raise  # our way to it: nobody's fault
        finding = Finding(_("Prometheus answers"), error.reason, None, error.remedy)
        raise Unverified(error.reason, error.remedy, told_by=TARGETS_UP, findings=[finding]) from error


def time_for(project: MonitoredProject, course: Course, *, scrapes: int) -> Deadline:
    """The time until something is seen that so many scrapes show: an application that we started may not be up yet."""
    ready, settled = _READY, _SETTLED
    if project.is_ours:
        ready = course.seconds_for("up")
        settled = max(ready - project.age, min(ready, _SETTLED))
    project.prometheus.wait_until_ready(Deadline(ready), project.watch)
    return Deadline(settled + scrapes * project.prometheus.interval())


def wait_for(project: MonitoredProject, condition: Callable[[PrometheusServer], Value], deadline: Deadline) -> Value:
    """What ``condition`` returns, once it is true, else at the deadline; meanwhile no container may end."""

    def look(prometheus: PrometheusServer) -> Value:
        project.watch()
        return condition(prometheus)

    with working_on(_("Prometheus is asked until it has seen what is waited for")):
        return project.prometheus.wait_for(look, deadline)


def jobs_not_running(submission: Submission, project: MonitoredProject) -> list[str]:
    """The jobs of the submission's configuration that the Prometheus of its project does not have.

    None where something fills the configuration in: then the file says little, and of what is up already nothing.
    """
    if not project.is_ours or submission.prometheus_files.is_template:
        return []
    try:
        configured = [job.name for job in submission.prometheus.jobs]
    except (Mismatch, NotAttempted, Unverified):  # another item says so
        return []
    lines = (line.strip("- \t").partition(": ") for line in project.prometheus.configuration().splitlines())
    running = {value.strip("\"'") for key, _colon, value in lines if key == "job_name"}
    return [name for name in configured if name not in running]


def require_own_configuration(submission: Submission, project: MonitoredProject) -> None:
    """Raise ``Unverified`` where Prometheus has not the submission's jobs: that is told by the item for targets."""
    if jobs_not_running(submission, project):
        raise Unverified(_("Prometheus runs with another configuration"), told_by=TARGETS_UP)


def why_missing(project: MonitoredProject, target: ScrapedTarget) -> Message | None:
    """Why what the target asks was not started, through nobody's fault; ``None`` where it was."""
    return project.missing.get(urlsplit(target.scrape_url).hostname or "")


def not_started(project: MonitoredProject, targets: Sequence[ScrapedTarget]) -> Unverified:
    """For what only these targets could show, none of which was started."""
    return Unverified(
        _("what the jobs {jobs} ask was not started here: {why}", jobs=sorted({each.job for each in targets}),
          why=why_missing(project, targets[0])),
        _("start the project where its images are, and give its Prometheus with --hw-prometheus-url"),
    )  # fmt: skip


def exported(project: MonitoredProject, job: str, path: str = "/metrics") -> tuple[list[Sample], Message] | None:
    """What the service that a job is named after says itself, and where or why not; ``None`` where it is not published.

    Only to explain: it is judged by what Prometheus has.
    """
    from pytest_dockerlab.monitoring.exposition import NoExposition, read_exposition

    role = role_of_name(job)
    try:
        base = project.url(role) if role is not None else None
    except (Mismatch, Unverified):  # another item says why it cannot be reached
        base = None
    if base is None:
        return None
    url = f"{base.rstrip('/')}{path}"
    try:
        return read_exposition(url), _("{url}", url=url)
    except NoExposition as error:
        return [], error.reason
