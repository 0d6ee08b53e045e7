"""The item gitlab-ci-1/runner-online."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, Mismatch, expect, note, report, require
from pytest_dockerlab.gitlab.errors import GitlabError, asking
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pytest_dockerlab.gitlab.answers import Job as JobThere
    from pytest_dockerlab.gitlab.answers import Runner
    from pytest_dockerlab.gitlab.instance import GitlabInstance
    from pytest_dockerlab.gitlab.project import GitlabProject
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.gitlab_ci.pipeline import Job
    from pytest_dockerlab.submission.submission import Submission

_LONG = timedelta(minutes=10)
"""A job that waits for longer, while nothing runs, is one that nobody takes: a machine is made in less."""
_REGISTER = _("register one: gitlab-runner register, with the token of Settings, CI/CD, Runners")
_STARTED = _("start it: docker ps and docker logs of its container say why it does not ask for jobs")


@check(
    "gitlab-ci-1/runner-online",
    "a runner of this project is online and takes its jobs",
    tier="remote",
    needs=[Need.GITLAB_URL, "gitlab-ci-1/instance"],
)
def runner_online(submission: Submission, gitlab_project: GitlabProject) -> None:
    """The jobs are those of the submission's pipeline; what GitLab does not tell of a runner counts for it."""
    with asking():
        runners = gitlab_project.runners()
        now = gitlab_project.instance.now()
        note("runners", {each.shown: _state(each, now) for each in runners})
        require(
            runners, found=_("no runner may take the jobs of {project}", project=gitlab_project.path), hint=_REGISTER
        )
        working = [each for each in runners if each.is_online and not each.is_paused]
        if not working:
            report(_idle(runners, now))
            return
        untaken = [each for each in _jobs(submission) if not any(_may_take(runner, each.tags) for runner in working)]
        for job in untaken:
            _refused(job, working)
        if not untaken:
            _expect_taken(gitlab_project, working, now)


def _state(runner: Runner, now: datetime) -> Message:
    if runner.is_paused:
        return _("paused")
    if runner.is_online:
        return _("online, {version}", version=runner.version) if runner.version else _("online")
    if runner.status == "never_contacted" or runner.contacted_at is None:
        return _("it has never asked for a job")
    hours = max(0, int((now - runner.contacted_at).total_seconds() // 3600))
    return _("offline: it last asked for a job {hours} h ago", hours=hours)


def _idle(runners: Sequence[Runner], now: datetime) -> Iterator[Finding]:
    for each in runners:
        hint = _("resume it: the button beside it in Settings, CI/CD, Runners") if each.is_paused else _STARTED
        expected = _("the runner {runner} is online and not paused", runner=each.shown)
        yield Finding(expected, _state(each, now), None, hint)


def _jobs(submission: Submission) -> list[Job]:
    """The jobs that run by themselves and whose tags are known."""
    try:
        jobs = submission.pipeline.jobs.values()
    except Mismatch:  # the item for the file says so
        return []
    return [each for each in jobs if each.when not in ("manual", "never") and "$" not in "".join(each.tags)]


def _may_take(runner: Runner, tags: Sequence[str]) -> bool:
    if runner.tags is None:  # the details of shared ones are for administrators
        return True
    if tags:
        return set(tags) <= set(runner.tags)
    return not runner.tags or runner.run_untagged is not False


def _refused(job: Job, runners: Sequence[Runner]) -> None:
    has = {each.shown: list(each.tags or ()) or _("no tags") for each in runners}
    if job.tags:
        found = _("the job wants the tags {tags}; the runners have: {runners}", tags=list(job.tags), runners=has)
        hint = _("give the runner these tags, or take them from the job")
    else:
        found = _("the job has no tags, and the runners take only jobs with theirs: {runners}", runners=has)
        hint = _("let the runner run untagged jobs (Settings, CI/CD, Runners), or give the job its tags")
    expect(False, _("a runner takes the job {job}", job=job.name), found=found, at=job.at, hint=hint)


def _expect_taken(project: GitlabProject, runners: Sequence[Runner], now: datetime) -> None:
    """A job that has waited for long, while all runners have nothing to do, is stuck."""
    pending = project.jobs(statuses=["pending"], limit=100)
    waiting = [each for each in pending if any(_may_take(runner, each.tags or ()) for runner in runners)]
    if not waiting:
        return
    oldest = min(waiting, key=lambda each: each.id)
    waited = _waited(project, oldest, now)
    if waited < _LONG or project.jobs(statuses=["running"], limit=1):
        return
    if any(_may_be_busy(project.instance, each) for each in runners):
        return
    minutes = int(waited.total_seconds() // 60)
    expect(
        False,
        _("a runner takes the job {job} when it has nothing else to do", job=oldest.name),
        found=_("it has waited for {minutes} min, and {count} jobs wait", minutes=minutes, count=len(waiting)),
        hint=_(
            "see docker logs of the runner: whether it asks this GitLab, and whether a machine can be made for the job"
        ),
    )


def _may_be_busy(instance: GitlabInstance, runner: Runner) -> bool:
    """Whether it has a job, of another project perhaps; of one that is not ours to see nobody says that it has not."""
    if runner.type == "instance_type":
        return True
    try:
        return instance.is_busy(runner.id)
    except GitlabError as error:
        if error.is_error:
            raise
        return True


def _waited(project: GitlabProject, job: JobThere, now: datetime) -> timedelta:
    """For how long it could have been taken: since its pipeline came to its stage, which an old GitLab does not say."""
    if job.queued_duration is not None:
        return timedelta(seconds=job.queued_duration)
    if job.created_at is None or job.pipeline is None:
        return timedelta()
    before = [each.finished_at for each in project.jobs(job.pipeline) if each.finished_at is not None]
    return now - max([job.created_at, *before])
