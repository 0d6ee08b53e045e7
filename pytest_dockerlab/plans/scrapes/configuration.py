"""The configuration that Prometheus is started with: written from the student's by an allow-list.

A configuration is a program: it reads files, asks any server for targets, and sends what it measures anywhere. What has
no place below never reaches Prometheus, and is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...messages import Message, _

if TYPE_CHECKING:
    from ...submission.prometheus.configuration import PrometheusConfiguration, ScrapeJob

__all__ = ["left_out", "written"]

_OF_JOBS = ("metrics_path", "scheme", "params", "static_configs", "relabel_configs")
_OF_RULES = ("separator", "target_label", "regex", "replacement", "action")
_TIMES = ("__scrape_interval__", "__scrape_timeout__")
# That these are others here goes without saying: they say when Prometheus works, not what it finds.
_UNSAID = frozenset({"job_name", "scrape_interval", "scrape_timeout", "evaluation_interval", *_OF_JOBS})


def written(configuration: PrometheusConfiguration, interval: int) -> str:
    """The configuration as JSON, which is YAML too.

    :param interval: seconds between two scrapes. Prometheus spreads the first ones over it.
    """
    every = f"{int(interval)}s"
    return json.dumps(
        {
            "global": {"scrape_interval": every, "scrape_timeout": every},
            "scrape_configs": [_job(each) for each in configuration.jobs if each.targets],
        },
        ensure_ascii=False,
    )


def left_out(configuration: PrometheusConfiguration) -> Iterator[Message]:
    """What the student's configuration has beside that."""
    found = [key for key, value in configuration.raw.items() if value and key not in ("global", "scrape_configs")]
    found += [key for key in _extra(configuration.raw.get("global")) if key not in found]
    if found:
        yield _("left out of the configuration: {keys}", keys=found)
    for job in configuration.jobs:
        if keys := _extra(job.raw):
            yield _("left out of the job {job}: {keys}", job=job.name, keys=keys)


def _extra(raw: object) -> list[str]:
    return [key for key, value in raw.items() if value and key not in _UNSAID] if isinstance(raw, dict) else []


def _job(job: ScrapeJob) -> dict[str, Any]:
    return {
        "job_name": job.name,
        "metrics_path": job.metrics_path,
        "scheme": job.scheme,
        "params": {name: list(values) for name, values in job.params.items()},
        "static_configs": [
            {"targets": [each.address], "labels": _labels(each.labels)} for each in job.targets
        ],
        "relabel_configs": [_rule(each) for each in _rules(job) if each.get("target_label") not in _TIMES],
    }  # fmt: skip


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value or "" for name, value in labels.items() if name not in _TIMES}


def _rules(job: ScrapeJob) -> Iterator[Mapping[str, Any]]:
    found = job.raw.get("relabel_configs")
    return (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {key: rule[key] or "" for key in _OF_RULES if isinstance(rule.get(key, []), str | None)}
    labels = rule.get("source_labels")
    if isinstance(labels, list):
        found["source_labels"] = [each for each in labels if isinstance(each, str)]
    modulus = rule.get("modulus")
    if isinstance(modulus, str) and modulus.isascii() and modulus.isdecimal() and len(modulus) < 10:
        found["modulus"] = int(modulus)  # the one number; all others are texts
    return found
