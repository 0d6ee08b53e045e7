"""Where the scrape jobs lead, once their targets are relabelled, and the lines that say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.submission.prometheus.targets import documented_targets

if TYPE_CHECKING:
    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.submission.prometheus.configuration import PrometheusConfiguration
    from pytest_dockerlab.submission.prometheus.targets import FinalTarget
    from pytest_dockerlab.submission.submission import Submission


@dataclass(frozen=True, slots=True)
class Scraped:
    """The targets that are known; ``unknown`` says why those of the relabelled jobs are not."""

    targets: tuple[FinalTarget, ...]
    unknown: Unverified | None


def scraped(submission: Submission) -> Scraped:
    """The targets as Prometheus scrapes them; without promtool those of the jobs that it is not needed for."""
    try:
        return Scraped(submission.scrape_targets, None)
    except Unverified as unknown:
        plain = (job for job in submission.prometheus.jobs if not job.has_relabelling)
        return Scraped(tuple(target for job in plain for target in documented_targets(job)), unknown)


def place_of(configuration: PrometheusConfiguration, target: FinalTarget) -> Location:
    """The line that gives a target its address: that of a relabelling step, or its own."""
    if not target.job.has_relabelling:
        return target.static.location
    host = target.address.rpartition(":")[0]
    number = configuration.jobs.index(target.job)
    for step, each in enumerate(target.job.raw.get("relabel_configs") or ()):
        if each.get("replacement") in (target.address, host):
            return configuration.location("scrape_configs", number, "relabel_configs", step, "replacement")
    return target.static.location


def place_of_param(configuration: PrometheusConfiguration, target: FinalTarget) -> Location:
    """The line that says what is probed: the target itself, or ``params``."""
    number = configuration.jobs.index(target.job)
    if "target" in target.job.params:
        return configuration.location("scrape_configs", number, "params", "target")
    return target.static.location
