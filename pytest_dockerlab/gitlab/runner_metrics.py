"""What a GitLab Runner says at its metrics endpoint: machines, instances, jobs, and how many there may be.

By the names of its versions: ``ci_…`` before 11.0, ``gitlab_runner_…`` since, and ``fleeting_…`` of the executors that
came after docker+machine (docs.gitlab.com/runner/monitoring).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import DockerlabError
from ..messages import _

__all__ = ["MetricSample", "NotACount", "RunnerMetrics", "program_of", "read_runner_metrics"]

_MACHINES = frozenset(
    {
        "gitlab_runner_autoscaling_machine_states",
        "ci_docker_machines_provider_machine_states",
        "ci_docker_machines_provider",  # before 10.0
        # of docker-ssh+machine, which has counts of its own
        "ci_ssh_docker_machines_provider_machine_states",
        "ci_ssh_docker_machines_provider",
    }
)
_ACTIONS = frozenset(
    {
        "gitlab_runner_autoscaling_actions_total",
        "ci_docker_machines_provider_actions_total",
        "ci_ssh_docker_machines_provider_actions_total",
    }
)
_JOBS = frozenset({"gitlab_runner_jobs", "ci_runner_builds"})
_OWN = ("gitlab_runner_", "ci_runner_", "ci_docker_machines", "ci_ssh_docker_machines", "fleeting_")
_EXISTING = ("creating", "running", "deleting")
"""States of an instance that is there: one that is ``requested`` is not counted twice, one ``deleted`` is gone."""
_MAX_COUNT = 10**9
_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})")
# Beginnings of others' names, the telling ones first: many programs have those of Go and of their process.
_PROGRAMS = (
    ("node_", "node exporter"),
    ("prometheus_", "Prometheus"),
    ("container_", "cAdvisor"),
    ("engine_daemon_", "Docker Engine"),
    ("minio_", "MinIO"),
    ("registry_", "Docker registry"),
    ("mongodb_", "MongoDB exporter"),
    ("probe_", "blackbox exporter"),
    ("gitlab_", "GitLab"),
    ("ruby_", "GitLab"),
)


class MetricSample(Protocol):
    """A value with its labels, as a parser of metrics gives it."""

    @property
    def name(self) -> str:
        """The metric's name."""

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""

    @property
    def value(self) -> float:
        """Its value."""


class NotACount(DockerlabError):
    """A count of machines or jobs that is none: negative, not a number, without end."""

    def __init__(self, name: str, value: float) -> None:
        self.reason = _("{name} is {value}", name=name, value=str(value))
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class RunnerMetrics:
    """The counts of one runner process at one moment. What it does not say is ``None``, or empty."""

    version: str | None = None
    concurrent: int | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    """The limit of each of its runners, by their short tokens; 0 for none."""
    machines: Mapping[str, int] | None = None
    """docker+machine's, by state; ``None`` where it says nothing of machines."""
    created: int | None = None
    """How many machines it has created since it started."""
    jobs: int | None = None
    """How many jobs it has now."""
    instances: Mapping[str, int] | None = None
    """Those of docker-autoscaler and instance, by state."""
    max_instances: int | None = None
    """0 for no limit."""
    tasks: Mapping[str, int] = field(default_factory=dict)
    """Places for jobs on these instances, by state."""

    @property
    def limit(self) -> int | None:
        """How many machines all of its runners may have; 0 for no limit, ``None`` where it does not say."""
        return _sum_of_limits(self.limits)

    @property
    def counted_machines(self) -> int:
        """The machines that the limit is for in this version, in whatever state they are.

        Before 16.5 a machine for a job that waits is created beside those that are being removed.
        """
        left_out = "removing" if self.version_number < (16, 5) else ""
        return sum(count for state, count in (self.machines or {}).items() if not left_out or left_out not in state)

    @property
    def has_had_machines(self) -> bool:
        """Whether there are any, or were since it started."""
        return bool(self.created or any((self.machines or {}).values()) or any((self.instances or {}).values()))

    @property
    def may_exceed_limit(self) -> bool:
        """Whether this version may do so by itself: before 12.5 it did not see machines that were just begun."""
        return self.version_number < (12, 5)

    @property
    def version_number(self) -> tuple[int, int]:
        """Major and minor version; 0.0 where it does not say."""
        match = _VERSION.match(self.version or "")
        return (int(match[1]), int(match[2])) if match else (0, 0)

    @property
    def existing_instances(self) -> int:
        """The instances that are there now."""
        return sum((self.instances or {}).get(state, 0) for state in _EXISTING)


def read_runner_metrics(samples: Iterable[MetricSample]) -> RunnerMetrics | None:
    """What a runner says; ``None`` where these are another program's metrics. Raises :class:`NotACount`.

    Counts of one state are summed over their other labels: since 19.1 there are several, by zone and machine type.
    """
    counts: dict[str, dict[str, int]] = {}
    is_runners = False
    version = None
    for sample in samples:
        name = sample.name
        if not name.startswith(_OWN):
            continue
        is_runners = True
        match name:
            case "gitlab_runner_version_info" | "ci_runner_version_info":
                version = sample.labels.get("version", version)
            case "gitlab_runner_limit":
                _add(counts, "limit", sample.labels.get("runner", ""), sample)
            case "gitlab_runner_concurrent":
                _add(counts, name, "", sample)
            case "fleeting_provisioner_max_instances":
                _add(counts, name, repr(sorted(sample.labels.items())), sample)
            case "fleeting_provisioner_instances" | "fleeting_taskscaler_tasks":
                _add(counts, name, sample.labels.get("state", ""), sample)
            case _ if name in _MACHINES:
                _add(counts, "machines", sample.labels.get("state", ""), sample)
            case _ if name in _ACTIONS and sample.labels.get("action") == "created":
                _add(counts, "created", "", sample)
            case _ if name in _JOBS:
                _add(counts, "jobs", "", sample)
    if not is_runners:
        return None
    return RunnerMetrics(
        version,
        counts.get("gitlab_runner_concurrent", {}).get(""),
        counts.get("limit", {}),
        counts.get("machines"),
        counts.get("created", {}).get(""),
        counts.get("jobs", {}).get(""),
        counts.get("fleeting_provisioner_instances"),
        _sum_of_limits(counts.get("fleeting_provisioner_max_instances", {})),
        counts.get("fleeting_taskscaler_tasks", {}),
    )


def program_of(samples: Iterable[MetricSample]) -> str | None:
    """The program whose metrics these are, as far as their names tell."""
    names = {sample.name for sample in samples}
    return next((program for start, program in _PROGRAMS if any(name.startswith(start) for name in names)), None)


def _sum_of_limits(limits: Mapping[str, int]) -> int | None:
    """0 is no limit, so one of them lifts them all."""
    return None if not limits else sum(limits.values()) if all(limits.values()) else 0


def _add(counts: dict[str, dict[str, int]], kind: str, key: str, sample: MetricSample) -> None:
    if not math.isfinite(sample.value) or not 0 <= sample.value <= _MAX_COUNT:
        raise NotACount(sample.name, sample.value)
    of_kind = counts.setdefault(kind, {})
    of_kind[key] = of_kind.get(key, 0) + round(sample.value)
