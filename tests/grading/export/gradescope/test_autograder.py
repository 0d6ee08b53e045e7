"""The archive for Gradescope: its scripts are run as Gradescope runs them, in a folder that is not /autograder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.cli import main
from tests.packs.environment import ROOT, build_wheel

LONG_AGO = "2020-01-01T00:00:00.000000-08:00"
NEVER = "2999-01-01T00:00:00.000000-08:00"
needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
COURSE = """
name = "Spring"
[points]
"docker-4/networks" = 3
[feedback]
level = "verdict only"
after-deadline = "full"
hidden = ["docker-4/networks"]
"""


def unpack(archive: Path, folder: Path) -> None:
    """As unzip does: with the modes of the files."""
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            path = Path(file.extract(info, folder))
            path.chmod(info.external_attr >> 16 & 0o777)


@pytest.fixture(scope="module")
def autograder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as it is in the image: the archive unpacked, and ``setup.sh`` run."""
    folder = tmp_path_factory.mktemp("gradescope")
    wheel = build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))
    (folder / "course.toml").write_text(COURSE, "utf-8")
    words = ["gradescope", "--hw", "docker-4", "--hw-course", str(folder / "course.toml"), "--wheel", str(wheel)]
    assert main([*words, "--hw-lang", "en", "-o", str(folder / "autograder.zip")]) == 0
    autograder = folder / "autograder"
    unpack(folder / "autograder.zip", autograder / "source")
    shutil.copy(autograder / "source" / "run_autograder", autograder)
    # without a network: what the wheel needs is that of the environment the tests run in
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    setup = [str(autograder / "source" / "setup.sh"), str(autograder)]
    done = subprocess.run(setup, cwd="/", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [site] = (autograder / "dockerlab").glob("lib/python*/site-packages")
    third_parties = [each for each in sys.path if Path(each).name == "site-packages"]
    (site / "below.pth").write_text("\n".join(third_parties) + "\n")
    return autograder


def graded(autograder: Path, submission: Path | None, due: str = NEVER) -> tuple[int, dict[str, Any] | None, str]:
    """What ``run_autograder`` ends with, writes and prints."""
    shutil.rmtree(autograder / "submission", ignore_errors=True)
    shutil.rmtree(autograder / "results", ignore_errors=True)
    if submission is not None:
        shutil.copytree(submission, autograder / "submission")
    metadata = {"id": 1, "assignment": {"due_date": due}, "users": [{"email": "ivanov@example.org"}]}
    (autograder / "submission_metadata.json").write_text(json.dumps(metadata))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DOCKERLAB_", "DOCKER_"))}
    command = [str(autograder / "run_autograder"), str(autograder)]
    done = subprocess.run(command, cwd=autograder, env=environment, capture_output=True, text=True, check=False)
    target = autograder / "results" / "results.json"
    found = json.loads(target.read_text("utf-8")) if target.exists() else None
    return done.returncode, found, done.stdout + done.stderr


def test_what_is_in_the_archive(autograder: Path) -> None:
    with zipfile.ZipFile(autograder.parent / "autograder.zip") as file:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in file.infolist()}
    wheels = {name for name in modes if name.endswith(".whl")}
    assert modes.keys() - wheels == {"setup.sh", "run_autograder", "requirements.txt", "autograder.json", "course.toml"}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert (autograder / "source" / "requirements.txt").read_text() == f"./{wheels.pop()}[tools]\n"


@needs_compose
def test_a_submission_is_graded(autograder: Path) -> None:
    code, found, printed = graded(autograder, ROOT / "examples" / "reddit", LONG_AGO)
    assert code == 0, printed
    assert found is not None, printed
    tests = {test["extra_data"]["item"]: test for test in found["tests"]}
    assert tests["docker-4/networks"]["score"] == tests["docker-4/networks"]["max_score"] == 3
    assert found["score"] == 9, "six required points of the files, and three as a bonus"
    assert sum(test.get("max_score", 0) for test in found["tests"]) == 6
    assert found["extra_data"]["final"]
    assert found["output"].startswith("Score: 6 of 6 verified, 8 in all\nbonus: 3")
    assert "docker-4/networks" in printed, "the instructor sees the report"


@needs_compose
def test_what_waits_for_the_deadline(autograder: Path, tmp_path: Path) -> None:
    submission = tmp_path / "submission"
    shutil.copytree(ROOT / "examples" / "reddit", submission)
    compose = submission / "docker" / "docker-compose.yml"
    ui = "    networks:\n      - front_net\n"
    compose.write_text(compose.read_text("utf-8").replace(ui, f"{ui}      - back_net\n"), "utf-8")
    (submission / ".env").unlink(missing_ok=True)
    seen = []
    for due in (NEVER, LONG_AGO):
        _code, found, printed = graded(autograder, submission, due)
        assert found is not None, printed
        seen.append({test["extra_data"]["item"]: test for test in found["tests"]})
    before, after = seen
    assert before["docker-4/networks"]["visibility"] == "after_due_date"
    assert "docker-compose.yml:" in before["docker-4/networks"]["output"], "Gradescope shows it then"
    assert "visibility" not in after["docker-4/networks"]
    assert before["docker-4/none-lab"]["output"] == "unverified"
    assert "why: it was not looked at in this grading" in after["docker-4/none-lab"]["output"]


@needs_compose
def test_nothing_of_a_submission_is_run(autograder: Path, tmp_path: Path) -> None:
    submission = tmp_path / "submission"
    shutil.copytree(ROOT / "examples" / "reddit", submission)
    for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "pytest_dockerlab.py", "json.py"):
        (submission / name).write_text(f"open({str(tmp_path / 'run')!r}, 'w')\n")
    (submission / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    assert graded(autograder, submission)[1] == graded(autograder, ROOT / "examples" / "reddit")[1] | {
        "execution_time": pytest.approx(5, abs=300)
    }
    assert not (tmp_path / "run").exists()


def test_an_empty_submission_has_no_score(autograder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, found, printed = graded(autograder, tmp_path / "empty")
    assert (code, found) == (1, None)
    assert "there is nothing to check" in printed


def test_without_a_submission_there_is_no_score(autograder: Path) -> None:
    code, found, printed = graded(autograder, None)
    assert (code, found) == (1, None)
    assert "pytest-dockerlab:" in printed


def test_what_needs_an_engine_alone_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "autograder.zip"
    assert main(["gradescope", "--hw", "docker-4/none-lab", "--hw-lang", "en", "-o", str(target)]) == 4
    assert "Gradescope has none" in capsys.readouterr().err
    assert not target.exists()


def test_it_is_said_what_is_not_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "autograder.zip"
    assert main(["gradescope", "--hw", "17", "--hw-lang", "en", "-o", str(target)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{target} is written: set the assignment's autograder points to 4",
        "not checked there, where no Docker Engine is: docker-4/reachability, docker-4/app",
    ]
    first = target.read_bytes()
    assert main(["gradescope", "--hw", "17", "--hw-lang", "en", "-o", str(target)]) == 0
    assert target.read_bytes() == first, "the same for the same order"
