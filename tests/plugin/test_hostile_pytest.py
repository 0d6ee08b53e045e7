"""A student's own pytest configuration cannot make the homework run in part, and what was loaded of it is named."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import Student

SUBMISSION_INI = """
[pytest]
python_files = nothing.py
python_functions = nothing_*
testpaths = nowhere
addopts = {addopts}
hw_tier = app
"""


@pytest.mark.parametrize(
    "addopts",
    [
        "--collect-only",
        "-k nothing",
        "-m nothing",
        "-x",
        "--deselect=demo::required",
        "--version",
        "--markers",
        "--setup-plan",
        "--lf --lfnf=none",
        "--stepwise",
        "nowhere.py",
        "--ignore-glob=*",
        "-p no:cacheprovider -v -v",
    ],
)
def test_addopts_of_a_submission_do_not_narrow_the_run(student: Student, addopts: str) -> None:
    student.write(**{"pytest.ini": SUBMISSION_INI.format(addopts=addopts), "required": "wrong"})
    outcome = student.run()
    assert outcome.code == 1, outcome.out
    assert outcome.verdicts()["demo/required"] == "failed"
    assert len([v for v in outcome.verdicts().values() if v == "passed"]) == 6
    assert outcome.verdicts()["demo/app"] == "unverified", "ini keys of a submission do not count"
    assert "pytest.ini" in outcome.out
    assert "dockerlab check" in outcome.out


def test_pytest_addopts_of_the_environment_neither(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    outcome = student.run()
    assert len(outcome.verdicts()) == 11
    assert "PYTEST_ADDOPTS" in outcome.out


def test_no_note_where_nothing_was_loaded(student: Student) -> None:
    assert "Note" not in student.write(required="right").run().out


def test_a_conftest_is_named(student: Student) -> None:
    student.write(**{"conftest.py": ""})
    assert "conftest.py" in student.run().out


def test_test_files_of_the_submission_are_not_collected(student: Student) -> None:
    student.write(**{"test_x.py": "raise SystemExit(0)", "checks.py": "1/0", "docker_4.py": "1/0"})
    outcome = student.run()
    assert outcome.code == 0, outcome.out


CHECK = [sys.executable, "-P", "-m", "pytest_dockerlab.cli", "check"]


def check(student: Student, *arguments: str, cwd: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command, without the demo course: PYTHONPATH is cleared, so only what is installed is there."""
    return subprocess.run(
        [*CHECK, *arguments], cwd=cwd or student.path, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_command_loads_nothing_of_the_submission(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = student.folder / "loaded"
    touch = f"open({str(marker)!r}, 'a').write(__name__)\n"
    student.write(
        **{
            "conftest.py": touch,
            "yaml.py": touch,
            "sitecustomize.py": touch,
            "usercustomize.py": touch,
            "pytest_evil.py": touch,
            "pytest.ini": "[pytest]\naddopts = -p pytest_evil --collect-only\n",
        }
    )
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_evil")
    done = check(student, "--hw", "docker-4/compose-file")
    assert not marker.exists(), marker.read_text()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "docker-4/compose-file" in done.stdout
    assert "Note" not in done.stdout


def test_the_commands_paths_start_where_the_user_is(student: Student) -> None:
    check(student, "--hw=docker-4/compose-file", "--hw-results=out.json", "--junitxml=junit.xml")
    assert (student.path / "out.json").exists()
    assert (student.path / "junit.xml").exists()


def test_the_command_without_a_homework_asks_the_branch(student: Student) -> None:
    done = check(student)
    assert done.returncode == 4
    assert "--hw auto" in done.stdout + done.stderr


def test_the_command_takes_a_folder(student: Student) -> None:
    done = check(student, str(student.path), "--hw=docker-4/compose-file", "-n", "2", cwd="/")
    assert done.returncode == 1, done.stdout + done.stderr
