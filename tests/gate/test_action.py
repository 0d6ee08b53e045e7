"""What the step runs once we are installed: what it asks of the check, and what it makes of the check's end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from pytest_dockerlab.gate.action import environment_of_check

from .workflow_commands import Command, read_log, read_summary, read_values

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/reddit"


@dataclass
class Ended:
    code: int
    printed: str
    outputs: dict[str, str]
    summary: str

    @property
    def annotations(self) -> list[Command]:
        return read_log(self.printed).named("error", "warning", "notice")


class ActionStep:
    """The step as the runner starts it, in a workspace with our example homework."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "workspace"
        shutil.copytree(EXAMPLE, self.workspace)
        self.results = folder / "temp/dockerlab/results.json"
        self._output, self._summary = folder / "output", folder / "summary"
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "GITHUB_ACTIONS": "true",
            "GITHUB_HEAD_REF": "docker-4",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(self._output),
            "GITHUB_STEP_SUMMARY": str(self._summary),
            "RUNNER_TEMP": str(folder / "temp"),
            "DOCKERLAB_TIER": "files",
        }

    def start(self, **variables: str) -> subprocess.Popen[str]:
        self._output.write_text("")
        self._summary.write_text("")
        return subprocess.Popen(
            [sys.executable, "-I", "-m", "pytest_dockerlab.gate.action"],
            env={**self._environment, **variables},
            cwd=self.workspace,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ended(self, process: subprocess.Popen[str]) -> Ended:
        printed, _nothing = process.communicate(timeout=120)
        outputs = read_values(self._output.read_text(), again={"exit-code"})
        return Ended(process.returncode, printed, outputs, read_summary(self._summary.read_bytes()))

    def run(self, **variables: str) -> Ended:
        return self.ended(self.start(**variables))


@pytest.fixture
def step(tmp_path: Path) -> ActionStep:
    return ActionStep(tmp_path)


def test_what_was_not_verified_is_not_called_passed(step: ActionStep) -> None:
    ended = step.run()
    assert (ended.code, ended.outputs["exit-code"]) == (0, "0")
    assert json.loads(step.results.read_bytes())["exit"] == 0
    assert "Nothing required failed. Not verified here, and so not called passed" in ended.printed
    assert "Passed:" not in ended.printed
    assert ended.outputs.keys() == yaml.safe_load((ROOT / "action.yml").read_text())["outputs"].keys()


@pytest.mark.parametrize(
    ("threshold", "code"),
    [("4", 0), ("66%", 0), ("4.5", 1), ("67 %", 1), ("100%", 1), ("0", 0)],
)
def test_a_threshold_makes_the_gate_stricter(step: ActionStep, threshold: str, code: int) -> None:
    """Of the 6 points of docker-4, 4 can be verified in the files alone."""
    ended = step.run(GATE_THRESHOLD=threshold)
    assert (ended.code, ended.outputs["exit-code"]) == (code, str(code))
    said = f"Failed: the threshold is {threshold}, and 4 of 6 points are verified and right."
    assert [each.data for each in ended.annotations] == [said] * code
    assert (said in ended.summary) == bool(code)


def test_a_threshold_saves_nobody(step: ActionStep) -> None:
    compose = step.workspace / "docker/docker-compose.yml"
    compose.write_text(compose.read_text().replace("- front_net\n", "- front_net\n      - back_net\n", 1))
    ended = step.run(GATE_THRESHOLD="1", GATE_LANG="ru")
    assert (ended.code, ended.outputs["exit-code"]) == (1, "1")
    assert "Не зачтено: не выполнено обязательное требование" in ended.printed


def test_strict(step: ActionStep) -> None:
    ended = step.run(GATE_STRICT="true", GATE_TIER="engine", DOCKER_HOST="tcp://127.0.0.1:9")
    assert (ended.code, ended.outputs["exit-code"]) == (1, "1")
    items = json.loads(step.results.read_bytes())["submissions"][0]["items"]
    asked = [item for item in items if item["verdict"] == "unverified" and item["tier"] in ("files", "engine")]
    assert f"Failed: with strict, what could not be verified fails: {len(asked)} items." in ended.printed


def test_nothing_verified_is_no_success(step: ActionStep) -> None:
    ended = step.run(GATE_HW="docker-4/reachability")
    assert (ended.code, ended.outputs["exit-code"]) == (5, "5")
    assert "What was asked for could not be verified here, so nothing is called passed" in ended.printed


@pytest.mark.parametrize(
    ("branch", "told"),
    [("my-work", "branches that do: docker-1"), ("dcoker-4", "did you mean docker-4, ")],
)
def test_a_branch_of_no_homework(step: ActionStep, branch: str, told: str) -> None:
    ended = step.run(GITHUB_HEAD_REF=branch)
    assert (ended.code, ended.outputs) == (4, {"exit-code": "4"})
    [error] = ended.annotations
    assert (error.name, error.properties) == ("error", {"title": "pytest-dockerlab"})
    assert error.data.startswith("Nothing was checked: ")
    assert branch in error.data
    assert told in error.data
    assert "Rename the branch and push it" in error.data
    assert "--hw" not in error.data, "in a workflow that is no word"
    assert branch in ended.summary
    assert not step.results.exists()


def test_a_branch_whose_name_is_hostile(step: ActionStep) -> None:
    branch = "x%0A%0D,title=a/`<img/src=x>`/@octocat/\u202e/##"
    ended = step.run(GITHUB_HEAD_REF=branch)
    [error] = read_log(ended.printed).commands
    assert error.properties == {"title": "pytest-dockerlab"}
    assert "x%0A%0D,title=a/`<img/src=x>`/@octocat/" in error.data
    assert "<img" not in ended.summary.replace("\\<img", "")
    assert "@octocat" not in ended.summary


def test_a_branch_of_no_homework_may_be_skipped(step: ActionStep) -> None:
    ended = step.run(GITHUB_HEAD_REF="my-work", GATE_ON_UNKNOWN="skip")
    assert (ended.code, ended.outputs) == (0, {"exit-code": "skipped"})
    [notice] = ended.annotations
    assert notice.name == "notice"
    assert notice.data.startswith("Skipped, and nothing was checked: ")


def test_what_is_asked_for_by_its_name_is_not_skipped(step: ActionStep) -> None:
    ended = step.run(GITHUB_HEAD_REF="my-work", GATE_HW="auto docker-3", GATE_ON_UNKNOWN="skip")
    assert (ended.code, ended.outputs) == (4, {"exit-code": "4"})


def test_trouble_of_ours_is_not_the_homeworks(step: ActionStep, tmp_path: Path) -> None:
    """Python ends with 1 where nobody expected what came."""
    printed, _nothing = (process := step.start(GITHUB_OUTPUT=str(tmp_path / "none/output"))).communicate(timeout=120)
    assert process.returncode == 3
    [error] = read_log(printed).named("error")
    assert "An error of pytest-dockerlab, not of the homework" in error.data


def test_one_that_may_be_two_is_not_skipped(step: ActionStep) -> None:
    ended = step.run(GITHUB_HEAD_REF="docker-3-docker-4", GATE_ON_UNKNOWN="skip")
    assert ended.code == 4
    assert "may mean docker-3, docker-4" in ended.annotations[0].data


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"GATE_STRICT": "yes"}, "strict: 'yes' is none of false, true"),
        ({"GATE_ON_UNKNOWN": "skp"}, "on-unknown: 'skp' is none of fail, skip"),
        ({"GATE_THRESHOLD": "most"}, "threshold: 'most' is neither points, such as 12, nor a share, such as 80%"),
        ({"GATE_THRESHOLD": "180%"}, "threshold: '180%' is neither"),
        ({"GATE_COURSE": "none.toml"}, "none.toml"),
        ({"GATE_TIER": "all"}, "tier: 'all' is none of files, engine, app"),
        ({"GATE_LANG": "fr"}, "lang: 'fr' is none of en, ru"),
        ({"GATE_HW": "docker-44"}, "'docker-44'"),
        ({"GATE_HW": "17 --hw-tier=app"}, "'--hw-tier=app'"),
    ],
)
def test_what_is_misspelt_lets_nothing_through(step: ActionStep, variables: dict[str, str], told: str) -> None:
    ended = step.run(**variables)
    assert (ended.code, ended.outputs) == (4, {"exit-code": "4"})
    [annotation] = ended.annotations
    assert told in annotation.data
    assert "Nothing was checked" in ended.summary


