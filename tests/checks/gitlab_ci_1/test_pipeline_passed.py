"""gitlab-ci-1/pipeline-passed: what GitLab ran of the homework, and whether tests were among it."""

from __future__ import annotations

import subprocess

import pytest

from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.testing import replace
from tests.gitlab.fake_runner import FakeRunner
from tests.gitlab.state import CURRENT, SEED, Fault

from ._gitlab import Site, words
from ._homework import CI

ID = "gitlab-ci-1/pipeline-passed"
UNIT = "test_unit_job"
SUMMARY = "1 tests, 1 assertions, 0 failures, 0 errors, 0 pendings, 0 omissions, 0 notifications"


@pytest.fixture
def runner(site: Site) -> FakeRunner:
    """A runner whose jobs say what those of the homework do."""
    return FakeRunner(site.fake, site.project, says={UNIT: SUMMARY, "test_integration_job": "Testing 2"})


def judge(site: Site) -> ItemResult:
    return site.judge(ID, "gitlab_project")


def passed(site: Site, runner: FakeRunner) -> ItemResult:
    """What is said when a pipeline has run to its end."""
    site.fake.push(site.project, "master")
    runner.run_all()
    return judge(site)


@pytest.mark.sample(ID, "passes")
def test_it_passed(site: Site, runner: FakeRunner):
    result = passed(site, runner)

    assert result.verdict is Verdict.PASSED, words(result)
    assert str(result.evidence["pipeline"]).endswith(": success")
    assert result.evidence["tests"] == {UNIT: [SUMMARY]}


@pytest.mark.sample(ID, "unusual")
@pytest.mark.parametrize(
    "summary",
    [
        "1 runs, 1 assertions, 0 failures, 0 errors, 0 skips",
        "\x1b[32m3 examples, 0 failures\x1b[0m",
        "==== \x1b[1m2 passed\x1b[0m in 0.1s ====",
        "web_1 | 5 runs, 7 assertions, 0 failures, 0 errors, 1 skips",
    ],
    ids=["minitest", "rspec", "pytest", "by compose"],
)
def test_other_tools(site: Site, runner: FakeRunner, summary: str):
    runner.says[UNIT] = summary
    assert passed(site, runner).verdict is Verdict.PASSED


@pytest.mark.sample(ID, "unusual")
def test_a_gitlab_and_a_runner_of_2018_with_a_job_that_was_retried(site: Site, runner: FakeRunner):
    """Then jobs that were run again are listed still."""
    site.fake.release = SEED
    runner.version = (10, 5, 0)
    site.fake.push(site.project, "master")
    runner.run_all()
    first = next(job for job in site.project.jobs.values() if job["name"] == UNIT)
    pipeline = site.project.pipelines[first["pipeline"]]
    again = site.fake.job(site.project, pipeline, name=UNIT, started_at=first["started_at"])
    site.fake.finish(site.project, again, trace=site.project.traces[first["id"]])
    first |= {"status": "failed", "retried": True}

    result = judge(site)
    assert result.verdict is Verdict.PASSED, words(result)


@pytest.mark.sample(ID, "unusual")
def test_a_deployment_that_waits_for_somebody(site: Site, runner: FakeRunner):
    site.fake.commit(site.project, "master", {CI: _with("deploy_job:\n", "deploy_job:\n  when: manual\n")}, "manual")
    pipeline = site.fake.push(site.project, "master")
    runner.run_all()
    pipeline["status"] = "manual"

    assert judge(site).verdict is Verdict.PASSED


def test_a_log_with_times(site: Site, runner: FakeRunner):
    runner.version = (18, 9, 0)
    assert passed(site, runner).verdict is Verdict.PASSED


@pytest.mark.sample(ID, "fails")
def test_tests_that_only_echo(site: Site, runner: FakeRunner):
    runner.says[UNIT] = "Testing 1"
    result = passed(site, runner)

    assert result.verdict is Verdict.FAILED
    assert "no job's log has a summary of tests: test_unit_job, test_integration_job" in words(result)


def test_a_summary_that_is_only_echoed(site: Site, runner: FakeRunner):
    site.fake.commit(site.project, "master", {CI: _with("ruby simpletest.rb", f"echo '{SUMMARY}'")}, "cheat")
    assert passed(site, runner).verdict is Verdict.FAILED


