"""results.json, JUnit's file and GitLab's: refused beforehand, written as a whole, and readable without us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from pytest_dockerlab.results import schema
from pytest_dockerlab.run.output_files import write_json

from .conftest import Student


@pytest.mark.parametrize(
    ("option", "place"),
    [
        ("--hw-results", "folder"),
        ("--hw-results", "below a file"),
        ("--hw-results", "of a system"),
        ("--hw-codequality", "below a file"),
        ("--hw-report", "of a system"),
        ("--junitxml", "folder"),
    ],
)
@pytest.mark.parametrize("command", ["pytest", "dockerlab"])
def test_what_cannot_be_written_is_a_usage_error_before_anything_runs(
    student: Student, option: str, place: str, command: str
) -> None:
    student.write(required="right")
    path = {
        "folder": student.path,
        "below a file": student.path / "required" / "results.json",
        "of a system": Path("/proc/results.json"),
    }[place]
    words = ["pytest"] if command == "pytest" else ["pytest_dockerlab.cli", "check"]
    done = subprocess.run(
        [sys.executable, "-m", *words, "--hw=docker-4/compose-file", f"{option}={path}"],
        cwd=student.path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 4, said
    assert option in said
    assert str(path) in said
    assert "Traceback" not in said
    assert "docker-4/compose-file" not in said


def test_a_device_is_written_and_not_replaced(student: Student) -> None:
    out = student.run("--hw-results=/dev/stderr").out
    assert out.count('"schema": ') == 1
    document, _end = json.JSONDecoder().raw_decode(out[out.index('{\n  "schema"') :])
    jsonschema.validate(document, schema())
    assert "demo/required" in out[: out.index('"schema"')], "it is still there"


def test_a_link_stays_one(student: Student) -> None:
    target, link = student.folder / "kept" / "r.json", student.folder / "link.json"
    target.parent.mkdir()
    link.symlink_to(target)
    student.run(f"--hw-results={link}")
    assert link.is_symlink()
    assert json.loads(target.read_text())["exit"] == 0
    assert [each.name for each in target.parent.iterdir()] == ["r.json"]


@pytest.mark.parametrize("option", ["--hw-results", "--hw-codequality", "--hw-report", "--junitxml"])
@pytest.mark.parametrize("name", ["out.json", "folder/out.json"])
def test_a_link_of_the_submission_is_not_followed(student: Student, option: str, name: str) -> None:
    """Also not by Markdown, which is beside the page; and there is no file of it before the run either."""
    kept = student.folder / "kept"
    kept.mkdir()
    (kept / "out.json").write_text("mine")
    is_page = option == "--hw-report"
    link = student.path / (Path(name).parts[0] if "/" in name else "out.md" if is_page else name)
    link.symlink_to(kept if "/" in name else kept / "out.json")
    done = subprocess.run(
        [sys.executable, "-m", "pytest_dockerlab.cli", "check", "--hw=docker-4/compose-file", f"{option}={name}"],
        cwd=student.path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 4, done.stdout + done.stderr
    assert f"{option}: {student.path}" in done.stderr
    assert f"{link} is a link in what is checked" in done.stderr
    assert [(each.name, each.read_text()) for each in kept.iterdir()] == [("out.json", "mine")]


def test_what_leads_elsewhere_from_the_unfinished_file_is_taken_away(tmp_path: Path) -> None:
    """Its name is a process's number, of which all can be handed in."""
    mine = tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / f".results.json.{os.getpid()}.part").symlink_to(mine)
    write_json(tmp_path / "results.json", {})
    assert mine.read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine", "results.json"]


def test_a_disk_that_is_full_in_the_end_is_our_error_and_the_report_is_shown(student: Student) -> None:
    outcome = student.write(required="wrong").run("--hw-results=/dev/full")
    assert outcome.code == 3
    assert "demo/required" in outcome.out
    assert "/dev/full" in outcome.out
    assert "Traceback" not in outcome.out


