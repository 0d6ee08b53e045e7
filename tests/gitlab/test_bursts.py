"""Bursts of pipelines: what they make is theirs, and is removed whatever happens."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.cli import main
from pytest_dockerlab.engine.owned.labels import Owner
from pytest_dockerlab.gitlab.bursts import JOB, BranchesLeft, Burst, BurstPlan, BurstRun, NotHere, burst
from pytest_dockerlab.gitlab.errors import (
    GitlabDenied,
    GitlabLoginRequired,
    GitlabReadOnly,
    GitlabRefuses,
    GitlabScope,
)
from pytest_dockerlab.gitlab.instance import GitlabInstance
from pytest_dockerlab.gitlab.own_branches import sweep
from pytest_dockerlab.gitlab.past_jobs import crews
from pytest_dockerlab.gitlab.project import GitlabProject
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.run.watchdog import TimeLimit

from .fake import FakeGitlab, fake_gitlab
from .fake_runner import FakeRunner
from .state import SEED, TOKEN, Fault, Project, User

RUN = "0123456789abcdef0123456789abcdef"
OWNER = "host/boot:1/4711/99"
PLAN = BurstPlan(3, 100)


@pytest.fixture
def home(fake: FakeGitlab) -> Project:
    return fake.project(files={".gitlab-ci.yml": "deploy_job:\n  script: [deploy]\n"})


@pytest.fixture
def project(fake: FakeGitlab, home: Project) -> GitlabProject:
    return GitlabInstance(fake.url, TOKEN, may_write=True, seconds=5).project(home.id)


@contextlib.contextmanager
def _pushed(project: GitlabProject) -> Iterator[Burst]:
    with burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))
        yield made


def test_a_burst_on_machines_that_come_as_they_are_needed(fake: FakeGitlab, home: Project, project: GitlabProject):
    runner = FakeRunner(fake, home)
    before = dict(home.branches)
    told: list[list[BurstRun]] = []
    with burst(project, BurstPlan(7, 150), RUN, OWNER) as made:
        made.push(Deadline(10))
        assert sorted(set(home.branches) - set(before)) == [f"dockerlab-burst-{RUN}-{number}" for number in range(1, 8)]
        runs = made.wait(Deadline(60), told.append)

    assert [run.pipeline.status for run in runs if run.pipeline] == ["success"] * 7
    assert home.branches == before
    assert {job["name"] for job in home.jobs.values()} == {JOB}  # none of the project's own
    (crew,) = crews(project.jobs())
    assert crew.peak.count == runner.concurrent
    assert len(told) > 1


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt(), TimeLimit("x"), SystemExit(1)])
def test_it_is_removed_whatever_is_raised(home: Project, project: GitlabProject, error: BaseException):
    before = dict(home.branches)
    with pytest.raises(type(error)), _pushed(project):
        raise error

    assert home.branches == before
    assert {each["status"] for each in home.pipelines.values()} == {"canceled"}


def test_it_is_removed_after_a_signal_to_end(home: Project, project: GitlabProject):
    before = dict(home.branches)
    with pytest.raises(KeyboardInterrupt), _pushed(project):
        signal.raise_signal(signal.SIGTERM)

    assert home.branches == before


def test_one_that_was_only_begun_is_removed(fake: FakeGitlab, home: Project, project: GitlabProject):
    before = dict(home.branches)

    def refuse_the_third(_project: Project, _pipeline: object) -> None:
        if len(home.pipelines) == 2:
            fake.faults.append(Fault("POST .*commits", status=400))

    fake.on_pipeline.append(refuse_the_third)
    with pytest.raises(GitlabRefuses), burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))

    assert len(home.pipelines) == 2
    assert home.branches == before


def test_an_answer_that_was_lost_does_not_make_it_twice(
    fake: FakeGitlab, home: Project, project: GitlabProject, capfd: pytest.CaptureFixture[str]
):
    lost: list[str] = []

    def lose_the_first(_project: Project, pipeline: dict[str, Any]) -> None:
        lost.append(pipeline["ref"])
        if len(lost) == 1:
            raise ConnectionError

    fake.on_pipeline.append(lose_the_first)
    with _pushed(project) as made:
        assert lost == list(made.branches)
        assert len(home.pipelines) == 3


def test_an_answer_that_is_too_late_does_not_make_it_twice(fake: FakeGitlab, home: Project):
    hasty = GitlabInstance(fake.url, TOKEN, may_write=True, seconds=0.3).project(home.id)
    fake.faults.append(Fault("POST .*commits", delay=1.0, times=1))
    with burst(hasty, PLAN, RUN, OWNER) as made:
        made.push(Deadline(20))
        assert len(home.branches) == 4

    assert list(home.branches) == ["master"]


def test_a_branch_that_comes_up_after_an_interrupt_is_removed_too(
    fake: FakeGitlab, home: Project, project: GitlabProject
):
    """The request for it was on its way."""
    made = Burst(project, BurstPlan(1, 100), RUN, OWNER)
    fake.faults.append(Fault("POST .*commits", delay=0.7, times=1))
    thread = threading.get_ident()
    threading.Timer(0.3, lambda: signal.pthread_kill(thread, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        made.push(Deadline(10))
    assert list(home.branches) == ["master"]
    made.remove()

    assert list(home.branches) == ["master"]
    assert [each["status"] for each in home.pipelines.values()] == ["canceled"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST .*commits", status=429, headers={"Retry-After": "0"}, times=2),
        Fault("POST .*commits", status=502, times=2),
        Fault("POST .*commits", drops=True, times=1),
        Fault("GET .*pipelines", status=503, times=4),
        Fault("GET .*jobs", status=429, headers={"Retry-After": "0"}, times=4),
    ],
    ids=["rate limit", "bad gateway", "dropped", "unavailable while it runs", "rate limit while it runs"],
)
def test_trouble_that_passes_is_waited_out(fake: FakeGitlab, home: Project, project: GitlabProject, fault: Fault):
    FakeRunner(fake, home, step=20)
    fake.faults.append(fault)
    with burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(20))
        runs = made.wait(Deadline(20))

    assert all(run.is_over for run in runs)
    assert list(home.branches) == ["master"]


def test_jobs_that_nobody_takes_are_there_at_the_deadline(home: Project, project: GitlabProject):
    with burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))
        runs = made.wait(Deadline(0.2))

    assert [run.job.status for run in runs if run.job] == ["pending"] * 3
    assert {each["status"] for each in home.pipelines.values()} == {"canceled"}


@pytest.mark.parametrize(
    ("user", "error"),
    [
        (User(scopes=frozenset({"read_api"})), GitlabScope),
        (User(level=30), GitlabDenied),
    ],
)
def test_who_may_not_push(fake: FakeGitlab, home: Project, project: GitlabProject, user: User, error: type):
    fake.users[TOKEN] = user
    with pytest.raises(error), burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))

    assert list(home.branches) == ["master"]


def test_without_permission_nothing_is_sent(fake: FakeGitlab, home: Project):
    reading = GitlabInstance(fake.url, TOKEN).project(home.id)
    with pytest.raises(GitlabReadOnly), burst(reading, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))

    assert not [request for request in fake.requests if not request.startswith("GET")]


def test_without_a_token(fake: FakeGitlab, home: Project):
    home.is_public = True
    anonymous = GitlabInstance(fake.url, None, may_write=True).project(home.id)
    with pytest.raises(GitlabLoginRequired), burst(anonymous, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))


def test_what_is_not_ours_is_never_touched(fake: FakeGitlab, home: Project, project: GitlabProject):
    """A branch of the very name: it has another commit."""
    name = f"dockerlab-burst-{RUN}-2"
    home.branches[name] = home.branches["master"]
    with pytest.raises(GitlabRefuses), burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))

    assert sorted(home.branches) == [name, "master"]


def test_a_branch_that_somebody_went_on_with_stays(fake: FakeGitlab, home: Project, project: GitlabProject):
    with burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))
        fake.commit(home, made.branches[0], {"a": "b"}, "mine now")

    assert sorted(home.branches) == [f"dockerlab-burst-{RUN}-1", "master"]


def test_what_cannot_be_removed_is_said_loudly(fake: FakeGitlab, project: GitlabProject):
    made = Burst(project, PLAN, RUN, OWNER)
    made.push(Deadline(10))
    fake.faults.append(Fault("DELETE", status=500))
    with pytest.raises(BranchesLeft) as caught:
        made.remove(0.1)

    assert caught.value.branches == made.branches
    assert "ARE STILL IN homework/example: dockerlab-burst-" in str(caught.value)
    fake.faults.clear()
    made.remove()


def test_trouble_with_removing_is_waited_out(fake: FakeGitlab, home: Project, project: GitlabProject):
    with burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))
        fake.faults += [Fault("DELETE", status=502, times=2), Fault("POST .*cancel", drops=True, times=1)]

    assert list(home.branches) == ["master"]


@pytest.mark.parametrize(
    ("path", "said"), [("ci.yml@group/other", "ci.yml@group/other"), ("https://example.com/ci.yml", "https://")]
)
def test_a_pipeline_that_is_described_elsewhere(fake: FakeGitlab, home: Project, path: str, said: str):
    home.ci_config_path = path
    project = GitlabInstance(fake.url, TOKEN, may_write=True).project(home.id)
    with (
        pytest.raises(NotHere, match="not described in the project itself") as caught,
        burst(project, PLAN, RUN, OWNER) as made,
    ):
        made.push(Deadline(10))

    assert said in str(caught.value.reason)


def test_a_pipeline_under_another_name_and_tags(fake: FakeGitlab, home: Project):
    home.ci_config_path = "ci/all.yml"
    project = GitlabInstance(fake.url, TOKEN, may_write=True).project(home.id)
    with burst(project, BurstPlan(1, 10, ("linux", "it's")), RUN, OWNER) as made:
        made.push(Deadline(10))
        files = home.commits[home.branches[made.branches[0]]].files

    assert f"{JOB}:" in files["ci/all.yml"]
    assert [job["tag_list"] for job in home.jobs.values()] == [["linux", "it's"]]


def test_an_old_gitlab():
    with fake_gitlab(SEED) as fake:
        home = fake.project()
        FakeRunner(fake, home, version=(10, 5, 0), step=20)
        project = GitlabInstance(fake.url, TOKEN, may_write=True).project(home.id)
        with burst(project, PLAN, RUN, OWNER) as made:
            made.push(Deadline(10))
            assert all(run.is_over for run in made.wait(Deadline(20)))

        assert list(home.branches) == ["master"]


_KILLED = """
import sys, time
from pytest_dockerlab.gitlab.bursts import BurstPlan, burst
from pytest_dockerlab.gitlab.instance import GitlabInstance
from pytest_dockerlab.net.deadline import Deadline

