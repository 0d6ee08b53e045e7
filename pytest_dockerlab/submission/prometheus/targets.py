"""What Prometheus will scrape: static targets with the labels that they have in the end.

Relabelling is Prometheus' own and is asked of it: promtool's service discovery, on a copy with nothing but
``static_configs`` and ``relabel_configs``. Jobs without relabelling follow from the documentation.
"""

from __future__ import annotations

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


def final_targets(configuration: PrometheusConfiguration, promtool: Promtool | None) -> tuple[FinalTarget, ...]:
    """The targets of ``static_configs`` that are left after relabelling, in the order of the file.

    Raises ``Unverified`` where a job is relabelled and there is no promtool to say how.
    """
    found: list[FinalTarget] = []
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
    params = {**job.params}
    for name, value in labels.items():
        if name.startswith(_PARAM):
            key = name.removeprefix(_PARAM)
            params[key] = (value, *params.get(key, ())[1:])
    shown = {name: value for name, value in labels.items() if not name.startswith("__") and value}
    address = _with_port(address, scheme)
    return FinalTarget(
        job, target, address, scheme, labels.get("__metrics_path__") or job.metrics_path, params,
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
    waiting = list(job.targets)
    for each in results:
        before, after = each.get("discoveredLabels") or {}, each.get("labels") or {}
        static = next((target for target in waiting if _is_of(target, before)), None)
        if static is None:
            continue
        waiting.remove(static)
        if not after or not after.get("__address__"):
            continue  # dropped
        scheme = after.get("__scheme__") or job.scheme
        params = {**job.params}
        for name, value in after.items():
            if name.startswith(_PARAM):
                key = name.removeprefix(_PARAM)
                params[key] = (value, *params.get(key, ())[1:])
        yield FinalTarget(
            job, static, _with_port(after["__address__"], scheme), scheme,
            after.get("__metrics_path__") or job.metrics_path, params,
            {name: value for name, value in after.items() if not name.startswith("__")},
        )  # fmt: skip


def _is_of(target: StaticTarget, before: Mapping[str, str]) -> bool:
    return before.get("__address__") == target.address and all(
        before.get(name) == value for name, value in target.labels.items() if value
    )


def _copy(configuration: PrometheusConfiguration, number: int) -> str:
    """A configuration with this job alone, and of it what decides about labels."""
    kept = {"job_name", "metrics_path", "scheme", "params", "static_configs", "relabel_configs"}
    node = configuration.doc.node("scrape_configs", number)
    assert node is not None
    lines = write(node, lambda path: path[0] not in kept).text.splitlines()
    return "scrape_configs:\n-\n" + "".join(f"  {line}\n" for line in lines)


def _with_port(address: str, scheme: str) -> str:
    """Prometheus adds the scheme's port where there is none."""
    host = address.rpartition("]")[2] if address.startswith("[") else address
    return address if ":" in host or not address else f"{address}:{443 if scheme == 'https' else 80}"
