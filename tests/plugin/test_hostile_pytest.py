"""A student's own pytest configuration cannot make the homework run in part, and what was loaded of it is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

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


COMPOSE = "services:\n  ui: {image: x}\n  post: {image: x}\n  comment: {image: x}\n  db: {image: mongo}\n"


@pytest.mark.parametrize("arguments", [(), ("-n", "2")])
def test_modules_of_the_submission_shadow_none_of_ours(student: Student, arguments: tuple[str, ...]) -> None:
    names = ("yaml", "docker", "requests", "dockerfile", "rich", "jinja2", "execnet", "queue", "tree_sitter")
    modules = {f"{name}.py": "" for name in names}
    student.write(**modules, **{"conftest.py": "import yaml, queue\n", "docker-compose.yml": COMPOSE})
    (student.path / "pytest_dockerlab").mkdir()
    (student.path / "pytest_dockerlab/__init__.py").write_text("")
    results = student.folder / "results.json"
    # not "python -m pytest", which has the current folder first on its path before anything of ours is read
    program = Path(sys.executable).with_name("pytest")
    asked = ["--hw=docker-4/compose-file", "--hw-tier=files", f"--hw-results={results}", *arguments]
    done = subprocess.run([program, *asked], cwd=student.path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [each["verdict"] for each in json.loads(results.read_text("utf-8"))["submissions"][0]["items"]] == ["passed"]
    said = " ".join(done.stdout.split())
    assert str(student.path / "conftest.py") in said
    assert "dockerlab check" in said


def test_python_m_pytest_too_where_our_entry_point_comes_before_xdists(student: Student) -> None:
    """It looks into the current folder first. Which entry point is loaded first, the folder's order decides."""
    order = [each.name for found in metadata.distributions() for each in found.entry_points if each.group == "pytest11"]
    if order.index("xdist") < order.index("dockerlab"):
        pytest.skip("here xdist is loaded first, and takes the student's execnet before we are asked")
    student.write(**{"execnet.py": "1/0", "yaml.py": "1/0", "docker-compose.yml": COMPOSE})
    results = student.folder / "results.json"
    asked = ["--hw=docker-4/compose-file", "--hw-tier=files", f"--hw-results={results}", "-n", "2"]
    program = [sys.executable, "-m", "pytest"]
    done = subprocess.run(
        [*program, *asked], cwd=student.path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [each["verdict"] for each in json.loads(results.read_text("utf-8"))["submissions"][0]["items"]] == ["passed"]


def test_the_note_names_a_module_that_was_loaded(student: Student) -> None:
    student.write(**{"conftest.py": "import helpful_of_mine\n", "helpful_of_mine.py": ""})
    assert "helpful_of_mine.py" in student.run().out


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no such file names here")
@pytest.mark.parametrize("name", [b"a\n::error::b", b"::error::b", b"\x1b[31m"])
def test_the_folders_name_breaks_neither_the_results_nor_the_log(tmp_path: Path, name: bytes) -> None:
    folder = os.fsencode(tmp_path) + b"/" + name
    os.mkdir(folder)  # noqa: PTH102 - bytes
    for file, text in ((b"docker-compose.yml", COMPOSE), (b"odd\xff.sh", "docker run x\n")):
        with open(folder + b"/" + file, "w") as stream:  # noqa: PTH123 - bytes
            stream.write(text)
    results = tmp_path / "results.json"
    asked = [*CHECK, os.fsdecode(folder), "-v", "--hw=docker-4/compose-file", "--hw-tier=files"]
    done = subprocess.run([*asked, f"--hw-results={results}"], capture_output=True, timeout=300, check=False)
    lines = (done.stdout + done.stderr).decode("utf-8").split("\n")
    assert [each["verdict"] for each in json.loads(results.read_text("utf-8"))["submissions"][0]["items"]] == ["passed"]
    assert not [line for line in lines if line.lstrip().startswith("::") or "\x1b" in line]
    refused = subprocess.run([*asked, "--hw-ref=nix"], capture_output=True, timeout=300, check=False)
    assert refused.returncode == 4
    assert not [line for line in refused.stderr.decode().split("\n") if line.lstrip().startswith("::")]