project = GitlabInstance(sys.argv[1], sys.argv[2], may_write=True).project(int(sys.argv[3]))
with burst(project, BurstPlan(2, 100), "feedfacefeedface", "owner/of/the/dead") as made:
    made.push(Deadline(10))
    print("pushed", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_process_that_is_ended(
    fake: FakeGitlab, home: Project, project: GitlabProject, tmp_path: Path, number: signal.Signals
):
    script = tmp_path / "burst.py"
    script.write_text(textwrap.dedent(_KILLED))
    command = [sys.executable, str(script), fake.url, TOKEN, str(home.id)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"pushed\n"
        assert len(home.branches) == 3
        process.send_signal(number)
        process.wait(30)

    if number is signal.SIGKILL:
        assert len(home.branches) == 3  # dockerlab clean, and the next burst, sweep them
        left = [name for name in home.branches if name != "master"]
        assert sweep(project, lambda owner: owner != "owner/of/the/dead") == left
    assert list(home.branches) == ["master"]


def test_the_living_and_the_unknown_are_not_swept(fake: FakeGitlab, home: Project, project: GitlabProject):
    with burst(project, PLAN, RUN, OWNER) as made:
        made.push(Deadline(10))
        fake.commit(home, "dockerlab-burst-theirs-and-not-ours", {"a": "b"}, "theirs")
        fake.commit(home, f"dockerlab-burst-{'1' * 32}-1", {"a": "b"}, "theirs")
        assert sweep(project, lambda owner: True) == []
        assert sweep(project, lambda owner: None) == []
        assert len(home.branches) == 6
        fake.clock_ahead = 5 * 3600.0
        assert sweep(project, lambda owner: True) == []  # who is seen to live outlasts any time
        assert sweep(project, lambda owner: None) == list(made.branches)
        assert len(home.branches) == 3


@pytest.fixture
def clean(
    fake: FakeGitlab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """``dockerlab clean`` for the fake, on a machine without a docker host."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    monkeypatch.setenv("DOCKERLAB_GITLAB_TOKEN", TOKEN)
    monkeypatch.setenv("DOCKERLAB_GITLAB_URL", fake.url)

    def clean(*arguments: str) -> tuple[int, str]:
        code = main(["clean", "--lang=en", *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return clean


@pytest.mark.parametrize("named", [[], ["--hw-gitlab-project=homework/example"]], ids=["any project", "named"])
def test_clean_removes_what_the_dead_left(
    home: Project, project: GitlabProject, clean: Callable[..., tuple[int, str]], named: list[str]
):
    dead = replace(Owner.of(), start="0")
    left = Burst(project, PLAN, RUN, str(dead))
    left.push(Deadline(10))
    with burst(project, PLAN, "feedfacefeedface", str(Owner.of())) as living:
        living.push(Deadline(10))
        code, said = clean(*named)
        assert sorted(home.branches) == sorted(["master", *living.branches])
    assert (code, said.splitlines()) == (
        0, [*(f"branch {name} (homework/example)" for name in left.branches), "removed: 3"],
    )  # fmt: skip
    assert clean(*named) == (0, "removed: 0\n")


def test_clean_all_removes_those_of_the_living_too(
    home: Project, project: GitlabProject, clean: Callable[..., tuple[int, str]]
):
    with burst(project, PLAN, RUN, str(Owner.of())) as living:
        living.push(Deadline(10))
        assert clean("--all")[0] == 0
        assert list(home.branches) == ["master"]


def test_clean_says_why_it_cannot(fake: FakeGitlab, clean: Callable[..., tuple[int, str]]):
    fake.users.clear()
    code, said = clean()
    assert code == 3
    assert "does not accept the token" in said
    assert TOKEN not in said