def test_what_the_check_refuses(step: ActionStep) -> None:
    ended = step.run(GATE_PATH="none")
    assert (ended.code, ended.outputs["exit-code"]) == (4, "4")
    assert "Nothing was checked: it cannot be done as asked." in ended.printed


def test_several_homeworks_and_a_folder_of_the_workspace(step: ActionStep) -> None:
    shutil.move(step.workspace, step.workspace.with_name("moved"))
    shutil.move(step.workspace.with_name("moved"), step.workspace / "submission")
    ended = step.run(GATE_HW="16\n docker-4", GATE_PATH="submission", GATE_RESULTS="results.json")
    assert ended.code == 0
    results = json.loads((step.workspace / "results.json").read_bytes())
    assert [each["slug"] for each in results["homework"]] == ["docker-3", "docker-4"]


@pytest.mark.parametrize("results", ["results.json", "out/results.json", "out/../results.json"])
@pytest.mark.parametrize("leads", ["to a file", "to none"])
def test_a_link_of_the_submission_does_not_say_which_file_is_written(
    step: ActionStep, tmp_path: Path, results: str, leads: str
) -> None:
    kept, link = tmp_path / "kept", step.workspace / Path(results).parts[0]
    kept.mkdir()
    file = kept / "results.json"
    if leads == "to a file":
        file.write_text("mine")
    link.symlink_to(kept if len(Path(results).parts) > 1 else file)
    ended = step.run(GATE_RESULTS=results)
    assert (ended.code, ended.outputs) == (4, {"exit-code": "4"})
    assert "is a link in what is checked" in ended.annotations[0].data
    assert [(each.name, each.read_text()) for each in kept.iterdir()] == [("results.json", "mine")] * file.exists()
    assert file.exists() == (leads == "to a file")


