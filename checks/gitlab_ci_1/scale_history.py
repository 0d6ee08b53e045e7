"""The item gitlab-ci-1/scale-history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._scaling import (
    configured,
    foreign_runners,
    hosts,
    machines,
    ran,
    runners,
    scaling_problems,
)
from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, note, report
from pytest_dockerlab.gitlab.errors import asking
from pytest_dockerlab.gitlab.past_jobs import canceled, crews, was_dropped
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.checks.gitlab_ci_1._scaling import Ran
    from pytest_dockerlab.gitlab.answers import Job
    from pytest_dockerlab.gitlab.past_jobs import Crew
    from pytest_dockerlab.gitlab.project import GitlabProject
    from pytest_dockerlab.submission.submission import Submission

_SCALE_UP = "gitlab-ci-1/scale-up"
_MOST_JOBS, _MOST_PIPELINES = 1000, 500
_MOST_LOGS = 30
_MOST_CREWS = 3
_MOST_SHOWN = 20
_TWO_AT_ONCE = _("push to several branches at once, or have it done: {option}", option="--hw-allow-push")


@check(
    "gitlab-ci-1/scale-history",
    "past jobs ran on several machines, within the limit",
    level="optional",
    tier="remote",
    needs=[Need.GITLAB_URL, "gitlab-ci-1/instance"],
    told_by=[_SCALE_UP],
)
def scale_history(submission: Submission, gitlab_project: GitlabProject) -> None:
    """Of the newest jobs that ran at once, and on machines of their own; what ran otherwise before or since is free."""
    with asking():
        jobs = gitlab_project.jobs(limit=_MOST_JOBS)
        _note_the_rest(gitlab_project, jobs)
        report(_dropped(jobs))
        foreign = foreign_runners(gitlab_project)
        found = [crew for crew in crews(jobs) if crew.runner not in foreign]
        if not found:
            raise Unverified(_("no job of this project has run on a runner of its own yet"), _TWO_AT_ONCE)
        at_once = [crew for crew in found if crew.peak.count > 1][:_MOST_CREWS]
        looked: list[Ran] = []
        for crew in at_once or found[:1]:
            logs = ran(gitlab_project, crew.at_the_peak()[:_MOST_LOGS])
            looked += logs
            if machines(logs):
                _judge(submission, crew, logs)
                return
    if not looked:
        raise Unverified(_("the jobs that ran have no log any more"), _TWO_AT_ONCE)
    raise NotAttempted(
        _("the jobs ran on the runner's own host, and no log names a machine of theirs: {hosts}",
          hosts=hosts(looked)[:_MOST_SHOWN])
    )  # fmt: skip


def _judge(submission: Submission, crew: Crew, logs: Sequence[Ran]) -> None:
    used = machines(logs)
    note("runner", runners(logs))
    note("machines", used[:_MOST_SHOWN])
    note("jobs at once", crew.peak.count)
    problems = list(scaling_problems(logs, crew, configured(submission, crew.description, logs)))
    if problems:
        raise Unverified(_("the machines are not as configured"), told_by=_SCALE_UP, findings=problems)
    if crew.peak.count == 1:
        raise Unverified(_("no two jobs of this project ran at once: nothing had to scale"), _TWO_AT_ONCE)
    if len(used) == 1:
        raise Unverified(
            _("{machine} took all jobs, also when there were {count} at once: nothing had to scale",
              machine=used[0], count=crew.peak.count),
            _TWO_AT_ONCE,
        )  # fmt: skip


def _note_the_rest(project: GitlabProject, jobs: Sequence[Job]) -> None:
    """What did not run: jobs beyond a limit wait, and are canceled only by people, and by newer pushes to a branch."""
    why = canceled(jobs, project.pipelines(limit=_MOST_PIPELINES))
    if why.by_newer_push:
        note("canceled because their branch had a newer push before they began", why.by_newer_push)
    if why.by_somebody:
        note("canceled by somebody", why.by_somebody)
    if waiting := sum(job.status == "pending" for job in jobs):
        note("waiting", waiting)


def _dropped(jobs: Sequence[Job]) -> Iterator[Finding]:
    dropped = [job for job in jobs if was_dropped(job)]
    if dropped:
        yield Finding(
            _("every job finds a runner, if it waits"),
            _("GitLab gave up jobs that no runner took: {jobs}",
              jobs=[f"#{job.id} {job.name}" for job in dropped[:_MOST_SHOWN]]),
            None,
            _("see docker logs of the runner: whether it asks for jobs, and whether machines can be made"),
        )  # fmt: skip
