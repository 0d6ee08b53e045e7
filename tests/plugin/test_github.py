"""A run as a step of GitHub: what its runner makes of the log, and what lies in the step's files afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.courses import install_course
from tests.gate.workflow_commands import Command, Log, read_log, read_summary, read_values
from tests.plugin.conftest import Outcome, Student

MANY = """
import os, subprocess, sys
from pytest_dockerlab.findings import Location, NotAttempted, Unverified, expect, note
from pytest_dockerlab.homework import Homework, check
from pytest_dockerlab.messages import _

HOMEWORK = Homework("many", 92, "many findings", items=("one", "two", "bonus", "advice", "environment"))

def findings(file, lines, found="wrong"):
    for line in lines:
        expect(False, found=found, at=Location(file, line), hint=_("write it right"))

@check("many/one", "the first thing")
def one():
    findings("docker/one.yml", range(1, 18))

@check("many/two", "the second thing")
def two():
    findings("docker/two.yml", range(1, 6))

@check("many/bonus", "a thing with a star", level="optional")
def bonus():
    findings("docker/bonus.yml", [7, 8, 9])

@check("many/advice", "an advised thing", level="advisory")
def advice():
    findings("docker/advice.yml", [1, 2, 3, 4, 5], open(os.path.join(os.environ["DEMO"], "says")).read())

@check("many/environment", "what programs see", level="advisory")
def environment():
    seen = subprocess.run([sys.executable, "-c", "import os; print(*os.environ)"], capture_output=True, text=True)
    note("seen", sorted(name for name in seen.stdout.split() if name.startswith("GITHUB_")))
