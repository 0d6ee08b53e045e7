"""gitlab-ci-1/scale-history: what jobs that ran tell of the machines they ran on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pytest_dockerlab.checks.gitlab_ci_1 import _scaling
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, MachineSettings
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.testing import replace, said
from tests.gitlab.fake_runner import FakeRunner
from tests.gitlab.state import SEED, TOKEN, Fault, User

from ._gitlab import Site, words
from ._homework import CONFIGURATION

ID = "gitlab-ci-1/scale-history"
LONG = ".gitlab-ci.yml"


@pytest.fixture
def runner(site: Site) -> FakeRunner:
    """A runner as the homework configures it."""
    site.fake.commit(site.project, "master", {LONG: "test_unit_job:\n  script: [sleep 200]\n"}, "a long job")
    return FakeRunner(site.fake, site.project)


def judge(site: Site) -> ItemResult:
    return site.judge(ID, "gitlab_project")


def push_to(site: Site, *branches: str) -> None:
    """Push to each, as somebody does who wants to see machines come."""
    for number, branch in enumerate(branches):
        site.project.branches.setdefault(branch, site.project.branches["master"])
        site.fake.commit(site.project, branch, {"count": str(number)}, "again")
        site.fake.push(site.project, branch)


def burst(site: Site, runner: FakeRunner, count: int = 7) -> None:
    push_to(site, *(f"branch-{number}" for number in range(count)))
    runner.run_all()


@pytest.mark.sample(ID, "passes")
def test_machines_came(site: Site, runner: FakeRunner):
    burst(site, runner)
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["runner"] == ["my-autoscale-runner 18.6.0 docker+machine"]
    assert len(result.evidence["machines"]) == 5
    assert result.evidence["jobs at once"] == 5


@pytest.mark.sample(ID, "unusual")
def test_in_2018(site: Site, runner: FakeRunner):
    site.fake.release = SEED
    runner.version = (10, 5, 0)
    burst(site, runner)
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert all(name.startswith("runner-be2265a1-gitlab-runner-") for name in result.evidence["machines"])


@pytest.mark.sample(ID, "unusual")
def test_instances_of_docker_autoscaler_in_a_log_with_times(site: Site, runner: FakeRunner):
    site.edit(
        replace(CONFIGURATION, 'executor = "docker+machine"', 'executor = "docker-autoscaler"'),
        replace(CONFIGURATION, "  [runners.machine]\n", "  [runners.autoscaler]\n    max_instances = 5\n  [ignored]\n"),
    )
    runner.version, runner.executor = (18, 9, 0), "docker-autoscaler"
    burst(site, runner)
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["machines"][0].startswith("i-000")


@pytest.mark.sample(ID, "unusual")
def test_without_a_configuration_the_logs_say_enough(site: Site, runner: FakeRunner):
    (site.folder / CONFIGURATION).unlink()
    runner.machine_name = "auto-scale-%s"
    burst(site, runner)

    assert judge(site).verdict is Verdict.PASSED


@pytest.mark.sample(ID, "unusual")
def test_pushes_to_one_branch_are_canceled_and_that_is_said(site: Site, runner: FakeRunner):
    """GitLab does it, no limit of the runner's."""
    push_to(site, "a", "b", "c", "d", "d", "d")
    runner.run_all()
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["canceled because their branch had a newer push before they began"] == 2


def test_jobs_that_wait_and_one_that_somebody_canceled(site: Site, runner: FakeRunner):
    push_to(site, *"abcdefg")
    runner.advance(150)
    site.fake.cancel(site.project, list(site.project.pipelines.values())[-1])
    runner.step = 0
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["canceled by somebody"] == 1
    assert result.evidence["waiting"] >= 2


@pytest.mark.sample(ID, "fails")
def test_more_than_the_configuration_allows(site: Site, runner: FakeRunner):
    runner.concurrent, runner.settings = 9, MachineSettings(limit=9, idle=Idle(3, 600))
    burst(site, runner, 9)
    (finding,) = site.findings(ID, "gitlab_project")

    assert said(finding).startswith("at most 5 jobs run at once | 9 did, at 2026-11-20 10:07:20 | hand in the config")
    assert finding.at is not None
    assert finding.at.file == CONFIGURATION
    assert (site.folder / CONFIGURATION).read_text().splitlines()[(finding.at.line or 0) - 1].strip() == "limit = 5"


