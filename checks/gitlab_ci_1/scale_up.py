"""The item gitlab-ci-1/scale-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.activity import now, working_on
from pytest_dockerlab.checks.gitlab_ci_1._scaling import (
    configured,
    hosts,
    is_theirs,
    machines,
    ran,
    runners,
    scaling_problems,
)
from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, note, report
from pytest_dockerlab.gitlab.errors import asking
from pytest_dockerlab.gitlab.past_jobs import crews
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.net.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.checks.gitlab_ci_1._scaling import Configured, Ran
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.engine.owned.labels import Labels
    from pytest_dockerlab.gitlab.answers import Runner
    from pytest_dockerlab.gitlab.bursts import BurstRun
    from pytest_dockerlab.gitlab.project import GitlabProject
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.options import Settings
    from pytest_dockerlab.submission.submission import Submission

_RUNNER_ONLINE = "gitlab-ci-1/runner-online"
_FEWEST, _USUAL, _MOST = 3, 5, 10
_SECONDS = 150
"""How long a job lasts: longer than it takes to make two machines, so that one cannot take all jobs."""
_TO_CLEAN_UP = 90.0
"""Seconds of the item's time that are kept for that."""


@check(
    "gitlab-ci-1/scale-up",
    "a burst of pipelines runs on more than one machine",
    level="optional",
    tier="remote",
    needs=[Need.GITLAB_URL, "gitlab-ci-1/instance", _RUNNER_ONLINE],
    time_limit="burst",
)
def scale_up(
    submission: Submission,
    gitlab_project: GitlabProject,
    hw_settings: Settings,
    hw_course: Course,
    run_labels: Labels,
) -> None:
    """Nothing is pushed without permission, and nothing that was pushed stays."""
    from pytest_dockerlab.engine.owned.labels import Owner
    from pytest_dockerlab.gitlab.bursts import BurstPlan, NotHere, burst
    from pytest_dockerlab.gitlab.own_branches import sweep

    if not hw_settings.allow_push:
        raise Unverified(
            _("a burst pushes to branches of its own in {project}, and that was not allowed",
              project=gitlab_project.path),
            _("allow it: {option}; the branches are deleted afterwards", option="--hw-allow-push"),
        )  # fmt: skip
    with asking():
        left = sweep(gitlab_project, lambda text: owner.is_alive() if (owner := Owner.parse(text)) else None)
        if left:
            note("removed, left by a run that was killed", left)
        runner = _runner(gitlab_project, submission)
        wanted = configured(submission, runner.description)
        plan = BurstPlan(_count(wanted), _SECONDS, runner.tags or ())
        note("pipelines", plan.count)
        deadline = Deadline(max(1.0, hw_course.seconds_for("burst") - _TO_CLEAN_UP))
        with (
            working_on(_("a burst of pipelines: {count}", count=plan.count)),
            burst(gitlab_project, plan, run_labels.run_id, str(run_labels.owner)) as made,
        ):
            try:
                made.push(deadline)
            except NotHere as error:
                raise Unverified(_("no burst: {why}", why=error.reason)) from error
            runs = made.wait(deadline, _told)
            logs = ran(gitlab_project, [run.job for run in runs if run.job is not None and run.job.started_at])
        report(_not_finished(runs, deadline.seconds))
        _judge(runs, logs, configured(submission, runner.description, logs))


def _runner(project: GitlabProject, submission: Submission) -> Runner:
    """The runner that the burst is for: the configured one, else the project's own."""
    working = [each for each in project.runners() if each.is_online and not each.is_paused]
    theirs = [each for each in working if is_theirs(project, each)]
    able = [each for each in theirs if not each.is_protected_only]
    if not able:
        if theirs:
            why = _("they take the jobs of protected branches alone")
        else:
            why = (
                _("those that are online are {host}'s own", host=project.instance.host)
                if working
                else _("none is online")
            )
        raise Unverified(
            _("no runner of {project} would take the jobs: {why}", project=project.path, why=why),
            _("let the runner take the jobs of every branch: Settings, CI/CD, Runners"),
        )
    wanted = configured(submission)
    name = wanted.runner.name if wanted is not None else None
    return min(able, key=lambda each: (each.description != name, each.type != "project_type", each.id))


def _count(wanted: Configured | None) -> int:
    """One more than run at once, so that the limit shows."""
    if wanted is None or wanted.jobs is None:
        return _USUAL
    return max(_FEWEST, min(wanted.jobs + 1, _MOST))


def _told(runs: Sequence[BurstRun]) -> None:
    jobs = [run.job for run in runs if run.job is not None]
    now(
        _("a burst of pipelines: {over} of {all} are over, running: {running}, waiting: {waiting}",
          over=sum(run.is_over for run in runs), all=len(runs),
          running=sum(job.status == "running" for job in jobs), waiting=sum(job.status == "pending" for job in jobs))
    )  # fmt: skip


def _not_finished(runs: Sequence[BurstRun], seconds: float) -> Iterator[Finding]:
    """One finding for all that have the same trouble."""
    troubles: dict[str, list[str]] = {}
    for run in runs:
        if run.pipeline is None:
            troubles.setdefault("no pipeline", []).append(run.branch)
        elif run.pipeline.status != "success":
            status = run.job.status if run.job is not None else run.pipeline.status
            reason = f" ({run.job.failure_reason})" if run.job is not None and run.job.failure_reason else ""
            troubles.setdefault(f"{status}{reason}", []).append(f"#{run.pipeline.id}")
    for status, which in troubles.items():
        shown: Message | str = status
        if status == "no pipeline":
            shown = _("no pipeline")
            hint = _("let GitLab make pipelines for pushes: Settings, General, Visibility: CI/CD")
        elif status == "pending":
            hint = _("see docker logs of the runner: whether it asks for jobs, and whether machines can be made")
        elif status.startswith("running"):
            hint = _("see the jobs' logs, and docker logs of the runner: machines that do not come up hold their jobs")
        else:
            hint = _("see the jobs' logs in GitLab")
        yield Finding(
            _("every pipeline of the burst ends with success"),
            _("{status} after {seconds} s: {which}", status=shown, seconds=f"{seconds:g}", which=which)
            if status in ("pending", "running", "no pipeline")
            else _("{status}: {which}", status=status, which=which),
            None,
            hint,
        )


def _judge(runs: Sequence[BurstRun], logs: Sequence[Ran], wanted: Configured | None) -> None:
    jobs = [run.job for run in runs if run.job is not None]
    used, together = machines(logs), crews(jobs)
    if not together or not logs:
        if all(run.is_over and run.pipeline is not None and run.pipeline.status == "success" for run in runs):
            raise Unverified(_("the jobs of the burst have no log"))
        return
    if not used:
        raise NotAttempted(
            _("the jobs ran on the runner's own host, and no log names a machine of theirs: {hosts}",
              hosts=hosts(logs))
        )  # fmt: skip
    crew = max(together, key=lambda each: each.peak.count)
    note("runner", runners(logs))
    note("machines", used)
    note("jobs at once", crew.peak.count)
    report(scaling_problems(logs, crew, wanted))
    if len(used) == 1 and len(logs) > 1:
        report([_one_machine(used[0], len(logs), wanted)])


def _one_machine(machine: str, count: int, wanted: Configured | None) -> Finding:
    return Finding(
        _("a burst runs on more than one machine"),
        _("{machine} ran every job: {count}", machine=machine, count=count),
        wanted.jobs_at if wanted is not None else None,
        _("let more jobs run at once: limit and concurrent; and see docker logs of the runner for machines that could "
          "not be made"),
    )  # fmt: skip
