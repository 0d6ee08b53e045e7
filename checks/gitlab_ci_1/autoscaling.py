"""The item gitlab-ci-1/autoscaling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._autoscalers import instance_problems, instance_remarks
from pytest_dockerlab.checks.gitlab_ci_1._machines import machine_problems, machine_remarks
from pytest_dockerlab.checks.gitlab_ci_1._readable import TOLD_BY, readable
from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.executors import EXECUTORS, OF_INSTANCES, OF_MACHINES
from pytest_dockerlab.submission.gitlab_runner.template import is_open

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.sections import RunnerSection
    from pytest_dockerlab.submission.gitlab_setup.definitions import Registration
    from pytest_dockerlab.submission.submission import Submission


@check("gitlab-ci-1/autoscaling", "the runner creates machines as jobs need them", level="optional", told_by=[TOLD_BY])
def autoscaling(submission: Submission, hw_course: Course) -> None:
    remarked: list[Message] = []
    scaling = [
        (configuration, index, runner)
        for configuration in readable(submission, lambda written: written.scales, "machine", "autoscaler")
        for index, runner in enumerate(configuration.runners)
        if _is_meant(runner)
    ]
    if not scaling:
        for registration in _registrations(submission):
            if registration.executor in (*OF_MACHINES, *OF_INSTANCES) and not registration.is_interactive:
                raise Unverified(
                    _("{place}: a runner is registered for {executor}, and its configuration is not in the repository",
                      place=str(registration.at), executor=registration.executor),
                    _("add its config.toml, or a template of it"),
                )  # fmt: skip
        raise NotAttempted(
            _("no runner is configured to create machines: none has the executor {executors}",
              executors=[OF_MACHINES[0], *OF_INSTANCES])
        )  # fmt: skip
    note("runners", [f"{runner.executor or '?'} ({runner.location})" for _each, _index, runner in scaling])
    for configuration, index, runner in scaling:
        version = submission.runner_readings(configuration, hw_course.runner_version).main
        if _is_left_open(configuration, index, runner):
            if runner.machine is not None:
                report(machine_problems(submission, configuration, index, version))
            else:
                report(instance_problems(submission, configuration, index))
        elif runner.executor not in (*OF_MACHINES, *OF_INSTANCES):
            other = _other_executor(configuration, index, runner)
            if runner.executor is not None and runner.executor not in EXECUTORS:
                raise Unverified(_("no runner knows the executor"), told_by=TOLD_BY, findings=[other])
            report([other])
        elif runner.executor in OF_MACHINES:
            report(machine_problems(submission, configuration, index, version))
            remarked += machine_remarks(configuration, runner)
        else:
            report(instance_problems(submission, configuration, index))
            remarked += instance_remarks(configuration, runner)
    if remarked:
        note("remarks", list({str(each): each for each in remarked}.values()))


def _registrations(submission: Submission) -> tuple[Registration, ...]:
    """How runners are registered; nothing where that takes more to read than anybody writes."""
    try:
        return submission.gitlab_setup.registrations
    except LimitExceeded:
        return ()


def _is_meant(runner: RunnerSection) -> bool:
    return (
        runner.executor in (*OF_MACHINES, *OF_INSTANCES)
        or (runner.machine is not None and (runner.machine.driver or runner.machine.machine_name) is not None)
        or (runner.autoscaler is not None and runner.autoscaler.plugin is not None)
    )


def _is_left_open(configuration: RunnerConfiguration, index: int, runner: RunnerSection) -> bool:
    """Whether the executor is for a template to fill in, or in a part that the README does not show."""
    if runner.executor is not None:
        return is_open(runner.executor)
    return configuration.is_excerpt or configuration.may_have("runners", index, "executor")


def _other_executor(configuration: RunnerConfiguration, index: int, runner: RunnerSection) -> Finding:
    """That the section for scaling is there, and the executor is one that does not read it."""
    wanted = OF_MACHINES[0] if runner.machine is not None else OF_INSTANCES[0]
    return Finding(
        _("the executor is one that creates machines"),
        runner.executor or _("no executor"),
        configuration.location("runners", index, "executor"),
        _('write executor = "{executor}"', executor=wanted),
    )
