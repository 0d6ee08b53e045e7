"""One bad ``.git`` among good ones: it is unverified and says what is broken, and the others stand as they stood."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.courses import install_course
from tests.submission.files._broken import BROKEN, HARMLESS
from tests.submission.files._repository import Repository

from .conftest import Student

COURSE = """
from pytest_dockerlab.findings import Location, expect
from pytest_dockerlab.homework import Homework, check

HOMEWORK = Homework("git", 94, "for repositories", items=("right", "wrong"))

@check("git/right", "the file says so")
def right(tree):
    expect(tree.text("file").content == "yes", found=tree.text("file").content, at=Location("file", 1))

@check("git/wrong", "it says no too")
def wrong(tree):
    expect(tree.text("file").content == "no", found=tree.text("file").content, at=Location("file", 1))
"""
GOOD = ("a-good", "m-good", "z-good")


@pytest.fixture
def course(student: Student) -> Student:
    install_course(student.site, "git_course", COURSE)
    return student


@pytest.fixture
def whole(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "whole")
    (repository.root / "file").write_text("yes")
    repository.commit()
    return repository


def rows(student: Student, ids: list[str]) -> None:
    text = "".join(f"{id},{student.path / id}\n" for id in ids)
    (student.path / "roster.csv").write_text(f"id,path\n{text}")


@pytest.mark.parametrize("arguments", [["--hw-ref=auto"], ["-n", "2"]], ids=["alone", "workers"])
def test_every_broken_one_among_good_ones(course: Student, whole: Repository, arguments: list[str]) -> None:
    (course.path / "outside").mkdir()
    kinds = {name.lower().replace("/", "-").replace("_", "-"): how for name, how in (BROKEN | HARMLESS).items()}
    assert len(kinds) == len(BROKEN) + len(HARMLESS)
    for name in GOOD:
        whole.copy(course.path / name)
    for name, how in kinds.items():
        how(whole.copy(course.path / name), course.path / "outside")
    rows(course, sorted([*kinds, *GOOD]))

    outcome = course.run("--hw-roster=roster.csv", *arguments, hw="git")

    assert outcome.code == 1
    assert outcome.results is not None, outcome.out
    assert "Traceback" not in outcome.out
    found = {each["id"]: each["items"] for each in outcome.results["submissions"]}
    assert found.keys() == {*kinds, *GOOD}
    broken = {name.lower().replace("/", "-") for name in BROKEN}
    for name, items in found.items():
        verdicts = [item["verdict"] for item in items]
        if name not in broken:
            assert verdicts == ["passed", "failed"], name
            assert items[1]["findings"][0]["found"] == "yes"
        else:
            assert verdicts == ["unverified"] * 2, (name, items)
            assert items[0]["reason"]["id"].startswith("the repository cannot be read")
            assert items[0]["remedy"]
    assert outcome.out.count("the repository cannot be read") >= len(broken), "each row says why"


def test_a_single_one_is_a_plain_sentence(course: Student, whole: Repository) -> None:
    BROKEN["head-leads-to-head"](whole, course.path)
    outcome = course.run(f"--hw-submission={whole.root}", "--hw-ref=HEAD", "--hw-lang=ru", hw="git")
    assert outcome.code == 4
    assert outcome.results is None
    assert "HEAD" in outcome.out
    assert "Traceback" not in outcome.out
    assert "INTERNALERROR" not in outcome.out


def test_the_working_tree_of_a_broken_one_is_checked_and_it_is_said(course: Student, whole: Repository) -> None:
    BROKEN["head-leads-to-head"](whole, course.path)
    outcome = course.run(f"--hw-submission={whole.root}", hw="git")
    assert outcome.verdicts() == {"git/right": "passed", "git/wrong": "failed"}
    assert "the ref HEAD leads to itself. The folder is checked as it lies there." in " ".join(outcome.out.split())


def without_git(student: Student) -> None:
    """A PATH that leads to nothing: our own programs are started by their full names."""
    (student.folder / "empty").mkdir()
    student.monkeypatch.setenv("PATH", str(student.folder / "empty"))


@pytest.mark.parametrize("ref", ["HEAD", "auto"])
def test_no_git_installed_and_a_commit_asked_for(course: Student, whole: Repository, ref: str) -> None:
    without_git(course)
    outcome = course.run(f"--hw-submission={whole.root}", f"--hw-ref={ref}", hw="git")
    assert outcome.code == 4
    assert "git is not installed" in outcome.out
    assert "Traceback" not in outcome.out
    assert "INTERNALERROR" not in outcome.out


def test_no_git_installed_and_the_working_tree(course: Student, whole: Repository) -> None:
    without_git(course)
    outcome = course.run(f"--hw-submission={whole.root}", hw="git")
    assert outcome.verdicts() == {"git/right": "passed", "git/wrong": "failed"}


def test_no_git_installed_and_a_roster(course: Student, whole: Repository) -> None:
    whole.copy(course.path / "a")
    (course.path / "plain").mkdir()
    (course.path / "plain/file").write_text("yes")
    rows(course, ["a", "plain"])
    without_git(course)
    outcome = course.run("--hw-roster=roster.csv", hw="git")
    assert outcome.results is not None, outcome.out
    found = {each["id"]: [item["verdict"] for item in each["items"]] for each in outcome.results["submissions"]}
    assert found == {"a": ["unverified"] * 2, "plain": ["passed", "failed"]}
    assert "Traceback" not in outcome.out


def test_git_that_dies_among_good_ones(course: Student, whole: Repository) -> None:
    """It dies of one submission only, as of one that makes it run out of memory."""
    for name in (*GOOD, "deadly"):
        whole.copy(course.path / name)
    folder = course.folder / "bin"
    folder.mkdir()
    (folder / "git").write_text(
        '#!/bin/sh\ncase "$GIT_OBJECT_DIRECTORY" in */deadly/*) kill -SEGV $$ ;; esac\n'
        f'PATH={os.environ["PATH"]} exec git "$@"\n'
    )
    (folder / "git").chmod(0o755)
    course.monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    rows(course, [*GOOD, "deadly"])
    outcome = course.run("--hw-roster=roster.csv", hw="git")
    assert outcome.results is not None, outcome.out
    found = {each["id"]: [item["verdict"] for item in each["items"]] for each in outcome.results["submissions"]}
    assert found == {**{id: ["passed", "failed"] for id in GOOD}, "deadly": ["unverified"] * 2}
