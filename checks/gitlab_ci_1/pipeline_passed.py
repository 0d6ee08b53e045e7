"""The item gitlab-ci-1/pipeline-passed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._newest_pipeline import newest_pipeline
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, note, report, require
from pytest_dockerlab.gitlab.errors import asking
from pytest_dockerlab.gitlab.past_jobs import is_over
from pytest_dockerlab.gitlab.traces import read_log
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_dockerlab.gitlab.answers import Job, Pipeline
    from pytest_dockerlab.gitlab.project import GitlabProject
    from pytest_dockerlab.gitlab.traces import JobLog, TestSummary
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.submission import Submission

_CI_LINT = "gitlab-ci-1/ci-lint"
_TESTS = re.compile(r"(?<!la)test|(?<![a-z])(?:spec|check|verif)|тест|провер", re.IGNORECASE)
"""In the name of a test job, or of its stage; not in ``latest``."""
_MOST, _MOST_LOGS = 20, 40
_RUN_AGAIN = _("run it again: the button beside it in GitLab")
_SKIPPED = _("push again, without [ci skip] in the message of the commit")


@check(
    "gitlab-ci-1/pipeline-passed",
    "the branch's newest pipeline passed and ran its tests",
    tier="remote",
    needs=[Need.GITLAB_URL, "gitlab-ci-1/instance"],
    told_by=[_CI_LINT],
)
def pipeline_passed(submission: Submission, gitlab_project: GitlabProject) -> None:
    with asking():
        pipeline = newest_pipeline(gitlab_project, submission.tree)
        shown = f"#{pipeline.id} {pipeline.ref} {pipeline.sha[:8]}"
        note("pipeline", f"{shown}: {pipeline.status}")
        jobs = _newest_of_each(gitlab_project.jobs(pipeline.id))
        tests = [job for job in jobs if _TESTS.search(f"{job.stage} {job.name}")]
        _require_over(pipeline, jobs, shown)
        logs = {job.id: log for job in (tests or jobs)[:_MOST_LOGS] if (log := _log(gitlab_project, job)) is not None}
    problems = list(_of_jobs(jobs, tests, logs))
    if pipeline.status != "success" and not problems and not _waits_for_somebody(pipeline):
        problems.append(_of_pipeline(pipeline, shown))
    report(problems)
    report(_of_tests(submission, tests or jobs, logs, is_told=bool(problems)))


def _newest_of_each(jobs: Iterable[Job]) -> list[Job]:
    """The jobs without those that were run again: before 13.5 GitLab lists these too."""
    newest: dict[str, Job] = {}
    for job in sorted(jobs, key=lambda job: job.id):
        newest[job.name] = job
    return list(newest.values())


def _waits_for_somebody(pipeline: Pipeline) -> bool:
    """Whether all that can run by itself has: what is left is started by hand."""
    return pipeline.status == "manual"


def _require_over(pipeline: Pipeline, jobs: Sequence[Job], shown: str) -> None:
    if pipeline.yaml_errors:
        invalid = Finding(
            _("GitLab makes jobs of the pipeline's file"), pipeline.yaml_errors, None,
            _("correct the file, and push it: see {item}", item=_CI_LINT),
        )  # fmt: skip
        raise Unverified(_("GitLab could make no jobs of the pipeline's file"), told_by=_CI_LINT, findings=[invalid])
    if is_over(pipeline.status) or _waits_for_somebody(pipeline):
        return
    waiting = [job.name for job in jobs if job.status in ("pending", "running")]
    raise Unverified(
        _("the pipeline {pipeline} is not over yet: {status}, {jobs}",
          pipeline=shown, status=pipeline.status, jobs=waiting or _("no job has begun")),
        _("ask again when it is; a job that waits for long has no runner: gitlab-ci-1/runner-online"),
    )  # fmt: skip


def _log(project: GitlabProject, job: Job) -> JobLog | None:
    if job.started_at is None or not is_over(job.status):
        return None
    trace = project.trace(job.id)
    return None if trace is None else read_log(trace.text, is_whole=trace.is_whole)


def _of_pipeline(pipeline: Pipeline, shown: str) -> Finding:
    hint = {
        "skipped": _SKIPPED,
        "canceled": _RUN_AGAIN,
    }.get(pipeline.status, _("see its jobs in GitLab"))
    return Finding(_("the pipeline {pipeline} succeeds", pipeline=shown), pipeline.status, None, hint)


def _of_jobs(jobs: Sequence[Job], tests: Sequence[Job], logs: dict[int, JobLog]) -> Iterator[Finding]:
    """The jobs that did not end well, one finding for those that failed for the same reason."""
    names = {job.id for job in tests}
    failed = [job for job in jobs if job.status == "failed" and (job.allow_failure is not True or job.id in names)]
    for job in failed[:_MOST]:
        yield Finding(_("the job {job} succeeds", job=job.name), _why_failed(job, logs.get(job.id)), None, _hint(job))
    if failed:
        return  # what was skipped or canceled is so because of them
    idle = [job for job in tests if job.status in ("skipped", "manual", "canceled", "created", "scheduled")]
    for job in idle[:_MOST]:
        if job.status == "manual":
            hint = _("let it run by itself: take when: manual away, or start it in GitLab")
        elif job.status == "canceled":
            hint = _RUN_AGAIN
        else:
            hint = _SKIPPED
        yield Finding(_("the test job {job} runs", job=job.name), job.status, None, hint)


def _why_failed(job: Job, log: JobLog | None) -> Message | str:
    reason = job.failure_reason or _("it failed")
    if log is not None:
        broken = [each for each in log.tests if each.failed]
        if broken:
            return _("{reason}: {summary}", reason=reason, summary=broken[0].text)
    if job.allow_failure:
        return _("{reason}, and allow_failure hides it", reason=reason)
    return reason


def _hint(job: Job) -> Message:
    match job.failure_reason:
        case "runner_system_failure" | "runner_provisioning_timeout":
            return _("the runner could not run it: see the job's log, docker logs of the runner, and its machines")
        case "stuck_or_timeout_failure" | "job_execution_timeout":
            return _("no runner took it in time, or it did not end: see gitlab-ci-1/runner-online, and the job's log")
    return _("see its log: {place}", place=job.url or f"#{job.id}")


def _of_tests(
    submission: Submission, tests: Sequence[Job], logs: dict[int, JobLog], *, is_told: bool
) -> Iterator[Finding]:
    """What the logs say of tests; nothing where there is another finding already, which is the reason."""
    said = {job: _summaries(submission, job, logs[job.id]) for job in tests if job.id in logs}
    note("tests", {job.name: [each.text for each in summaries] for job, summaries in said.items() if summaries})
    for job, summaries in said.items():
        hidden = [each for each in summaries if each.failed] if job.status == "success" else []
        if hidden:
            yield Finding(
                _("the job {job} fails when its tests do", job=job.name), hidden[0].text, None,
                _("let its script end with what the tests return: without || true"),
            )  # fmt: skip
        elif summaries and not any(each.run for each in summaries):
            yield Finding(
                _("the job {job} runs tests", job=job.name), summaries[0].text, None,
                _("give the tests' program the files that have tests"),
            )  # fmt: skip
    if is_told or any(each for summaries in said.values() for each in summaries):
        return
    cut = [job.name for job in tests if job.id in logs and not logs[job.id].is_whole]
    lost = [job.name for job in tests if job.id not in logs]
    if cut or not said:
        raise Unverified(
            _("the logs of the jobs {jobs} are longer than can be read", jobs=cut)
            if cut
            else _("the jobs {jobs} have no log any more", jobs=lost),
            _("run the pipeline again, with less output"),
        )
    if (starter := _starter(submission)) is not None:
        raise Unverified(
            _("the tests may run in another pipeline, which the job {job} starts", job=starter),
            _("look at the logs of its jobs in GitLab"),
        )
    require(
        False,
        _("the log of a test job shows the tests that ran"),
        found=_("no job's log has a summary of tests: {jobs}", jobs=[job.name for job in said][:_MOST]),
        hint=_(
            "run the tests in the job's script (ruby simpletest.rb), and let them print their summary; echo runs none"
        ),
    )


def _starter(submission: Submission) -> str | None:
    """A job that starts another pipeline, whose jobs are not among these."""
    try:
        jobs = submission.pipeline.jobs.items()
    except (Mismatch, Unverified):  # another item says so
        return None
    return next((name for name, job in jobs if job.value.get("trigger") is not None), None)


def _summaries(submission: Submission, job: Job, log: JobLog) -> list[TestSummary]:
    """The summaries of tests; not what the job's script has as its own words."""
    try:
        known = submission.pipeline.jobs.get(job.name)
    except (Mismatch, Unverified):  # another item says so
        known = None
    script = "\n".join(each.text for each in (*known.before_script, *known.script)) if known is not None else ""
    return [each for each in log.tests if each.text not in script]