def test_one_who_cancels_the_job_ends_the_check(step: ActionStep) -> None:
    process = step.start(GATE_HW="all")
    while not step.results.exists():  # written when the first check is about to run
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    ended = step.ended(process)
    assert (ended.code, ended.outputs["exit-code"]) == (2, "2")
    assert "Interrupted: the check did not come to its end, so nothing is called passed." in ended.printed


def test_a_check_that_is_killed_is_no_success(step: ActionStep) -> None:
    process = step.start(GATE_HW="all")
    while not step.results.exists():
        assert process.poll() is None
        time.sleep(0.05)
    [child] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)
    ended = step.ended(process)
    assert (ended.code, ended.outputs["exit-code"]) == (137, "137")
    said = "The check broke off or was ended from outside (SIGKILL): nothing is known of the homework."
    assert said in ended.summary.replace("\\", "")
    assert [each.data for each in ended.annotations] == [said]


def test_what_the_check_must_not_have_it_does_not_see() -> None:
    withheld = ["GITHUB_TOKEN", "GH_TOKEN", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GATE_HW", "INPUT_HW"]
    withheld += ["ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_CACHE_URL"]
    handed_on = ["PATH", "GITHUB_ACTIONS", "GITHUB_HEAD_REF", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "DOCKER_HOST"]
    seen = environment_of_check(dict.fromkeys([*withheld, *handed_on], "x"))
    assert list(seen) == handed_on