def test_a_summary_that_the_script_has_in_several_lines(site: Site, runner: FakeRunner):
    """GitLab shows only the first one of them."""
    site.edit(replace(CI, "    - ruby simpletest.rb\n", f"    - |\n      cd reddit\n      echo '{SUMMARY}'\n"))
    assert passed(site, runner).verdict is Verdict.FAILED


def test_no_test_ran(site: Site, runner: FakeRunner):
    runner.says[UNIT] = "0 runs, 0 assertions, 0 failures, 0 errors, 0 skips"
    result = passed(site, runner)

    assert result.verdict is Verdict.FAILED
    assert "the job test_unit_job runs tests | 0 runs, 0 assertions" in words(result)


def test_tests_that_fail_and_their_job_does_not(site: Site, runner: FakeRunner):
    runner.says[UNIT] = "3 runs, 3 assertions, 1 failures, 0 errors, 0 skips"
    result = passed(site, runner)

    assert result.verdict is Verdict.FAILED
    assert "the job test_unit_job fails when its tests do | 3 runs, 3 assertions, 1 failures" in words(result)


def test_tests_that_fail(site: Site, runner: FakeRunner):
    runner.says[UNIT] = "3 runs, 3 assertions, 1 failures, 0 errors, 0 skips"
    runner.fails[UNIT] = "script_failure"
    result = passed(site, runner)

    assert len(result.findings) == 1
    assert "the job test_unit_job succeeds | script_failure: 3 runs, 3 assertions, 1 failures" in words(result)


def test_tests_that_may_fail(site: Site, runner: FakeRunner):
    site.fake.commit(site.project, "master", {CI: _with(f"{UNIT}:\n", f"{UNIT}:\n  allow_failure: true\n")}, "allow")
    runner.fails[UNIT] = "script_failure"
    result = passed(site, runner)

    assert len(result.findings) == 1
    assert "script_failure" in words(result)


def test_a_deployment_that_fails(site: Site, runner: FakeRunner):
    runner.fails["deploy_job"] = "runner_system_failure"
    result = passed(site, runner)

    assert len(result.findings) == 1
    assert "the job deploy_job succeeds | runner_system_failure | the runner could not run it" in words(result)


def test_what_may_fail_and_is_no_test(site: Site, runner: FakeRunner):
    site.fake.commit(site.project, "master", {CI: _with("deploy_job:\n", "deploy_job:\n  allow_failure: true\n")}, "x")
    runner.fails["deploy_job"] = "script_failure"

    assert passed(site, runner).verdict is Verdict.PASSED


@pytest.mark.sample(ID, "unusual")
def test_latest_is_no_test(site: Site, runner: FakeRunner):
    text = _with("deploy_job:\n", "push_latest:\n  when: manual\n")
    site.fake.commit(site.project, "master", {CI: text}, "push")

    assert passed(site, runner).verdict is Verdict.PASSED


def test_tests_in_a_pipeline_that_a_job_starts(site: Site, runner: FakeRunner):
    site.edit(replace(CI, "test_unit_job:\n", "tests:\n  trigger:\n    include: tests.yml\ntest_unit_job:\n"))
    runner.says[UNIT] = ""
    result = passed(site, runner)

    assert result.verdict is Verdict.UNVERIFIED
    assert "which the job tests starts" in words(result)


def test_a_build_that_fails_leaves_the_tests_aside(site: Site, runner: FakeRunner):
    runner.fails["build_job"] = "script_failure"
    result = passed(site, runner)

    assert len(result.findings) == 1
    assert "the job build_job succeeds" in words(result)


@pytest.mark.parametrize(("status", "hint"), [("skipped", "without [ci skip]"), ("manual", "take when: manual away")])
def test_a_test_job_that_did_not_run(site: Site, runner: FakeRunner, status: str, hint: str):
    site.fake.push(site.project, "master")
    runner.run_all()
    for job in site.project.jobs.values():
        if job["name"] == UNIT:
            job |= {"status": status, "started_at": None}
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert f"the test job {UNIT} runs | {status}" in words(result)
    assert hint in words(result)


@pytest.mark.parametrize("status", ["canceled", "skipped"])
def test_a_pipeline_that_did_not_run(site: Site, runner: FakeRunner, status: str):
    pipeline = site.fake.push(site.project, "master")
    site.fake.cancel(site.project, pipeline)
    pipeline["status"] = status
    for job in site.project.jobs.values():
        job["status"] = status
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert status in words(result)


