"""The monitored project as the items see it: its Prometheus, and where the scrape jobs lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.submission import Submission

TOLD_BY = "monitoring-1/prometheus-service"


def monitored_project(submission: Submission) -> ComposeProject:
    """The compose project. What is wrong with its files is told by monitoring-1/prometheus-service."""
    try:
        return submission.monitoring
    except Mismatch as refused:
        raise Unverified(
            _("the compose project cannot be read"),
            _("correct it first: see {item}", item=TOLD_BY),
            told_by=TOLD_BY,
            findings=[refused.finding],
        ) from None


def its_prometheus(submission: Submission) -> Service:
    """The service that is Prometheus. That there is none is told by monitoring-1/prometheus-service."""
    project = monitored_project(submission)
    service = submission.prometheus_service
    if service is None:
        raise Unverified(
            _("there is no service for Prometheus"),
            _("add it first: see {item}", item=TOLD_BY),
            told_by=TOLD_BY,
            at=project.location("services"),
        )
    return service
