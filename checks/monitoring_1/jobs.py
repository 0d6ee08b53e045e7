"""The item monitoring-1/jobs."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._who import ITSELF, Who
from pytest_dockerlab.findings import Finding, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.prometheus.configuration import PrometheusConfiguration, ScrapeJob
    from pytest_dockerlab.submission.submission import Submission

_WANTED = {ITSELF: "localhost:9090", Role.UI.value: "ui:9292", Role.COMMENT.value: "comment:9292"}
_PROBE = "/probe"
_TO_FILL_IN = ("$", "{{", "<%")


@check("monitoring-1/jobs", "Prometheus scrapes itself, ui and comment", needs=["monitoring-1/config"])
def jobs(submission: Submission, prometheus_configuration: PrometheusConfiguration) -> None:
    all_jobs = prometheus_configuration.jobs
    who = Who(submission)
    found = _scraped(all_jobs, who)
    missing = [each for each in _WANTED if each not in found]
    if missing and any(job.has_relabelling and job.targets for job in all_jobs):
        for target in submission.scrape_targets:
            if target.metrics_path != _PROBE:
                for name in who.names(target.address):
                    found.setdefault(name, target.job)
    for name in _WANTED:
        if name in found:
            note(name, f"{found[name].name} ({found[name].location})")
    discovered = sorted({kind for job in all_jobs for kind in job.discovery})
    if discovered:
        note("service discovery, which is not looked into", discovered)
    missing = [each for each in missing if each not in found]
    if missing and submission.prometheus_files.is_template and any(map(_is_to_fill_in, all_jobs)):
        raise Unverified(
            _("what fills in {path} decides whether {names} are scraped",
              names=missing, path=prometheus_configuration.path),
            _("ask the Prometheus that runs: --hw-prometheus-url"),
        )  # fmt: skip
    report(_problem(prometheus_configuration, who, each) for each in missing)


def _scraped(all_jobs: tuple[ScrapeJob, ...], who: Who) -> dict[str, ScrapeJob]:
    """The job that scrapes each, as far as it is told without relabelling."""
    found: dict[str, ScrapeJob] = {}
    for job in all_jobs:
        if not job.has_relabelling and job.metrics_path != _PROBE:
            for address in (*(each.address for each in job.targets), *_asked_of_dns(job)):
                for name in who.names(address):
                    found.setdefault(name, job)
    for job in all_jobs:
        # Its targets may be discovered; and that one leads nowhere is told by monitoring-1/targets-resolve.
        is_other = not job.discovery and (not job.targets or any(who.services(each.address) for each in job.targets))
        if job.metrics_path != _PROBE and not is_other:
            found.setdefault(job.name.lower(), job)
    return found


def _asked_of_dns(job: ScrapeJob) -> Iterator[str]:
    """The names of ``dns_sd_configs``; ``tasks.ui`` are those of a Swarm service."""
    for each in job.raw.get("dns_sd_configs") or ():
        names = each.get("names") if isinstance(each, dict) else None
        yield from (name.removeprefix("tasks.") for name in names or () if isinstance(name, str))


def _is_to_fill_in(job: ScrapeJob) -> bool:
    return any(sign in each.address for each in job.targets for sign in _TO_FILL_IN)


def _problem(configuration: PrometheusConfiguration, who: Who, name: str) -> Finding:
    """That nothing scrapes it; at the job that is meant to, where there is one."""
    expected, example = _("a job scrapes {name}", name=name), _WANTED[name]
    meant = _meant(configuration, name)
    add = _("add a job with the target {target}", target=example)
    if meant is None:
        names = [job.name for job in configuration.jobs]
        return Finding(expected, names or _("no jobs"), configuration.location("scrape_configs"), add)
    if meant.metrics_path == _PROBE:
        return Finding(
            expected, _("{job} probes it, and gets none of its metrics", job=meant.name), meant.location, add
        )
    at = meant.targets[0].location if meant.targets else meant.location
    others = sorted({each for target in meant.targets for each in who.services(target.address)})
    found = _("job {job} scrapes {others}", job=meant.name, others=others or [each.address for each in meant.targets])
    if not meant.targets:
        found = _("job {job} has no target", job=meant.name)
    return Finding(expected, found, at, _("make its target {target}", target=example))


def _meant(configuration: PrometheusConfiguration, name: str) -> ScrapeJob | None:
    """The job whose name is nearly that, or has it as a word: ``ui-port``."""
    close = difflib.get_close_matches(name, [job.name.lower() for job in configuration.jobs], n=1, cutoff=0.7)
    in_words = (job for job in configuration.jobs if name in re.split(r"[^a-z0-9]+", job.name.lower()))
    return next((job for job in configuration.jobs if job.name.lower() in close), None) or next(in_words, None)
