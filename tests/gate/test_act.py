"""Workflows of examples/workflows, run by act: a student's passes, has no homework, is hostile; a course's fails."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ..hostile.attack import ENV, Place
from ._act import ROOT, Act
from .test_hostile import in_names, in_values, render
from .workflow_commands import ANNOTATIONS, read_log, read_summary

COMPOSE = "docker/docker-compose.yml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Our example homework with a student's workflow, before its commit."""
    folder = tmp_path / "reddit"
    shutil.copytree(ROOT / "examples/reddit", folder)
    (folder / ".github/workflows").mkdir(parents=True)
    shutil.copy(ROOT / "examples/workflows/student.yml", folder / ".github/workflows/homework.yml")
    return folder


def commit(folder: Path) -> Path:
    origin = f"https://github.com/example/{folder.name}"  # by which act knows what github.repository is
    for words in (
        ["init", "--quiet"],
        ["remote", "add", "origin", origin],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "homework"],
    ):
        who = ["-c", "user.name=Ivanov", "-c", "user.email=ivanov@example.org"]
        subprocess.run(["git", "-C", folder, *who, *words], check=True)
    return folder


def test_what_is_right_passes(act: Act, repository: Path) -> None:
    ran = act.run(commit(repository), branch="docker-4", DOCKERLAB_TIER="files")
    assert ran.code == 0, ran.log
    assert read_log(ran.printed).named("error") == []
    results = json.loads((ran.artifact / "dockerlab-results" / "results.json").read_bytes())
    [submission] = results["submissions"]
    assert ran.outputs["exit-code"] == "0"
    assert float(ran.outputs["score"]) == submission["score"]["points"] > 0
    assert float(ran.outputs["max"]) == submission["score"]["maximum"]
    assert "docker-4/networks" in read_summary(ran.summary.encode())
    assert "s to install" in ran.printed


def test_a_branch_of_no_homework_fails_and_the_known_ones_are_named(act: Act, repository: Path) -> None:
    ran = act.run(commit(repository), branch="my-work", DOCKERLAB_TIER="files")
    assert ran.code != 0
    assert ran.outputs["exit-code"] == "4"
    [error] = read_log(ran.printed).commands
    for told in (error.data, read_summary(ran.summary.encode())):
        assert "my-work" in told
        assert "docker-1, docker-2, docker-3, docker-4, gitlab-ci-1, monitoring-1" in told
    assert not ran.artifact.exists()


def test_a_course_s_workflow_is_called_and_what_it_left_is_attested(act: Act, repository: Path, tmp_path: Path) -> None:
    """With the course's file, and also where the check has failed: at its line, in Russian."""
    course = tmp_path / "course"
    for folder, name in ((repository, "of-a-course.yml"), (course, "course.yml")):
        target = folder / ".github/workflows" / ("homework.yml" if folder is repository else name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "examples/workflows" / name, target)
    (course / "course.toml").write_text('name = "Spring"\n')
    compose = repository / COMPOSE
    text = compose.read_text()
    wrong = text.replace("      - front_net\n", "      - front_net\n      - back_net\n", 1)
    assert wrong != text
    compose.write_text(wrong)
    commit(course)
    settings = {"DOCKERLAB_TIER": "files", "DOCKERLAB_LANG": "ru"}
    ran = act.run(commit(repository), branch="feature/docker_4", course=course, **settings)
    assert (ran.code, ran.outputs["exit-code"]) == (1, "1"), ran.log
    [error] = read_log(ran.printed).named("error")
    line = wrong.splitlines().index("      - back_net") + 1
    assert (error.properties["file"], error.properties["line"]) == (COMPOSE, str(line))
    assert "отключите ui" in error.data
    content = (ran.artifact / "dockerlab-results" / "results.json").read_bytes()
    results = json.loads(content)
    assert results["course"] == "Spring"
    assert [each["id"] for each in results["submissions"]] == [repository.name]
    assert (ran.artifact / "attested").read_text() == f"results.json sha256:{hashlib.sha256(content).hexdigest()}\n"


def test_a_hostile_repository_changes_nothing_but_its_own_text(act: Act, repository: Path, tmp_path: Path) -> None:
    """And act, a runner that others have written, obeys what the strict parser lets through, and nothing else."""
    place = Place(repository, tmp_path / "outside")
    in_values()(place)
    in_names()(place)
    shutil.copy(
        ROOT / "examples/reddit" / ENV, repository / ENV
    )  # else compose reads nothing, and there is one finding
    ran = act.run(commit(repository), branch="docker-4", DOCKERLAB_TIER="files", GITHUB_TOKEN="ghs_canary")
    assert (ran.code, ran.outputs["exit-code"]) == (1, "1")
    commands = read_log(ran.printed).commands
    assert read_log(ran.printed, strict=False).commands == commands
    # that one reads a colon in the data as the end of the head: of what it obeys, only the names are compared
    assert [name for name in ran.obeyed if name in ANNOTATIONS] == [
        each.name for each in commands if each.name in ANNOTATIONS
    ]
    assert {name for name in ran.obeyed if not name.startswith("dockerlab-")} == {each.name for each in commands} | {
        "stop-commands"
    }
    page = render(read_summary(ran.summary.encode()))
    assert not page.tags.keys() & {"img", "a", "script", "details", "kbd"}
    assert "ghs_canary" not in ran.printed + ran.summary
    results = json.loads((ran.artifact / "dockerlab-results" / "results.json").read_bytes())
    assert float(ran.outputs["score"]) == results["submissions"][0]["score"]["points"]
