"""Whether an exporter is scraped."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._project import its_prometheus, monitored_project
from pytest_dockerlab.checks.monitoring_1._reach import View, split_address
from pytest_dockerlab.checks.monitoring_1._targets import scraped
from pytest_dockerlab.checks.monitoring_1.targets_resolve import finding_of, wrong_targets
from pytest_dockerlab.findings import Unverified, expect, note
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.prometheus.exporters import ExporterKind, kind_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.submission.prometheus.configuration import ScrapeJob
    from pytest_dockerlab.submission.prometheus.exporters import Exporter
    from pytest_dockerlab.submission.submission import Submission

TOLD_BY_TARGETS = "monitoring-1/targets-resolve"
_OF_JOBS = {ExporterKind.NODE: ("node",), ExporterKind.MONGODB: ("mongo", "db"), ExporterKind.CLOUDPROBER: ("prober",)}
"""What the names of their jobs have in them."""


def report_job(submission: Submission, exporters: Sequence[Exporter], kind: ExporterKind) -> None:
    """Leave a finding where no job scrapes one of the exporters.

    A job that is meant to, and whose target leads nowhere, is told by monitoring-1/targets-resolve.
    """
    view = View(submission, monitored_project(submission), its_prometheus(submission))
    names = {each.service.name for each in exporters}
    found = scraped(submission)
    wrong = {each.target.address: each for each in wrong_targets(submission, view, found)}
    jobs = [each for each in found.targets if view.services(split_address(each.address).host) & names]
    right = [each for each in jobs if each.address not in wrong]
    if any(each.service.network_mode == "host" for each in exporters):  # then it has no name: the docker host has one
        ports = {port for each in exporters for port in each.ports}
        places = ((each, split_address(each.address)) for each in found.targets)
        right += [each for each, place in places if view.is_outside(place.host) and place.port in ports]
    if right:
        note("jobs", list(dict.fromkeys(each.job.name for each in right)))
        return
    discovering = [job for job in submission.prometheus.jobs if job.discovery]
    named = [job.name for job in discovering if any(_is_named(job, name) for name in names)]
    if named:
        note("jobs", named)
        return
    for each in wrong.values():
        host = split_address(each.target.address).host
        words = _OF_JOBS.get(kind, (str(kind),))
        meant = view.services(host) & names or kind_of_name(host) is kind
        if meant or any(word in name.lower() for name in each.jobs for word in words):
            raise Unverified(
                _("job {jobs} does not reach {address}", jobs=each.jobs, address=each.target.address),
                _("correct it first: see {item}", item=TOLD_BY_TARGETS),
                told_by=TOLD_BY_TARGETS,
                findings=[finding_of(submission, view, each)],
            )
    if found.unknown is not None:
        raise found.unknown
    if discovering:
        raise undecided(discovering)
    configuration = submission.prometheus
    address = f"{exporters[0].service.name}:{exporters[0].port}"
    expect(
        False,
        _("a job scrapes {service}", service=sorted(names)),
        found=[each.name for each in configuration.jobs],
        at=configuration.location("scrape_configs"),
        hint=_("add a job to scrape_configs with the target {address}", address=address),
    )


def undecided(jobs: Sequence[ScrapeJob]) -> Unverified:
    """That nobody knows here what some jobs scrape."""
    return Unverified(
        _(
            "job {jobs} finds its targets by service discovery, which is not looked into",
            jobs=[job.name for job in jobs],
        ),
        _("ask the Prometheus that runs: --hw-prometheus-url"),
        at=jobs[0].location,
    )


def _is_named(job: ScrapeJob, name: str) -> bool:
    """Whether service discovery is told of a service by its name, as in ``dns_sd_configs``."""
    told = json.dumps([job.raw[key] for key in job.discovery if key in job.raw])
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", told) is not None
