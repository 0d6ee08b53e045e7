"""gitlab-ci-1/scale-up: a burst of pipelines on a runner that scales, and on those that do not."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from pytest_dockerlab.activity import set_listener
from pytest_dockerlab.checks.gitlab_ci_1 import _scaling
from pytest_dockerlab.course import Course
from pytest_dockerlab.engine.owned.labels import Labels, Owner
from pytest_dockerlab.gitlab.autoscaling.settings import Idle, MachineSettings, Times
from pytest_dockerlab.gitlab.bursts import JOB, Burst, BurstPlan
from pytest_dockerlab.gitlab.instance import GitlabInstance
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.options import Settings
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.testing import replace
from tests.gitlab.fake_runner import FakeRunner
from tests.gitlab.state import SEED, TOKEN, Fault, Project, User

from ._gitlab import Site, words
from ._homework import CONFIGURATION

ID = "gitlab-ci-1/scale-up"
RUN = "0123456789abcdef0123456789abcdef"
PATIENT, IMPATIENT = Course(time_limits={"burst": 120.0}), Course(time_limits={"burst": 91.0})


@pytest.fixture
def runner(site: Site) -> FakeRunner:
    """A runner as the homework configures it."""
    runner = FakeRunner(site.fake, site.project, step=12)
    runner.data["description"] = "autoscale-runner"
    return runner


def judge(site: Site, course: Course = PATIENT, after: dict[str, str] | None = None, **given: Any) -> ItemResult:
    """What comes of it; the project has the branches that it had before, or those ``after``."""
    after = after or dict(site.project.branches)
    known = {
        "gitlab_project": GitlabInstance(site.url, site.token, may_write=True, seconds=10).project(site.project.id),
        "hw_settings": Settings(allow_push=True),
        "hw_course": course,
        "run_labels": Labels(RUN, Owner.of()),
    }
    result = site.judge(ID, **{**known, **given})
    assert site.project.branches == after
    statuses = {each["status"] for each in site.project.pipelines.values() if each["ref"].startswith("dockerlab-")}
    assert statuses <= {"success", "failed", "canceled"}
    return result


@pytest.mark.sample(ID, "passes")
def test_machines_come(site: Site, runner: FakeRunner):
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["pipelines"] == 6  # one more than limit
    assert len(result.evidence["machines"]) >= 3
    assert 2 <= result.evidence["jobs at once"] <= 5
    assert {job["name"] for job in site.project.jobs.values()} == {JOB}  # nothing of the homework's own ran


@pytest.mark.sample(ID, "unusual")
def test_in_2018_with_machines_on_demand(site: Site, runner: FakeRunner):
    site.fake.release = SEED
    site.edit(replace(CONFIGURATION, "IdleCount = 1", "IdleCount = 0"))
    runner.version, runner.settings = (10, 5, 0), MachineSettings(limit=5, idle=Idle(0, 600))

    assert judge(site).verdict is Verdict.PASSED


@pytest.mark.sample(ID, "unusual")
def test_instances_of_docker_autoscaler_for_jobs_with_tags(site: Site, runner: FakeRunner):
    site.edit(
        replace(CONFIGURATION, 'executor = "docker+machine"', 'executor = "docker-autoscaler"'),
        replace(CONFIGURATION, "  [runners.machine]\n", "  [runners.autoscaler]\n    max_instances = 3\n  [ignored]\n"),
    )
    runner.version, runner.executor, runner.settings = (18, 9, 0), "docker-autoscaler", MachineSettings(3, Idle(1, 600))
    runner.data |= {"tag_list": ["cloud"], "run_untagged": False}
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["pipelines"] == 4
    assert all(job["tag_list"] == ["cloud"] for job in site.project.jobs.values())


@pytest.mark.sample(ID, "unusual")
def test_without_a_configuration(site: Site, runner: FakeRunner):
    (site.folder / CONFIGURATION).unlink()
    result = judge(site)

    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["pipelines"] == 5


@pytest.mark.sample(ID, "fails")
def test_one_machine_for_all(site: Site, runner: FakeRunner):
    site.edit(replace(CONFIGURATION, "limit = 5", "limit = 1"))
    runner.settings, runner.step = MachineSettings(limit=1, idle=Idle(1, 600)), 60
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert "a burst runs on more than one machine" in words(result)
    assert "ran every job: 3" in words(result)
    lines = (site.folder / CONFIGURATION).read_text().splitlines()
    assert [lines[each.at.line - 1].strip() for each in result.findings if each.at and each.at.line] == ["limit = 1"]


def test_more_at_once_than_is_configured(site: Site, runner: FakeRunner):
    runner.concurrent, runner.settings = 9, MachineSettings(limit=9, idle=Idle(5, 600))
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert "at most 5 jobs run at once | 6 did" in words(result)


def test_machines_of_other_names(site: Site, runner: FakeRunner):
    runner.machine_name = "auto-scale-%s"
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert "machines are called as configured" in words(result)


def test_jobs_that_fail(site: Site, runner: FakeRunner):
    runner.fails[JOB] = "runner_system_failure"
    result = judge(site)

    assert result.verdict is Verdict.FAILED
    assert "every pipeline of the burst ends with success | failed (runner_system_failure): #" in words(result)


def test_jobs_that_hang(site: Site, runner: FakeRunner):
    runner.hangs.add(JOB)
    result = judge(site, IMPATIENT)

    assert result.verdict is Verdict.FAILED
    assert "running after 1 s: #" in words(result)


def test_machines_that_do_not_come_up(site: Site, runner: FakeRunner):
    runner.settings, runner.times = MachineSettings(limit=5, idle=Idle(1, 600)), Times(creation=100_000)
    result = judge(site, IMPATIENT)

    assert result.verdict is Verdict.FAILED
    assert "pending after 1 s: #" in words(result)


def test_a_gitlab_that_makes_no_pipelines(site: Site, runner: FakeRunner):
    def lose(project: Project, pipeline: dict[str, Any]) -> None:
        del project.pipelines[pipeline["id"]]
        project.jobs.clear()

    site.fake.on_pipeline.insert(0, lose)
    result = judge(site, IMPATIENT)

    assert result.verdict is Verdict.FAILED
    assert "no pipeline after 1 s: dockerlab-burst-" in words(result)


def test_a_plain_docker_executor(site: Site, runner: FakeRunner):
    runner.executor = "docker"
    result = judge(site)

    assert result.verdict is Verdict.NOT_ATTEMPTED
    assert "manager.example" in words(result)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"access_level": "ref_protected"}, "they take the jobs of protected branches alone"),
        ({"online": False, "status": "offline"}, "none is online"),
        ({"paused": True, "active": False}, "none is online"),
    ],
)
def test_no_runner_would_take_them(site: Site, runner: FakeRunner, fields: dict[str, object], why: str):
    runner.data |= fields
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert why in words(result)
    assert not [request for request in site.fake.requests if not request.startswith("GET")]


def test_a_runner_of_gitlab_com(site: Site, runner: FakeRunner, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_scaling, "_HOSTED", (site.url.removeprefix("http://"),))
    runner.data |= {"runner_type": "instance_type", "is_shared": True}
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert "those that are online are 127.0.0.1" in words(result)


def test_it_says_how_far_it_is(site: Site, runner: FakeRunner):
    told: list[str] = []
    set_listener(lambda activities: told.append(str(activities[-1].what)) if activities else None)
    try:
        judge(site)
    finally:
        set_listener(None)

    assert told[0] == "a burst of pipelines: 6"
    assert any(
        re.fullmatch(r"a burst of pipelines: [1-5] of 6 are over, running: \d, waiting: \d", each) for each in told
    )


def test_without_permission_nothing_is_pushed(site: Site, runner: FakeRunner):
    result = judge(site, hw_settings=Settings())

    assert result.verdict is Verdict.UNVERIFIED
    assert "was not allowed" in words(result)
    assert not [request for request in site.fake.requests if not request.startswith("GET")]


@pytest.mark.parametrize(
    ("user", "says"),
    [(User(scopes=frozenset({"read_api"})), "the scope read_api, or api"), (User(level=30), "Maintainer")],
)
def test_a_token_that_may_not_push(site: Site, runner: FakeRunner, user: User, says: str):
    site.fake.users[TOKEN] = user
    result = judge(site)

    assert result.verdict is Verdict.UNVERIFIED
    assert says in words(result)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST .*commits", status=429, headers={"Retry-After": "0"}, times=3),
        Fault("GET .*jobs", status=502, times=5),
        Fault("DELETE", drops=True, times=2),
    ],
    ids=["rate limit", "bad gateway", "dropped"],
)
def test_trouble_that_passes(site: Site, runner: FakeRunner, fault: Fault):
    site.fake.faults.append(fault)

    assert judge(site).verdict is Verdict.PASSED


def test_trouble_that_does_not_pass_is_no_fault_of_the_students(site: Site, runner: FakeRunner):
    site.fake.faults.append(Fault("GET .*/jobs", status=500))

    assert judge(site, IMPATIENT).verdict is Verdict.ERROR


def test_what_a_killed_run_left_is_removed_first(site: Site, runner: FakeRunner):
    before = dict(site.project.branches)
    project = GitlabInstance(site.url, TOKEN, may_write=True).project(site.project.id)
    dead = dataclasses.replace(Owner.of(), start="0")
    left = Burst(project, BurstPlan(2, 100), "deadbeefdeadbeef", str(dead))
    left.push(Deadline(10))
    assert len(site.project.branches) == 3
    result = judge(site, after=before)

    assert sorted(result.evidence["removed, left by a run that was killed"]) == list(left.branches)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_leaves_nothing(site: Site, runner: FakeRunner, number: signal.Signals):
    """The command itself, in the middle of a burst that does not end."""
    runner.step = 0
    pushed = threading.Event()
    site.fake.on_pipeline.append(lambda *_: pushed.set() if len(site.project.branches) == 7 else None)
    command = [
        sys.executable, "-m", "pytest_dockerlab.cli", "check", str(site.folder), "--hw", ID, "--hw-allow-push",
        "--hw-tier=files", "--hw-lang=en", f"--hw-gitlab-url={site.url}", "--hw-gitlab-project=homework/example",
    ]  # fmt: skip
    environment = {**os.environ, "DOCKERLAB_GITLAB_TOKEN": TOKEN}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert pushed.wait(60)
        process.send_signal(number)
        said = process.communicate(timeout=60)[0].decode()

    assert process.returncode == 2, said
    assert list(site.project.branches) == ["master"]
    assert {each["status"] for each in site.project.pipelines.values()} == {"canceled"}
    assert TOKEN not in said