def test_machines_of_other_names(site: Site, runner: FakeRunner):
    runner.machine_name = "auto-scale-%s"
    burst(site, runner)
    (finding,) = site.findings(ID, "gitlab_project")

    expected = "machines are called as configured: runner-<token>-gitlab-runner-%s | runner-be2265a1-auto-scale-"
    assert said(finding).startswith(expected)


def test_what_scale_up_says_too_is_told_once(site: Site, runner: FakeRunner):
    runner.machine_name = "auto-scale-%s"
    burst(site, runner)

    assert judge(site).because_of == "gitlab-ci-1/scale-up"


def test_jobs_that_no_runner_took(site: Site, runner: FakeRunner):
    burst(site, runner)
    pipeline = site.fake.push(site.project, "master")
    for job in site.project.jobs.values():
        if job["pipeline"] == pipeline["id"]:
            job |= {"status": "failed", "failure_reason": "stuck_or_timeout_failure"}
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert "GitLab gave up jobs that no runner took: #" in words(result)


def test_the_newest_day_counts(site: Site, runner: FakeRunner):
    """The limit was another one before."""
    runner.concurrent, runner.settings = 9, MachineSettings(limit=9, idle=Idle(3, 600))
    burst(site, runner, 9)
    for job in site.project.jobs.values():
        job["started_at"] -= timedelta(days=3)
        job["finished_at"] -= timedelta(days=3)
    site.fake.on_request.clear()
    site.fake.on_pipeline.clear()
    burst(site, FakeRunner(site.fake, site.project))

    assert judge(site).verdict is Verdict.PASSED


def test_a_plain_docker_executor(site: Site, runner: FakeRunner):
    runner.executor = "docker"
    burst(site, runner)
    result = judge(site)

    assert result.verdict is Verdict.NOT_ATTEMPTED
    assert "manager.example" in words(result)


def test_machines_of_gitlab_com_are_nobodys_homework(site: Site, runner: FakeRunner, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_scaling, "_HOSTED", (site.url.removeprefix("http://"),))
    (site.folder / CONFIGURATION).unlink()
    burst(site, runner)
    assert judge(site).verdict is Verdict.PASSED
    runner.data |= {"runner_type": "instance_type", "is_shared": True}
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert "on a runner of its own" in words(result)


def test_one_after_the_other(site: Site, runner: FakeRunner):
    for _time in range(3):
        burst(site, runner, 1)
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert "no two jobs of this project ran at once" in words(result)


def test_one_machine_for_all(site: Site, runner: FakeRunner):
    """Short jobs take turns, while another machine is made."""
    site.fake.commit(site.project, "master", {LONG: "test_unit_job:\n  script: [sleep 1]\n"}, "a short job")
    runner.executor = "docker-autoscaler"
    burst(site, runner, 3)
    for job in site.project.jobs.values():
        job["started_at"] = min(each["started_at"] for each in site.project.jobs.values())
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert "i-0001 took all jobs, also when there were 3 at once" in words(result)


def test_no_job_has_run(site: Site, runner: FakeRunner):
    assert judge(site).verdict is Verdict.UNVERIFIED


def test_logs_that_are_gone(site: Site, runner: FakeRunner):
    burst(site, runner)
    site.project.traces.clear()
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert "have no log any more" in words(result)


def test_who_may_only_look_sees_enough(site: Site, runner: FakeRunner):
    burst(site, runner)
    site.fake.users[TOKEN] = User(scopes=frozenset({"read_api"}), level=30)

    assert judge(site).verdict is Verdict.PASSED


def test_nothing_is_changed(site: Site, runner: FakeRunner):
    burst(site, runner)
    site.fake.requests.clear()
    judge(site)

    assert {request.partition(" ")[0] for request in site.fake.requests} == {"GET"}


def test_hostile_logs(site: Site, runner: FakeRunner):
    burst(site, runner)
    for id in site.project.traces:
        site.project.traces[id] = (
            b"  on x be2265a1\nRunning on a via runner-be2265a1-\x1b[2J\xe2\x80\xae::error::x...\n"
        )
    (finding,) = site.findings(ID, "gitlab_project")

    assert said(finding).isprintable()
    assert str(judge(site).evidence["machines"]).isprintable()


@pytest.mark.parametrize("where", ["GET .*pipelines", "GET .*jobs", "GET .*trace"])
def test_a_gitlab_that_breaks_is_no_fault_of_the_students(site: Site, runner: FakeRunner, where: str):
    burst(site, runner)
    site.fake.faults.append(Fault(where, status=500))

    assert judge(site).verdict is Verdict.ERROR
