"""Runs of the installed pytest with the plugins of others, all of them together and one by one."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.courses import install_course
from tests.plugin.conftest import Outcome, Student

from .conftest import NEIGHBOURS

WRONG = {"base": "right", "required": "wrong", "advisory": "wrong", "optional": "wrong", "trouble": "ours"}
VERDICTS = {
    "demo/base": "passed",
    "demo/built-on": "passed",
    "demo/further": "passed",
    "demo/required": "failed",
    "demo/advisory": "advised",
    "demo/optional": "failed",
    "demo/elsewhere": "unverified",
    "demo/trouble": "error",
    "demo/lab": "passed",
    "demo/app": "unverified",
    "demo/later": "unverified",
}
OUTCOMES = {"passed": 4, "failed": 1, "xfailed": 2, "skipped": 3, "error": 1}
"""What pytest calls them."""

FLAKY = """
import os
from pytest_dockerlab.findings import Location, expect
from pytest_dockerlab.homework import Homework, check

HOMEWORK = Homework("flaky", 93, "a course that changes its mind", items=("first", "never"))

@check("flaky/first", "it holds at the second attempt")
def first():
    with open(os.path.join(os.environ["DEMO"], "attempts"), "a+") as notes:
        notes.write("x")
        notes.seek(0)
        attempts = len(notes.read())
    expect(attempts > 1, found=attempts, at=Location("first", 1))

@check("flaky/never", "it never holds")
def never():
    expect(False, found="one thing", at=Location("never", 1))
"""


def options(folder: Path) -> dict[str, list[str]]:
    """What each of them is asked for."""
    return {
        "allure-pytest": [f"--alluredir={folder / 'allure'}"],
        "pytest-rerunfailures": ["--reruns=2"],
        "pytest-html": [f"--html={folder / 'report.html'}", "--self-contained-html"],
        "pytest-randomly": [],
        "pytest-cov": ["--cov=pytest_dockerlab.results", "--cov-report="],
        "pytest-timeout": ["--timeout=120"],
        "pytest-json-report": ["--json-report", f"--json-report-file={folder / 'report.json'}"],
        "pytest-split": ["--splits=1", "--group=1", f"--durations-path={folder / 'durations'}"],
        "pytest-sugar": ["--force-sugar"],
    }


def plugins(name: str) -> list[str]:
    """The options that load the plugins of a distribution where none is loaded by itself."""
    found = [each.name for each in distribution(name).entry_points if each.group == "pytest11"]
    assert found, name
    return [word for each in found for word in ("-p", each)]


def together(student: Student, *arguments: str) -> Outcome:
    asked = options(student.folder)
    assert sorted(asked) == sorted(NEIGHBOURS)
    return student.run(*(word for words in asked.values() for word in words), *arguments)


def assert_junit(outcome: Outcome) -> None:
    suite = next(ElementTree.parse(outcome.junit).iter("testsuite"))
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["11", "1", "1", "5"]


def assert_allure(folder: Path) -> None:
    last: dict[str, dict[str, object]] = {}
    for path in (folder / "allure").glob("*-result.json"):
        found = json.loads(path.read_text("utf-8"))
        if found["name"] not in last or found["stop"] >= last[found["name"]]["stop"]:
            last[found["name"]] = found
    assert Counter(str(each["status"]) for each in last.values()) == {
        "passed": 4, "failed": 1, "skipped": 5, "broken": 1,
    }  # fmt: skip
    assert "write it right" in str(last["required[repository]"]["statusDetails"])


def assert_json_report(folder: Path) -> None:
    tests = json.loads((folder / "report.json").read_text("utf-8"))["tests"]
    assert Counter(each["outcome"] for each in tests) == OUTCOMES


def assert_html(folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    for words in ("1 Failed", "4 Passed", "3 Skipped", "2 Expected failures", "1 Errors"):
        assert words in page, words


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_one(student: Student, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    others = ["pytest-metadata"] if name in ("pytest-html", "pytest-json-report") else []
    words = [word for each in (*others, name) for word in plugins(each)]
    outcome = student.write(**WRONG).run(
        "-p", "dockerlab", "-p", "xdist", *words, *options(student.folder)[name]
    )  # fmt: skip
    assert outcome.verdicts() == VERDICTS
    assert outcome.code == 1
    assert "Traceback" not in outcome.out
    assert len(outcome.item("demo/required")["findings"]) == 2
    assert "write it right" in outcome.out
    assert_junit(outcome)
    judged = {"allure-pytest": assert_allure, "pytest-json-report": assert_json_report, "pytest-html": assert_html}
    if name in judged:
        judged[name](student.folder)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_together(student: Student, workers: str) -> None:
    outcome = together(student.write(**WRONG), "-n", workers)
    assert outcome.verdicts() == VERDICTS, outcome.out
    assert "Traceback" not in outcome.out
    assert outcome.code == 1
    assert outcome.results is not None
    assert outcome.results["partial"] is False
    assert len(outcome.item("demo/required")["findings"]) == 2
    assert_junit(outcome)
    assert_allure(student.folder)
    assert_html(student.folder)


def test_a_second_attempt_may_pass_and_tells_each_finding_once(student: Student) -> None:
    install_course(student.site, "flaky_course", FLAKY)
    outcome = student.run("--reruns=2", "-p", "no:randomly", hw="flaky")
    assert outcome.verdicts() == {"flaky/first": "passed", "flaky/never": "failed"}
    assert len(outcome.item("flaky/never")["findings"]) == 1
    assert (student.path / "attempts").read_text() == "xx"
    assert outcome.code == 1


def test_a_group_of_a_split_run_is_partial_and_the_rest_is_nobodys_trouble(student: Student) -> None:
    in_one_order = ("-p", "no:randomly")  # each run would draw an order of its own, and the groups overlap
    groups = [
        student.write(**WRONG).run("--splits=2", f"--group={group}", *in_one_order).verdicts() for group in (1, 2)
    ]
    for found in groups:
        assert [id for id, verdict in found.items() if verdict == "error"] in ([], ["demo/trouble"])
    judged = [{id for id, verdict in found.items() if verdict not in ("unverified",)} for found in groups]
    assert judged[0] | judged[1] == {id for id, verdict in VERDICTS.items() if verdict != "unverified"}
    assert "demo/required" not in judged[0] & judged[1]


def test_sugar_shows_our_report_too(student: Student) -> None:
    outcome = student.write(**WRONG).run("--force-sugar")
    assert "required:1" in outcome.out
    assert "Traceback" not in outcome.out
