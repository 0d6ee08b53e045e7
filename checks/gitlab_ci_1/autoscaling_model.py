"""The item gitlab-ci-1/autoscaling-model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.course import Course
    from pytest_dockerlab.gitlab.autoscaling.bounds import InstanceSettings
    from pytest_dockerlab.gitlab.autoscaling.settings import Settings
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.plans.autoscaling.forecast import Forecast
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.readings import Readings
    from pytest_dockerlab.submission.submission import Submission

_VALID = "gitlab-ci-1/runner-config"
_FEWEST, _MOST = 10, 100


@check(
    "gitlab-ci-1/autoscaling-model",
    "a simulated burst of jobs scales up and back down",
    level="optional",
    needs=["gitlab-ci-1/autoscaling"],
    told_by=[_VALID],
)
def autoscaling_model(submission: Submission, hw_course: Course) -> None:
    from pytest_dockerlab.plans.autoscaling.reading import instance_settings, machine_settings

    for configuration in submission.runner_configurations:  # the one that the homework means first
        settings, groups = machine_settings(configuration), list(instance_settings(configuration))
        if settings is None and not groups:
            continue
        if configuration.concurrent < 1:
            raise Unverified(_("no job may run at all"), told_by=_VALID, at=configuration.location("concurrent"))
        for index in range(len(configuration.runners) if not configuration.has("concurrent") else 0):
            if configuration.has("runners", index, "concurrent"):
                place = configuration.location("runners", index, "concurrent")
                raise Unverified(_("no runner looks at concurrent in this place"), told_by=_VALID, at=place)
        if keys := _filled_in(configuration):
            raise Unverified(
                _("the template leaves open: {keys}", keys=keys),
                _("add the file that comes of the template, or write these values into it"),
            )
        if settings is not None:
            read_by = submission.runner_readings(configuration, hw_course.runner_version)
            report(_of_machines(configuration, settings, read_by))
        for index, group in groups:
            report(_of_instances(configuration, index, group))
        return
    raise NotAttempted(_("no runner is configured to create machines"))


def _of_machines(configuration: RunnerConfiguration, settings: Settings, read_by: Readings) -> Iterator[Finding]:
    """What keeps a burst of jobs on one machine."""
    jobs = min(max(_FEWEST, 2 * settings.concurrent), _MOST)
    found = _forecast(settings, jobs, read_by.main)
    note("machines over time", {"series": found.series})
    note("figures", list(_figures(found)))
    remarked = list(_remarks(found))
    if read_by.is_moving:
        today = _forecast(settings, jobs, read_by.today)
        if today.peak != found.peak:
            remarked.append(
                _(
                    "today's runner ({version}) has up to {peak} machines",
                    version=_shown(today.version),
                    peak=today.peak,
                )
            )
    if remarked:
        note("remarks", remarked)
    if found.peak_used < 2:
        key, at = _narrowest(configuration, settings)
        yield Finding(
            _("a burst of {count} jobs runs on more than one machine", count=jobs),
            _("never more than one job at once"),
            configuration.location(*at),
            _("lower check_interval: between two looks a job comes and goes")
            if key == "check_interval"
            else _("make {key} larger than 1", key=key),
        )


def _of_instances(configuration: RunnerConfiguration, index: int, group: InstanceSettings) -> Iterator[Finding]:
    """The same for a group of instances, by what bounds it."""
    note("bound", _("{count} instances for {jobs} jobs at once", count=group.most_instances, jobs=group.most_jobs))
    if group.instances_at_work < 2:
        key = "max_instances" if group.max_instances == 1 else min(group.bounds, key=group.bounds.__getitem__)
        at = {"limit": ("runners", index, "limit"), "max_instances": ("runners", index, "autoscaler", "max_instances")}
        yield Finding(
            _("a burst of jobs runs on more than one instance"),
            _(
                "{key} leaves room for {jobs} jobs, and one instance takes {capacity}",
                key=key,
                jobs=group.bounds[key],
                capacity=group.capacity,
            ),
            configuration.location(*at.get(key, ("concurrent",))),
            _("make {key} larger than 1", key=key)
            if group.bounds[key] == 1 or group.max_instances == 1
            else _("make {key} larger, or capacity_per_instance smaller", key=key),
        )


def _forecast(settings: Settings, jobs: int, version: tuple[int, ...]) -> Forecast:
    from pytest_dockerlab.gitlab.autoscaling.periods import UnreadablePeriod
    from pytest_dockerlab.gitlab.autoscaling.timeline import TooLong
    from pytest_dockerlab.plans.autoscaling.forecast import forecast

    try:
        return forecast(settings, jobs, version)
    except TooLong as error:
        raise Unverified(_("{why}", why=error.text), _("set limit and IdleCount to what you can pay for")) from None
    except UnreadablePeriod as error:
        raise Unverified(_("{why}", why=error.text)) from None


def _figures(found: Forecast) -> Iterator[Message]:
    yield _("jobs at once: {count}; runner {version}", count=len(found.simulation.jobs), version=_shown(found.version))
    yield _(
        "machines: {before} before, {peak} at most ({bound} by the documentation), {after} afterwards",
        before=found.idle_before,
        peak=found.peak,
        bound=found.bound,
        after=found.idle_after,
    )
    yield _("jobs: {run} run, {used} at once at most", run=found.simulation.jobs_run, used=found.peak_used)


def _remarks(found: Forecast) -> Iterator[Message]:
    limit = sum(runner.limit for runner in found.settings.runners)
    if all(runner.limit for runner in found.settings.runners) and found.peak_of_all > limit:
        yield _(
            "with those being removed there are {count} machines: before 16.5 limit ({limit}) bounds jobs, "
            "not machines that are created on demand",
            count=found.peak_of_all,
            limit=limit,
        )
    if found.idle_before >= found.peak:
        yield _("the burst creates no machine: all {count} are there before it", count=found.idle_before)
    if any(runner.periods or runner.off_peak for runner in found.settings.runners):
        yield _("periods: simulated on a Wednesday at noon")


def _narrowest(configuration: RunnerConfiguration, settings: Settings) -> tuple[str, tuple[str | int, ...]]:
    """The setting that keeps jobs from running at once, and where it is."""
    if settings.concurrent == 1:
        return "concurrent", ("concurrent",)
    for index, runner in enumerate(configuration.runners):
        if runner.limit == 1:
            return "limit", ("runners", index, "limit")
    return "check_interval", ("check_interval",)


def _filled_in(configuration: RunnerConfiguration) -> list[str]:
    """The settings of which only whoever uses the template knows the value."""
    decisive = {
        "concurrent", "check_interval", "limit", "IdleCount", "MaxBuilds", "MaxGrowthRate", "max_instances",
        "capacity_per_instance",
    }  # fmt: skip
    return sorted({str(path[-1]) for path in configuration.holes} & decisive)


def _shown(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version[:2]))
