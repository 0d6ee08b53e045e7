"""The item gitlab-ci-1/tests-in-repo."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._test_database import database_of
from pytest_dockerlab.checks.gitlab_ci_1._test_gems import gems
from pytest_dockerlab.checks.gitlab_ci_1._test_runs import files_with_tests, requires, run_of, shown
from pytest_dockerlab.findings import Finding, Location, Mismatch, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.submission.gitlab_ci.pipeline import Pipeline
from pytest_dockerlab.submission.gitlab_ci.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.checks.gitlab_ci_1._test_runs import Run
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.gitlab_ci.pipeline import Job
    from pytest_dockerlab.submission.gitlab_ci.steps import Step
    from pytest_dockerlab.submission.submission import Submission

_TEST_STAGE = re.compile(r"test|spec|check|verif|unit|integration|quality|\bqa\b|провер|тест", re.IGNORECASE)
_WHATEVER = re.compile(r"\|\|[ \t]*(?:true|:|exit 0|echo\b[^|&;]*)[ \t]*$")
_BEHIND = re.compile(r"(?<!&)&[ \t]*$")
_LOOKS_AT_RESULT = frozenset({"wait", "exit", "test", "[", "[["})
_MOST_SHOWN = 3


@dataclass(slots=True)
class _Candidate:
    """A job that runs tests, or seems to: what is wrong with it, and what is not known of it."""

    job: Job
    run: Run
    findings: list[Finding] = field(default_factory=list)
    unknown: Message | None = None
    database: str = ""


@check(
    "gitlab-ci-1/tests-in-repo",
    "a test job runs the app's tests with their database",
    needs=["gitlab-ci-1/pipeline-file"],
)
def tests_in_repo(submission: Submission, pipeline: Pipeline) -> None:
    tree = submission.tree
    candidates = [each for one in _pipelines(pipeline, tree) for each in _candidates(one, tree)]
    passing = [each for each in candidates if not each.findings and each.unknown is None]
    if passing:
        best = passing[0]
        note("tests", f"{best.job.name}: {shown(' '.join(best.run.step.words))} ({best.run.step.at})")
        note("files with tests", list(best.run.files))
        note("database", best.database)
        return
    unknown = next((each for each in candidates if not each.findings), None)
    if unknown is not None:
        raise Unverified(
            _("{job}: {why}", job=unknown.job.name, why=unknown.unknown),
            _("see what its log says of the tests: gitlab-ci-1/pipeline-passed"),
        )
    if candidates:
        report(min(candidates, key=lambda each: len(each.findings)).findings)
        return
    places = [job.unexpanded[0].at for job in pipeline.jobs.values() if not job.is_expanded]
    places += [each.at for each in pipeline.includes if not each.is_followed]
    if places:
        raise Unverified(
            _("the job that runs the tests may come from elsewhere: {place}", place=str(places[0])),
            _("see what its log says of the tests: gitlab-ci-1/pipeline-passed"),
        )
    report([_nobody(pipeline, tree)])


def _pipelines(pipeline: Pipeline, tree: Tree) -> Iterator[Pipeline]:
    """The pipeline, and those of the repository that its jobs start."""
    yield pipeline
    for job in pipeline.jobs.values():
        included = job.value.get("trigger", "include")
        for each in (included.items or (included,)) if included is not None else ():
            local = each.get("local") if each.mapping else each
            path = local.text.lstrip("/") if local is not None and local.is_scalar else ""
            if path.endswith((".yml", ".yaml")) and "$" not in path and path != pipeline.path:
                try:
                    yield Pipeline.read(tree, path)
                except Mismatch:
                    continue


def _candidates(pipeline: Pipeline, tree: Tree) -> Iterator[_Candidate]:
    for job in (*pipeline.jobs.values(), *pipeline.templates()):
        steps = Steps(tree, job)
        runs = [run for step in steps.steps if (run := run_of(step, tree)) is not None]
        if runs:
            run = min(runs, key=lambda run: (run.step.is_in_container, not run.is_sure, len(run.problems)))
            yield _judged(job, run, steps, tree)


def _judged(job: Job, run: Run, steps: Steps, tree: Tree) -> _Candidate:
    """What is wrong with a job that runs tests: one thing, where the next one follows from it."""
    candidate = _Candidate(job, run, [*_never_counts(job), *_goes_unnoticed(run, steps.steps)])
    if not run.step.is_reached and steps.problem is not None:
        candidate.findings.append(steps.problem)
    elif run.step.is_in_container:
        candidate.unknown = _("the tests run inside a container, and what that holds is not looked into")
    elif not run.is_sure:
        words = shown(" ".join(run.step.words))
        candidate.unknown = _("{command}: which files that finds is only known when it runs", command=words)
    elif run.problems:
        candidate.findings += run.problems
    else:
        candidate.findings += gems(job, run, steps.steps, tree)
        reached = database_of(job, run, steps.steps, tree)
        candidate.findings += reached.findings
        candidate.unknown, candidate.database = reached.unknown, reached.service
    if candidate.findings and not job.is_expanded:
        candidate.findings, candidate.unknown = [], job.unexpanded[0].reason
    return candidate


def _never_counts(job: Job) -> Iterator[Finding]:
    """Why nobody is told when the tests fail, though the job has them."""
    if job.name.startswith("."):
        yield Finding(
            None, _("{job} runs them; a job whose name begins with a dot never runs", job=job.name), job.at,
            _("take the dot away, or let a job extend it"),
        )  # fmt: skip
    elif not _TEST_STAGE.search(job.stage):
        yield Finding(
            _("the job is in a stage for tests"), _("{job} is in the stage {stage}", job=job.name, stage=job.stage),
            job.stage_at or job.at, _("add a stage test before that, and write: stage: test"),
        )  # fmt: skip
    ruled = {said.text if (said := rule.get("when")) is not None else "on_success" for rule in job.rules}
    for when in ("never", "manual"):
        if job.when == when or ruled == {when}:
            key = "when" if job.when == when else "rules"
            yield Finding(
                _("the job runs by itself"), _("{job} has when: {when}", job=job.name, when=when),
                job.value.mapping[key].at, _("delete it, so that every push is tested"),
            )  # fmt: skip


def _goes_unnoticed(run: Run, steps: list[Step]) -> Iterator[Finding]:
    """What in the script makes nothing of it that a test fails."""
    at = steps.index(run.step)
    found = [match[0] for match in [_WHATEVER.search(run.step.line)] if match is not None]
    # Who looks at the result later may do so in many ways.
    if not _LOOKS_AT_RESULT & {step.program for step in steps[at + 1 :]}:
        settings = [step for step in steps[:at] if step.program == "set" and step.at.file == run.step.at.file]
        is_off = settings and "+e" in settings[-1].words and "||" not in run.step.line
        found += ["set +e"] if is_off else []
        found += ["&"] if _BEHIND.search(run.step.line) and run.step.words[-1] in _last(run.step.line) else []
    if found:
        yield Finding(
            _("the job fails when a test fails"), _("{command}, and so it never does", command=found[0]), run.step.at,
            _("delete that, or write allow_failure: true"),
        )  # fmt: skip


def _last(text: str) -> str:
    return text.rstrip().rpartition("\n")[2]


def _nobody(pipeline: Pipeline, tree: Tree) -> Finding:
    """That no job runs tests: what the jobs for it do instead, or that there are no tests."""
    files = [path for path in files_with_tests(tree) if requires(path, tree)]
    if not files:
        return Finding(
            _("the application and its tests are in the repository"), _("no file with a test of it"),
            Location(pipeline.path), _("add the application with its tests, as reddit/simpletest.rb"),
        )  # fmt: skip
    jobs = [job for job in pipeline.jobs.values() if _TEST_STAGE.search(job.stage) and job.script]
    folder, _slash, name = files[0].rpartition("/")
    steps = [f"cd {folder}"] if folder else []
    steps += ["bundle install", f"ruby {name}"] if name.endswith(".rb") else [f"pytest {name}"]
    hint = _("let it run them: {commands}", commands=steps)
    if not jobs:
        return Finding(None, _("no job of a stage for tests has a script"), pipeline.at("stages"), hint)
    lines = [f"{job.name}: {shown(job.script[-1].text)}" for job in jobs[:_MOST_SHOWN]]
    again = [each.key for _path, each in pipeline.duplicates if each.key in pipeline.jobs]
    found = (
        _("{jobs} ({again} stands there twice, and the last one counts)", jobs=lines, again=again) if again else lines
    )
    return Finding(None, found, jobs[0].script[-1].at, hint)