def test_code_quality_is_of_this_run_or_not_there(student: Student) -> None:
    file = student.folder / "codequality.json"
    student.write(required="wrong", advisory="wrong").run(f"--hw-codequality={file}")
    found = [(each["check_name"], each["severity"], each["location"]["path"]) for each in json.loads(file.read_text())]
    assert found == [
        ("demo/required", "major", "required"),
        ("demo/required", "major", "required"),
        ("demo/advisory", "info", "advisory"),
    ]
    student.write(required="right", advisory="right").run(f"--hw-codequality={file}")
    assert json.loads(file.read_text()) == []
    student.write(base="crash").run(f"--hw-codequality={file}")
    assert not file.exists()


def test_code_quality_begins_at_the_top_of_the_work_tree(student: Student) -> None:
    subprocess.run(["git", "init", "-q", student.folder], check=True)
    file = student.folder / "codequality.json"
    student.write(required="wrong").run(f"--hw-codequality={file}", f"--hw-submission={student.path}")
    assert {each["location"]["path"] for each in json.loads(file.read_text())} == {"repository/required"}


def test_code_quality_is_of_one_repository(student: Student) -> None:
    roster = student.folder / "roster.csv"
    roster.write_text(f"id,path\nivanov,{student.path}\n")
    outcome = student.run(f"--hw-codequality={student.folder / 'c.json'}", f"--hw-roster={roster}")
    assert outcome.code == 4
    assert "--hw-codequality is of one repository" in outcome.out


def test_a_full_disk_of_one_file_leaves_the_other(student: Student) -> None:
    outcome = student.run("--hw-codequality=/dev/full")
    assert outcome.code == 3
    assert "/dev/full could not be written: the disk is full" in outcome.out
    assert outcome.results is not None


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_results_can_be_read_without_our_catalogues(student: Student, language: str) -> None:
    student.write(**{"README.md": "# Homework\n"})
    results = student.run(f"--hw-lang={language}", "--hw-tier=files", hw="docker-2").results
    assert results is not None
    jsonschema.validate(results, schema())
    assert results["language"] == language
    items = {item["id"]: item for item in results["submissions"][0]["items"]}
    texts = [results["homework"][0]["text"]["title"]]
    texts += [item["text"]["title"] for item in items.values()]
    texts += [
        finding["text"][part]
        for item in items.values()
        for finding in item["findings"]
        for part in ("expected", "hint")
    ]
    texts += [item["text"]["reason"] for item in items.values() if item["reason"]]
    assert len(texts) > 15
    is_russian = [any("а" <= letter <= "я" for letter in text.lower()) for text in texts if text]
    assert all(is_russian) if language == "ru" else not any(is_russian)
    assert not any("{" in text for text in texts if text)


def test_the_page_is_written_with_markdown_beside_it(student: Student) -> None:
    student.write(required="wrong\n")
    student.run("--hw-report=out/report.html", "--hw-lang=ru")
    page, plain = (student.path / "out" / f"report.{suffix}" for suffix in ("html", "md"))
    for text in (page.read_text(), plain.read_text()):
        assert "demo/required" in text
        assert "required:1" in text, "the place"
        assert "исправить" in text.lower()
    assert "<script" not in page.read_text()


@pytest.mark.parametrize(("deadline", "is_shown"), [("2999-01-01", False), ("2020-01-01", True)])
def test_the_page_shows_what_the_course_shows_today(student: Student, deadline: str, is_shown: bool) -> None:
    student.write(required="wrong\n")
    (student.path / "course.toml").write_text(
        f'timezone = "UTC"\n[deadlines]\ndemo = "{deadline}"\n'
        '[feedback]\nlevel = "verdict only"\nafter-deadline = "full"\nhidden = ["demo/base"]\n'
    )
    run = student.run("--hw-report=report.html", "--hw-course=course.toml", "--hw-lang=en")
    page = (student.path / "report.html").read_text()
    assert "demo/required" in page, run.out
    assert ("write it right" in page) is is_shown
    assert ("shown after the deadline" in page) is not is_shown


@pytest.mark.parametrize("option", ["--hw-report=page.html", "--hw-codequality=quality.json"])
def test_what_is_of_one_repository_is_refused_for_a_roster(student: Student, option: str) -> None:
    (student.path / "roster.csv").write_text("id,path\na,.\n")
    run = student.run("--hw-roster=roster.csv", option)
    assert run.code == 4
    assert option.partition("=")[0] in run.out


def test_a_page_is_not_called_md(student: Student) -> None:
    assert student.run("--hw-report=report.md").code == 4
