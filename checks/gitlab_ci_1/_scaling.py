"""On which machines jobs ran, by their logs, and what the runner's configuration says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Finding, Location, Mismatch, Unverified
from pytest_dockerlab.gitlab.machine_names import NamePattern, rfc1123
from pytest_dockerlab.gitlab.traces import read_log
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.executors import OF_INSTANCES, OF_MACHINES
from pytest_dockerlab.submission.gitlab_runner.template import is_open

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_dockerlab.gitlab.answers import Job, Runner
    from pytest_dockerlab.gitlab.past_jobs import Crew
    from pytest_dockerlab.gitlab.project import GitlabProject
    from pytest_dockerlab.gitlab.traces import JobLog
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.sections import RunnerSection
    from pytest_dockerlab.submission.submission import Submission

__all__ = [
    "Configured",
    "Ran",
    "configured",
    "foreign_runners",
    "hosts",
    "is_theirs",
    "machines",
    "ran",
    "scaling_problems",
]

_HOSTED = ("gitlab.com",)
"""GitLabs whose own runners scale too, and are nobody's homework."""

_BEGINNING = 256 * 1024
"""Bytes of a log in which its machine is named."""
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Ran:
    """A job, its log, and the machine that was there for it; ``None`` where it ran on the runner's own host."""

    job: Job
    log: JobLog
    machine: str | None

    @property
    def is_named(self) -> bool:
        """Whether the machine's name is the runner's choice; those of instances are the cloud's."""
        return self.machine is not None and self.machine != self.log.instance


def is_theirs(project: GitlabProject, runner: Runner) -> bool:
    """Whether a runner can be the student's own."""
    return runner.type != "instance_type" or project.instance.host not in _HOSTED


def foreign_runners(project: GitlabProject) -> set[int]:
    """The runners that cannot; asked for only where there may be any, for not everybody may see them."""
    if project.instance.host not in _HOSTED:
        return set()
    return {each.id for each in project.runners() if not is_theirs(project, each)}


def ran(project: GitlabProject, jobs: Iterable[Job]) -> list[Ran]:
    """The jobs that have a log."""
    found = []
    for job in jobs:
        trace = project.trace(job.id, _BEGINNING)
        if trace is not None:
            log = read_log(trace.text, is_whole=trace.is_whole)
            found.append(Ran(job, log, _machine(log)))
    return found


def _machine(log: JobLog) -> str | None:
    if log.instance is not None:
        return log.instance
    if log.executor is not None:
        return log.host if log.executor in OF_MACHINES else None
    # Before 12.9 a log does not name its executor; the names of machines begin with the runner's token.
    token = log.short_token or ""
    of_machines = tuple(f"runner-{each}-" for each in (token.lower(), rfc1123(token)) if each)
    return log.host if log.host is not None and log.host.startswith(of_machines) else None


def machines(jobs: Iterable[Ran]) -> list[str]:
    """The machines, each once."""
    return list(dict.fromkeys(each.machine for each in jobs if each.machine is not None))


def runners(jobs: Iterable[Ran]) -> list[str]:
    """Who took them, as the logs say: name, version, executor."""
    logs = [each.log for each in jobs]
    shown = (" ".join(filter(None, (log.runner_name, log.runner_version, log.executor))) for log in logs)
    return list(dict.fromkeys(filter(None, shown)))


def hosts(jobs: Iterable[Ran]) -> list[str]:
    """The hosts of those that ran on none."""
    return list(dict.fromkeys(each.log.host for each in jobs if each.machine is None and each.log.host is not None))


@dataclass(frozen=True, slots=True)
class Configured:
    """What a configuration says of the runner. ``None``: nothing, or a template's variable."""

    runner: RunnerSection
    jobs: int | None
    """How many jobs it runs at once."""
    jobs_at: Location
    name: str | None
    """The machines' names, with ``%s``."""
    name_at: Location


def configured(submission: Submission, description: str = "", jobs: Sequence[Ran] = ()) -> Configured | None:
    """The runner in the submission that has this description, or else scales, as the one that ran the jobs does.

    ``None`` where it is not clear which one is meant.
    """
    executors: tuple[str, ...] = (*OF_MACHINES, *OF_INSTANCES)
    if jobs:
        executors = OF_INSTANCES if any(each.log.instance is not None for each in jobs) else OF_MACHINES
    try:
        configurations = submission.runner_configurations
    except (LimitExceeded, Mismatch, Unverified):  # other items say so
        return None
    scaling = [
        (configuration, index, runner)
        for configuration in configurations
        for index, runner in enumerate(configuration.runners)
        if runner.executor in executors
    ]
    named = [each for each in scaling if each[2].name == description]
    meant = named or scaling
    return _configured(*meant[0]) if meant and (named or len({each[0].path for each in meant}) == len(meant)) else None


def _configured(configuration: RunnerConfiguration, index: int, runner: RunnerSection) -> Configured:
    path = ("runners", index)
    bounds = [(runner.limit, configuration.location(*path, "limit"))] if runner.limit > 0 else []
    if not configuration.is_excerpt or configuration.has("concurrent"):
        bounds.append((configuration.concurrent, configuration.location("concurrent")))
    if runner.autoscaler is not None and runner.autoscaler.max_instances > 0:
        jobs = runner.autoscaler.max_instances * max(1, runner.autoscaler.capacity_per_instance)
        bounds.append((jobs, configuration.location(*path, "autoscaler", "max_instances")))
    is_known = not {("concurrent",), (*path, "limit"), (*path, "autoscaler", "max_instances")} & configuration.holes
    jobs_most, at = min(bounds, key=lambda bound: bound[0], default=(None, runner.location))
    name = runner.machine.machine_name if runner.machine is not None else None
    return Configured(
        runner,
        jobs_most if is_known else None,
        at,
        None if name is None or is_open(name) else name,
        configuration.location(*path, "machine", "MachineName"),
    )


def scaling_problems(jobs: Sequence[Ran], crew: Crew, wanted: Configured | None) -> Iterator[Finding]:
    """What is not as the configuration says: how many ran at once, and what the machines are called."""
    if wanted is None:
        return
    if wanted.jobs is not None and crew.peak.count > wanted.jobs:
        yield Finding(
            _("at most {most} jobs run at once", most=wanted.jobs),
            _("{count} did, at {time}", count=crew.peak.count, time=f"{crew.peak.at:%Y-%m-%d %H:%M:%S}"),
            wanted.jobs_at,
            _("hand in the configuration that the runner really has: docker exec its container cat "
              "/etc/gitlab-runner/config.toml"),
        )  # fmt: skip
    if wanted.name is not None:
        pattern = NamePattern(wanted.name)
        others = [name for name in machines(each for each in jobs if each.is_named) if pattern.read(name) is None]
        if others:
            yield Finding(
                _("machines are called as configured: runner-<token>-{name}", name=wanted.name),
                others[:_MOST_SHOWN],
                wanted.name_at,
                _("hand in the configuration that the runner really has, with its MachineName"),
            )
