"""Where scraped targets stand in the configuration, and which items tell of them by the files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.monitoring.answers import ScrapedTarget
    from pytest_dockerlab.submission.prometheus.configuration import PrometheusConfiguration, ScrapeJob

RESOLVE, BLACKBOX = "monitoring-1/targets-resolve", "monitoring-1/blackbox"


def job_of(configuration: PrometheusConfiguration, target: ScrapedTarget) -> ScrapeJob | None:
    """The job that a target comes from: its labels may name another."""
    address, name = target.discovered.get("__address__"), target.discovered.get("job")
    for job in configuration.jobs:
        if any(each.address == address and each.labels.get("job", job.name) == name for each in job.targets):
            return job
    return None


def place_of(configuration: PrometheusConfiguration, target: ScrapedTarget) -> Location:
    """The line that gives a target its address: that of a relabelling step, or its own."""
    job = job_of(configuration, target)
    if job is None:
        return configuration.location("scrape_configs")
    host = urlsplit(target.scrape_url).netloc
    number = configuration.jobs.index(job)
    rules = job.raw.get("relabel_configs")
    for step, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict) and rule.get("replacement") in (host, host.rpartition(":")[0]):
            return configuration.location("scrape_configs", number, "relabel_configs", step, "replacement")
    address = target.discovered.get("__address__")
    return next((each.location for each in job.targets if each.address == address), job.location)
