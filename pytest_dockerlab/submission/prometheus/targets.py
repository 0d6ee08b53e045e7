"""What Prometheus will scrape: static targets with the labels that they have in the end.

Relabelling is Prometheus' own and is asked of it: promtool's service discovery, on a copy with nothing but
``static_configs`` and ``relabel_configs``. Jobs without relabelling follow from the documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...errors import LimitExceeded
from ...findings import Unverified
from ...messages import _
from ..budget import LIMITS
from .configuration import PrometheusConfiguration, ScrapeJob, StaticTarget
from .copies import write
from .promtool import Promtool

__all__ = ["FinalTarget", "documented_targets", "final_targets"]

_PARAM = "__param_"
_MARK = "__dockerlab_target"
"""A label that tells our targets apart: Prometheus drops those with two underscores only in the end."""


@dataclass(frozen=True, slots=True)
class FinalTarget:
    """A target as it is scraped: ``address`` with its port, ``params`` with those that relabelling set."""

    job: ScrapeJob
    static: StaticTarget
    address: str
    scheme: str
    metrics_path: str
    params: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]
    """Those that its series have, ``job`` and ``instance`` among them."""
    is_refused: bool = False
    """Whether relabelling leaves it without an address of host and port: Prometheus takes the file, and leaves the
    target out. Then nothing but ``static`` is known of it."""


def final_targets(configuration: PrometheusConfiguration, promtool: Promtool | None) -> tuple[FinalTarget, ...]:
    """The targets of ``static_configs`` that are left after relabelling, in the order of the file.

    Raises ``Unverified`` where a job is relabelled and there is no promtool to say how.
    """
    found: list[FinalTarget] = []
    relabelled = [job for job in configuration.jobs if job.has_relabelling and job.targets]
    if len(relabelled) > LIMITS.relabelled_jobs:
        reason = _("more than {limit} jobs are relabelled", limit=LIMITS.relabelled_jobs)
        raise LimitExceeded(reason, at=relabelled[LIMITS.relabelled_jobs].location)
    for number, job in enumerate(configuration.jobs):
        if not job.has_relabelling:
            found += documented_targets(job)
        elif job.targets:
            if promtool is None:
                raise Unverified(
                    _("what relabelling makes of the targets of {job} is not known without promtool", job=job.name),
                    _("install promtool, which comes with Prometheus; 'dockerlab doctor' says how"),
                )
            found += _relabelled(configuration, number, promtool)
    return tuple(found)


def documented_targets(job: ScrapeJob) -> Iterator[FinalTarget]:
    """The targets of a job without relabelling: nobody has to be asked what becomes of them."""
    yield from (_documented(job, each) for each in job.targets)


def _documented(job: ScrapeJob, target: StaticTarget) -> FinalTarget:
    """What https://prometheus.io/docs/ says of labels and their defaults, in https://prometheus.io/docs/concepts/."""
    labels = {"job": job.name, **target.labels}
    address = labels.get("__address__") or target.address
    scheme = labels.get("__scheme__") or job.scheme
    shown = {name: value for name, value in labels.items() if not name.startswith("__") and value}
    address = _with_port(address, scheme)
    return FinalTarget(
        job, target, address, scheme, labels.get("__metrics_path__") or job.metrics_path, _params(job, labels),
        {"instance": address, **shown},
    )  # fmt: skip


def _relabelled(configuration: PrometheusConfiguration, number: int, promtool: Promtool) -> Iterator[FinalTarget]:
    job = configuration.jobs[number]
    for at, target in enumerate(job.targets):
        if at >= LIMITS.relabelled_targets:
            raise LimitExceeded(
                _("more than {limit} targets are relabelled", limit=LIMITS.relabelled_targets), at=target.location
            )
    results = promtool.relabelled(_copy(configuration, number), job.name, len(job.targets), configuration.path)
    labels: dict[int, Mapping[str, str]] = {}
    for each in results:  # in no order
        after = each.get("labels") or {}
        # Of what it says of labels before relabelling, some may be those after it (2.42).
        mark = after.get(_MARK) or (each.get("discoveredLabels") or {}).get(_MARK) or ""
        if mark.isdecimal():
            labels[int(mark)] = after
    has_refused = any("error" in each for each in results)  # it does not say which
    for at, target in enumerate(job.targets):
        after = labels.get(at, {})
        if after.get("__address__"):
            scheme = after.get("__scheme__") or job.scheme
            yield FinalTarget(
                job, target, _with_port(after["__address__"], scheme), scheme,
                after.get("__metrics_path__") or job.metrics_path, _params(job, after),
                {name: value for name, value in after.items() if not name.startswith("__")},
            )  # fmt: skip
        elif has_refused and at not in labels:  # else it is dropped
            own = {"job": job.name, "instance": target.address, **target.labels}
            yield FinalTarget(
                job, target, target.address, job.scheme, job.metrics_path, job.params, own, is_refused=True
            )


def _params(job: ScrapeJob, labels: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The job's parameters with those that labels set: of several values, the first."""
    params = {**job.params}
    for name, value in labels.items():
        if name.startswith(_PARAM):
            key = name.removeprefix(_PARAM)
            params[key] = (value, *params.get(key, ())[1:])
    return params


def _copy(configuration: PrometheusConfiguration, number: int) -> str:
    """A configuration with this job alone, and of it what decides about labels; each target has a mark."""
    kept = {"job_name", "metrics_path", "scheme", "params", "relabel_configs"}
    node = configuration.doc.node("scrape_configs", number)
    assert node is not None
    lines = write(node, lambda path: path[0] not in kept).text.splitlines()
    lines.append("static_configs:")
    for at, target in enumerate(configuration.jobs[number].targets):
        group = {"targets": [target.address], "labels": {**target.labels, _MARK: str(at)}}
        lines.append(f"  - {json.dumps(group)}")
    return "scrape_configs:\n-\n" + "".join(f"  {line}\n" for line in lines)


def _with_port(address: str, scheme: str) -> str:
    """Prometheus adds the scheme's port where there is none."""
    host = address.rpartition("]")[2] if address.startswith("[") else address
    return address if ":" in host or not address else f"{address}:{443 if scheme == 'https' else 80}"