"""

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
HOSTILE = "\n".join([
    "::error file=x,line=1::pwned", "##[error]pwned", "::add-mask::a", "::stop-commands::x", "%0A::error::x",
    "@everyone", "| a | b |", "```", "<img src=x>", "\x1b[31m", "\u202e", "name<<EOF", SECRET,
])  # fmt: skip


@dataclass
class PytestStep:
    """What a step left."""

    outcome: Outcome
    log: Log
    outputs: dict[str, str]
    summary: str

    def annotations(self) -> list[Command]:
        return self.log.named("error", "warning", "notice")


class GitHub:
    """A runner, as far as a step sees it."""

    def __init__(self, student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
        self.student, self.monkeypatch = student, monkeypatch
        install_course(student.folder / "site", "many_course", MANY)
        student.write(says="wrong")
        self.files = {name: student.folder / name for name in ("output", "step_summary", "env", "path", "state")}
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_REPOSITORY", "student/homework")
        for name, file in self.files.items():
            file.touch()
            monkeypatch.setenv(f"GITHUB_{name.upper()}", str(file))

    def step(self, *arguments: str, hw: str = "many") -> PytestStep:
        outcome = self.student.run(*arguments, hw=hw)
        return PytestStep(
            outcome,
            read_log(outcome.out),
            read_values(self.files["output"].read_bytes()),
            read_summary(self.files["step_summary"].read_bytes()),
        )


@pytest.fixture
def github(student: Student, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    return GitHub(student, monkeypatch)


def places(results: dict[str, Any]) -> set[tuple[str, str]]:
    """Of all findings."""
    items = results["submissions"][0]["items"]
    return {(each["file"], str(each["line"])) for item in items for each in item["findings"]}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_thirty_findings(github: GitHub, workers: tuple[str, ...]) -> None:
    step = github.step(*workers)
    assert step.outcome.code == 1
    assert step.outcome.results is not None
    said = step.annotations()
    assert [each.name for each in said] == ["error"] * 10 + ["warning"] * 3 + ["notice"] * 6
    found = places(step.outcome.results)
    assert len(found) == 30
    shown = [(each.properties["file"], each.properties["line"]) for each in said[:-1]]
    assert found.issuperset(shown)
    assert len(set(shown)) == 18
    assert said[-1].properties == {"title": "and 12 more"}
    assert said[-1].data.startswith("many/one (")
    assert str(github.student.folder / "results.json") in said[-1].data


def test_the_log_is_fenced_and_annotations_are_its_end(github: GitHub) -> None:
    log = github.step().log
    assert log.plain == [], "nothing is printed that might be a command"
    assert any("docker/two.yml:5" in line for line in log.fenced), "the report is whole"
    assert log.commands[0] == Command("remove-matcher", {"owner": "python"}), "no traceback is an annotation"
    assert [each.name for each in (log.commands[1], log.commands[-1])] == ["group", "endgroup"]


def test_whoever_starts_it_may_choose_the_token(github: GitHub) -> None:
    github.monkeypatch.setenv("DOCKERLAB_FENCE", "chosen-by-the-gate")
    assert "::stop-commands::chosen-by-the-gate\n" in github.step().outcome.out


def test_outputs_are_those_of_results(github: GitHub) -> None:
    step = github.step()
    assert step.outcome.results is not None
    score = step.outcome.results["submissions"][0]["score"]
    assert step.outputs == {
        "score": f"{score['points']:g}",
        "max": f"{score['maximum']:g}",
        "verified-max": f"{score['verified_maximum']:g}",
        "bonus": "0",
        "final": "true",
        "passed": "1",
        "failed": "2",
        "optional-failed": "1",
        "advised": "1",
        "not-attempted": "0",
        "unverified": "0",
        "error": "0",
        "results": str(github.student.folder / "results.json"),
        "exit-code": "1",
    }


def test_the_summary_stands_behind_what_another_part_wrote(github: GitHub) -> None:
    github.files["step_summary"].write_text("# Another part")
    summary = github.step().summary
    assert summary.startswith("# Another part\n## 92 · many · many findings\n")
    assert "| ❌ | `many/one` the first thing | failed | docker/one.yml:1 – wrong (and 16 more) |" in summary


def test_where_another_part_took_all_the_room_nothing_is_added(github: GitHub) -> None:
    github.files["step_summary"].write_bytes(b"x" * 1024 * 1024)
    assert github.step().summary == "x" * 1024 * 1024


def test_in_russian(github: GitHub) -> None:
    step = github.step("--hw-lang=ru")
    assert "| ❌ | `many/one`" in step.summary
    assert "не пройдено" in step.summary
    assert "ожидалось: " in step.annotations()[0].data


def test_no_check_and_no_program_sees_the_files_of_the_step(github: GitHub) -> None:
    step = github.step("-n", "2")
    assert step.outcome.item("many/environment")["evidence"] == {"seen": ["GITHUB_ACTIONS", "GITHUB_REPOSITORY"]}
    assert all(github.files[name].read_bytes() == b"" for name in ("env", "path", "state"))


def test_text_of_a_submission_changes_nothing_but_its_own_text(github: GitHub) -> None:
    tame = github.step()
    for file in github.files.values():
        file.write_bytes(b"")
    github.student.write(says=HOSTILE)
    wild = github.step()
    told = [[(each.name, each.properties) for each in step.log.commands] for step in (tame, wild)]
    assert told[0] == told[1]
    assert wild.outputs == tame.outputs
    assert SECRET not in wild.outcome.out + wild.summary


def test_a_submission_in_a_folder_of_its_repository(github: GitHub, student: Student) -> None:
    student.pytester.run("git", "init", "-q", str(student.path.parent))
    (said, *_others) = github.step(f"--hw-submission={student.path}").annotations()
    assert said.properties["file"] == "repository/docker/one.yml"


def test_a_run_that_verified_nothing_says_so(github: GitHub) -> None:
    step = github.step(hw="demo/elsewhere")
    assert step.outcome.code == 5
    (said,) = step.annotations()
    assert (said.name, said.properties) == ("error", {"title": "not verified"})
    assert step.outputs["exit-code"] == "5"


def test_a_strict_run_says_what_it_lacks(github: GitHub) -> None:
    step = github.step("--hw-strict", hw="demo")
    assert step.outcome.code == 1
    said = {each.properties["title"].partition(":")[0]: each.name for each in step.annotations()}
    assert said["demo/elsewhere"] == "error"


def test_an_error_of_ours_is_not_the_students(github: GitHub, student: Student) -> None:
    student.write(trouble="ours")
    step = github.step(hw="demo")
    assert step.outcome.code == 3
    assert [(each.name, each.properties) for each in step.annotations()] == [
        ("error", {"title": "not verified"}),
        ("warning", {"title": "demo/trouble: our fault, not yours"}),
    ]


def test_a_run_that_never_begins_says_why(github: GitHub, student: Student) -> None:
    step = github.step(hw="demo/nonsense")
    assert step.outcome.code == 4
    (said,) = step.log.commands
    assert said.name == "error"
    assert "demo has no item 'nonsense'" in said.data
    assert "demo has no item 'nonsense'" in step.summary
    assert step.outputs == {"exit-code": "4"}


def test_a_run_that_never_begins_tells_github_nothing_where_that_is_off(github: GitHub, student: Student) -> None:
    outcome = student.run("-o", "hw_github=off", hw="demo/nonsense")
    assert outcome.code == 4
    assert read_log(outcome.out).commands == []


def test_of_a_roster_there_are_outputs_only(github: GitHub, student: Student) -> None:
    step = github.step(f"--hw-roster={student.folder}")
    assert step.annotations() == []
    assert step.summary == ""
    assert step.outputs.keys() == {"results", "exit-code"}


@pytest.mark.parametrize(
    ("actions", "asked", "is_told"),
    [("true", "off", False), ("true", "auto", True), ("", "auto", False), ("", "on", True)],
)
def test_who_decides(
    github: GitHub, student: Student, monkeypatch: pytest.MonkeyPatch, actions: str, asked: str, is_told: bool
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", actions)
    outcome = student.run(f"--hw-github={asked}", hw="many")
    assert bool(read_log(outcome.out, strict=is_told).commands) is is_told
    assert bool(github.files["output"].read_bytes()) is is_told
    assert bool(github.files["step_summary"].read_bytes()) is is_told


def test_a_file_that_cannot_be_written_is_said_and_changes_no_verdict(github: GitHub, tmp_path: Path) -> None:
    github.monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "nowhere" / "summary"))
    step = github.step()
    assert step.outcome.code == 1
    assert any("GITHUB_STEP_SUMMARY could not be written: no such file" in line for line in step.log.fenced)