def test_one_that_runs_still(site: Site, runner: FakeRunner):
    site.fake.push(site.project, "master")
    runner.advance(30)
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert "is not over yet: running" in words(result)


def test_one_that_nobody_takes(site: Site):
    site.fake.push(site.project, "master")

    assert judge(site).verdict is Verdict.UNVERIFIED


def test_there_is_none(site: Site, runner: FakeRunner):
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert "no pipeline of the branches gitlab-ci-1, docker-6, master" in words(result)


def test_the_newest_one_counts(site: Site, runner: FakeRunner):
    assert passed(site, runner).verdict is Verdict.PASSED
    site.fake.commit(site.project, "master", {"a": "b"}, "worse")
    runner.fails[UNIT] = "script_failure"
    assert passed(site, runner).verdict is Verdict.FAILED


def test_a_file_that_gitlab_cannot_read_is_told_by_its_lint(site: Site):
    pipeline = site.fake.push(site.project, "master")
    pipeline |= {"status": "failed", "yaml_errors": "jobs:test config contains unknown keys: scrpt"}
    for finding in site.findings(ID, "gitlab_project"):
        assert "unknown keys: scrpt" in str(finding.found)
        return
    raise AssertionError


# By the commit that is handed in.


def _commit(site: Site) -> str:
    """Make the homework a repository; GitLab has its commit on another branch than the default one."""
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "homework"]):
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *command]
        subprocess.run(git, cwd=site.folder, check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(site.folder)})
    head = ["git", "rev-parse", "HEAD"]
    return subprocess.run(head, cwd=site.folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("release", [CURRENT, SEED])
def test_the_pipeline_of_the_commit_counts(site: Site, runner: FakeRunner, release: tuple[int, ...]):
    site.fake.release = release
    site.fake.commit(site.project, "homework-19", {CI: _with("", "")}, "mine", sha=_commit(site))
    site.fake.push(site.project, "homework-19")
    runner.run_all()
    runner.fails[UNIT] = "script_failure"
    site.fake.commit(site.project, "homework-19", {"a": "b"}, "later")
    site.fake.push(site.project, "homework-19")
    runner.run_all()
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert any("newer pipeline" in name for name in result.evidence)


def test_a_commit_without_a_pipeline(site: Site, runner: FakeRunner):
    site.fake.commit(site.project, "homework-19", {}, "mine [ci skip]", sha=_commit(site))
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert "and no pipeline of it" in words(result)


def test_a_commit_that_gitlab_has_not_got(site: Site, runner: FakeRunner):
    commit = _commit(site)
    site.fake.push(site.project, "master")
    runner.run_all()
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert f"has not got the commit {commit[:8]}" in words(result)


# Logs that are not there, or hostile.


def test_logs_that_are_gone(site: Site, runner: FakeRunner):
    site.fake.push(site.project, "master")
    runner.run_all()
    site.project.traces.clear()
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert "have no log any more" in words(result)


def test_a_log_of_one_line_without_an_end(site: Site, runner: FakeRunner):
    site.fake.push(site.project, "master")
    runner.run_all()
    unit = next(id for id, job in site.project.jobs.items() if job["name"] == UNIT)
    site.project.traces = {unit: b"\x1b[2J::error::x" + b"." * 50_000_000}
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert "are longer than can be read" in words(result)


def test_what_a_log_says_is_not_repeated(site: Site, runner: FakeRunner):
    runner.says[UNIT] = f"\x1b]0;x\x07\x1b[2J::error file=x::y\n{SUMMARY}\x1b[8m<script>"
    result = passed(site, runner)

    assert result.verdict is Verdict.PASSED, words(result)
    shown = str(result.evidence) + words(result)
    assert not {"\x1b", "::error", "<script>"} & {part for part in ("\x1b", "::error", "<script>") if part in shown}


@pytest.mark.parametrize("where", ["GET .*pipelines", "GET .*jobs", "GET .*trace"])
def test_a_gitlab_that_breaks_is_no_fault_of_the_students(site: Site, runner: FakeRunner, where: str):
    site.fake.push(site.project, "master")
    runner.run_all()
    site.fake.faults.append(Fault(where, status=500))

    assert judge(site).verdict is Verdict.ERROR


def _with(old: str, new: str) -> str:
    from ._homework import BASE

    return BASE[CI].replace(old, new) if old else BASE[CI]
