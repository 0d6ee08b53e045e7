"""The runner of the fake GitLab: what it does is what the autoscaling model says, and looks alike everywhere."""

from __future__ import annotations

import itertools

import pytest

from pytest_dockerlab.gitlab.autoscaling.settings import Idle, MachineSettings
from pytest_dockerlab.gitlab.concurrency import peak
from pytest_dockerlab.gitlab.traces import Outcome, read_log

from .fake import FakeGitlab, fake_gitlab
from .fake_runner import FakeRunner
from .state import Project

_FILE = """\
stages: [build, test, deploy]
build_job:
  stage: build
  script: [sleep 30]
unit:
  script: [sleep 70]
integration:
  script: [sleep 50]
deploy_job:
  stage: deploy
  when: manual
  script: [deploy]
"""


def _burst(fake: FakeGitlab, runner: FakeRunner, count: int) -> None:
    for number in range(count):
        runner.project.branches[f"b{number}"] = runner.project.branches["master"]
        fake.push(runner.project, f"b{number}")
    runner.run_all()


def _home(fake: FakeGitlab) -> Project:
    return fake.project(files={".gitlab-ci.yml": _FILE})


@pytest.mark.parametrize("version", [(10, 5, 0), (18, 9, 0)], ids=["2018", "current"])
@pytest.mark.parametrize(("count", "idle"), [(1, 1), (4, 1), (4, 0), (9, 2)])
def test_a_burst_runs_as_the_model_says(version: tuple[int, ...], count: int, idle: int):
    with fake_gitlab() as fake:
        home = _home(fake)
        runner = FakeRunner(fake, home, version=version, settings=MachineSettings(limit=4, idle=Idle(idle, 600)))
        _burst(fake, runner, count)

    ran = [job for job in home.jobs.values() if job["name"] != "deploy_job"]
    assert {job["status"] for job in ran} == {"success"}
    assert peak((job["started_at"], job["finished_at"]) for job in ran).count <= 4
    by_machine: dict[str, list[tuple[object, object]]] = {}
    for job in sorted(ran, key=lambda job: job["started_at"]):
        log = read_log(home.traces[job["id"]].decode())
        assert (log.outcome, log.runner_version) == (Outcome.SUCCEEDED, ".".join(map(str, version)))
        by_machine.setdefault(str(log.host), []).append((job["started_at"], job["finished_at"]))
    for spans in by_machine.values():
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans)), spans  # type: ignore[operator]
    assert len(by_machine) > 1 or count == 1


def test_stages_follow_each_other_and_what_is_manual_waits():
    with fake_gitlab() as fake:
        home = _home(fake)
        runner = FakeRunner(fake, home)
        pipeline = fake.push(home, "master")
        assert [job["status"] for job in home.jobs.values()] == ["pending", "created", "created", "manual"]
        runner.run_all()
        build, unit, integration, deploy = home.jobs.values()

    assert build["finished_at"] <= min(unit["started_at"], integration["started_at"])
    assert deploy["status"] == "manual"
    assert pipeline["finished_at"] is None or pipeline["finished_at"] >= unit["finished_at"]


def test_a_job_that_fails_ends_its_pipeline():
    with fake_gitlab() as fake:
        home = _home(fake)
        runner = FakeRunner(fake, home, fails={"build_job": "script_failure"})
        pipeline = fake.push(home, "master")
        runner.run_all()

    assert [job["status"] for job in home.jobs.values()] == ["failed", "skipped", "skipped", "manual"]
    assert pipeline["status"] == "failed"


def test_a_runner_that_is_paused_takes_nothing():
    with fake_gitlab() as fake:
        home = _home(fake)
        runner = FakeRunner(fake, home)
        runner.data["paused"] = True
        _burst(fake, runner, 2)

    assert not [job for job in home.jobs.values() if job["started_at"]]


def test_it_is_the_same_every_time():
    def once() -> list[object]:
        with fake_gitlab() as fake:
            home = _home(fake)
            _burst(fake, FakeRunner(fake, home), 5)
            return [[job["started_at"], job["finished_at"]] for job in home.jobs.values()]

    assert once() == once()
