"""The item gitlab-ci-1/runner-metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._endpoints import answering, configuration_of
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.gitlab.runner_metrics import RunnerMetrics
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.options import Settings
    from pytest_dockerlab.submission.submission import Submission

_OPTION = "--hw-runner-metrics-url"
_MAX_BODY = 1024 * 1024
_ANSWERS = _("the runner's metrics endpoint answers")
_LISTEN = _('set listen_address = ":9252" in config.toml, and publish that port of the runner\'s container')


@dataclass(frozen=True, slots=True)
class _Bounds:
    """How many jobs, and how many machines: 0 for no limit, ``None`` where nobody says."""

    concurrent: int | None
    limit: int | None
    at: Location | None = None


@check(
    "gitlab-ci-1/runner-metrics",
    "the runner's metrics show machines within the limit",
    level="optional",
    tier="remote",
    needs=[Need.RUNNER_METRICS_URL],
)
def runner_metrics(submission: Submission, hw_settings: Settings) -> None:
    """One look, whatever the runner does at that moment."""
    metrics = _read(hw_settings.endpoints[Need.RUNNER_METRICS_URL])
    note("runner version", metrics.version)
    bounds = _bounds(metrics, submission)
    limits = {"concurrent": bounds.concurrent, "limit": bounds.limit, "max_instances": metrics.max_instances}
    note("limits", {name: limit for name, limit in limits.items() if limit is not None})
    if metrics.jobs is not None:
        note("jobs", metrics.jobs)
    if metrics.instances is not None:
        _judge_instances(metrics, bounds)
    if metrics.machines is not None and (metrics.instances is None or metrics.created):
        _judge_machines(metrics, metrics.machines, bounds)
    if metrics.machines is None and metrics.instances is None:
        raise Mismatch(
            Finding(
                _("a runner that creates machines counts them"),
                _("the runner answers, and its metrics have neither machines nor instances"),
                None,
                _("set the executor to docker-autoscaler, instance or docker+machine, and restart the runner"),
            )
        )
    if not metrics.has_had_machines:
        # Every runner counts machines, also one whose executor never creates any.
        raise Unverified(
            _("the runner has no machine now, and has created none since it started"),
            _("start a pipeline, and ask again while its jobs run"),
        )


def _read(given: str) -> RunnerMetrics:
    from pytest_dockerlab.gitlab.runner_metrics import NotACount, program_of, read_runner_metrics
    from pytest_dockerlab.monitoring.exposition import ACCEPT, NoExposition, parse_exposition
    from pytest_dockerlab.net.asking import ask, parse_endpoint
    from pytest_dockerlab.net.http import Request, Url

    base = parse_endpoint(given, _OPTION)
    url = Url(base.scheme, base.host, base.port, "/metrics") if base.target == "/" else base
    shown = str(url).partition("?")[0]  # a query may have a token in it
    note("asked", shown)
    with answering(_ANSWERS):
        answer = ask(Request(url, headers={"Accept": ACCEPT}), _OPTION, max_body=_MAX_BODY)
    try:
        samples = parse_exposition(answer)
    except NoExposition as error:
        raise Mismatch(Finding(_ANSWERS, _("{url}: {why}", url=shown, why=error.reason), None, _LISTEN)) from error
    try:
        metrics = read_runner_metrics(samples)
    except NotACount as error:
        raise Mismatch(Finding(_("each count is a whole number from 0"), error.reason)) from error
    if metrics is None:
        raise Mismatch(
            Finding(_("these are the metrics of a GitLab Runner"), _whose(program_of(samples)), None, _LISTEN)
        )
    return metrics


def _whose(program: str | None) -> Message:
    if program is None:
        return _("the metrics of another program answer there")
    return _("{program} answers there", program=program)


def _bounds(metrics: RunnerMetrics, submission: Submission) -> _Bounds:
    """The runner's own words, else what its configuration has been handed in with."""
    if metrics.limit is not None or metrics.concurrent is not None:
        return _Bounds(metrics.concurrent, metrics.limit)
    configuration = configuration_of(submission)
    if configuration is None:
        return _Bounds(None, None)
    limits = [
        None if ("runners", index, "limit") in configuration.holes else runner.limit
        for index, runner in enumerate(configuration.runners)
        if runner.machine is not None
    ]
    known = [limit for limit in limits if limit is not None]
    limit = None if len(known) < len(limits) or not limits else sum(known) if all(known) else 0
    concurrent = None if ("concurrent",) in configuration.holes else configuration.concurrent
    return _Bounds(concurrent, limit, configuration.location("concurrent"))


def _judge_machines(metrics: RunnerMetrics, machines: Mapping[str, int], bounds: _Bounds) -> None:
    note("machines", {state: count for state, count in machines.items() if count})
    note("created", metrics.created)
    if bounds.limit is None and bounds.concurrent is None:
        raise Unverified(
            _("neither the metrics nor a configuration in the repository says how many machines there may be"),
            _("hand in config.toml with concurrent and limit; runners since 11.4 say both in their metrics"),
        )
    _judge_jobs(machines.get("used", 0), bounds)
    if bounds.limit and metrics.counted_machines > bounds.limit:
        found = _("{count}: {states}", count=metrics.counted_machines, states=dict(machines))
        if metrics.may_exceed_limit:
            raise Unverified(
                _("there are more machines than limit = {limit}, {found}", limit=bounds.limit, found=found),
                _("runners before 12.5 create more by themselves: ask again when no machine is being created"),
            )
        expect(
            False,
            _("at most {limit} machines in all states: the limit of the runner", limit=bounds.limit),
            found=found,
            at=bounds.at,
            hint=_("restart the runner, and remove machines that it no longer knows of: docker-machine ls"),
        )


def _judge_jobs(running: int, bounds: _Bounds) -> None:
    most = min((bound for bound in (bounds.limit, bounds.concurrent) if bound), default=None)
    if most is not None:
        expect(
            running <= most,
            _("at most {count} jobs at a time: the lesser of concurrent and limit", count=most),
            found=running,
            at=bounds.at,
            hint=_("restart the runner: it may still have the settings of before"),
        )


def _judge_instances(metrics: RunnerMetrics, bounds: _Bounds) -> None:
    there = {state: count for state, count in (metrics.instances or {}).items() if count}
    note("instances", there)
    note("tasks", {state: count for state, count in metrics.tasks.items() if count})
    if metrics.max_instances:
        expect(
            metrics.existing_instances <= metrics.max_instances,
            _("at most {limit} instances: max_instances of the runner", limit=metrics.max_instances),
            found=_("{count}: {states}", count=metrics.existing_instances, states=there),
            hint=_("only the runner may scale the group: switch the autoscaling of the cloud off for it"),
        )
    _judge_jobs(metrics.tasks.get("acquired", 0), bounds)
