"""Submissions whose workflow is the course's, another one, or none: graded by the real command."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.grading.out import Out
from tests.cohort.repositories import write_repository, write_roster

PATH = ".github/workflows/homework.yml"
TEMPLATE = b"on: pull_request\njobs: {check: {steps: [{uses: example/course@v1}]}}\n"
OLD = b"on: pull_request\njobs: {check: {steps: [{uses: example/course@v0}]}}\n"
FILES = {
    "same": ("100644", TEMPLATE),
    "commented": ("100644", b"# mine\n" + TEMPLATE),
    "old": ("100644", OLD),
    "bent": ("100644", TEMPLATE.replace(b"steps", b"continue-on-error: true, steps")),
    "broken": ("100644", b"on: [\n"),
    "linked": ("120000", b"../../elsewhere.yml"),
    "none": None,
    "many": ("100644", TEMPLATE),
}
STATES = {"same": "same", "commented": "same", "old": "same", "bent": "differs", "broken": "differs",
          "linked": "differs", "none": "absent", "many": ""}  # fmt: skip


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    for id, file in FILES.items():
        files = [("100644", "README.md", b"# Homework\n"), ("100644", "elsewhere.yml", TEMPLATE)]
        if id == "many":  # of so many nothing is said, and its items have their verdicts all the same
            files += [("100644", f".github/workflows/{number}.yml", b"on: push\n") for number in range(31)]
        write_repository(tmp_path / "cohort" / id, [*files, *([(file[0], PATH, file[1])] if file else [])])
    return write_roster(tmp_path / "cohort/roster.csv", [(id, "main") for id in FILES])


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "now.yml").write_bytes(TEMPLATE)
    (tmp_path / "then.yml").write_bytes(OLD)
    path = tmp_path / "course.toml"
    path.write_text(f'[workflows]\n"{PATH}" = ["now.yml", "then.yml"]\n')
    return path


def grade(roster: Path, course: Path, out: Out) -> None:
    words = ["grade", str(roster), "--hw", "docker-4", "--hw-tier", "files", "-n", "2", "-o", str(out.folder)]
    assert cli.main([*words, "--hw-course", str(course), "--hw-lang", "en"]) == 0


def states(out: Out) -> dict[str, str]:
    """By row, as each of the books has them."""
    rows = json.loads(out.gradebook("json").read_text("utf-8"))["rows"]
    found = {row["id"]: row["workflows"][0]["state"] if "workflows" in row else "" for row in rows}
    with out.gradebook("csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["id"]: row["workflow"] for row in csv.DictReader(file) if row["id"]} == found
    return found


def test_the_books_say_whose_differs(
    roster: Path, course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Out(tmp_path / "out")
    grade(roster, course, out)
    assert "workflows: 3 the course's, 3 that differ, 1 absent" in capsys.readouterr().out
    assert states(out) == STATES
    assert f"docker-4: {PATH} differs from the course's" in out.gradebook("html").read_text("utf-8")
    rows = json.loads(out.gradebook("json").read_text("utf-8"))["rows"]
    assert len({row["total"] for row in rows}) == 1, "no point depends on it"

    # the template was wrong: the books are made again, and nothing is graded
    course.with_name("now.yml").write_bytes(FILES["bent"][1])
    assert cli.main(["gradebook", str(out.folder)]) == 0
    assert states(out) == {**STATES, "same": "differs", "commented": "differs", "bent": "same"}


def test_where_the_course_is_not_the_books_say_the_same(roster: Path, course: Path, tmp_path: Path) -> None:
    out = Out(tmp_path / "out")
    grade(roster, course, out)
    for name in ("course.toml", "now.yml", "then.yml"):
        course.with_name(name).unlink()
    assert cli.main(["gradebook", str(out.folder)]) == 0
    assert states(out) == STATES


def test_a_template_that_is_not_there_is_told_and_stops_nothing(
    roster: Path, course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Out(tmp_path / "out")
    for id in sorted(FILES.keys() - {"same"}):
        shutil.rmtree(tmp_path / "cohort" / id)
    write_roster(roster, [("same", "main")])
    course.with_name("now.yml").unlink()
    grade(roster, course, out)
    told = f"the workflow {course.with_name('now.yml')} of the course cannot be read: "
    said = capsys.readouterr()
    assert told in said.err
    assert told in said.out
    assert states(out) == {"same": ""}
    course.with_name("now.yml").write_text("a: [\n")
    assert cli.main(["gradebook", str(out.folder), "--hw-lang", "en"]) == 0
    assert f"the workflow {course.with_name('now.yml')} of the course is no YAML: " in capsys.readouterr().out
