"""Many submissions in one run: the same verdicts as one by one, with xdist and without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.courses import install_course

from .conftest import Student

ROSTER_COURSE = """
from pytest_dockerlab.findings import Location, expect, require
from pytest_dockerlab.homework import Homework, check
from pytest_dockerlab.messages import _

HOMEWORK = Homework("many", 92, "for rosters", items=("base", "more", "lab"))

@check("many/base", "there is a file good")
def base(tree):
    require(tree.exists("good"), found=sorted(tree.files), at=Location("good"))

@check("many/more", "the file says so", needs=["many/base"])
def more(tree):
    expect(tree.text("good").content == "yes", found=tree.text("good").content, at=Location("good", 1))

@check("many/lab", "a lab", kind="lab")
def lab():
    pass
"""


@pytest.fixture
def class_of(student: Student) -> Student:
    install_course(student.site, "many_course", ROSTER_COURSE)
    rows = ["id,path"]
    for name, text in {"ann": "yes", "bob": "no", "cem": None, "dan": "yes"}.items():
        folder = student.path / name
        folder.mkdir()
        (folder / ("good" if text is not None else "else")).write_text(text or "")
        rows.append(f"{name},{folder}")
    rows.append("eve,nowhere")
    (student.path / "roster.csv").write_text("\n".join(rows) + "\n")
    return student


def verdicts(results: dict[str, Any] | None) -> dict[str, dict[str, str]]:
    assert results is not None
    return {
        submission["id"]: {item["id"]: item["verdict"] for item in submission["items"]}
        for submission in results["submissions"]
    }


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]])
def test_each_has_its_own_verdicts(class_of: Student, arguments: list[str]) -> None:
    outcome = class_of.run("--hw-roster=roster.csv", *arguments, hw="many")
    found = verdicts(outcome.results)
    assert list(found) == ["ann", "bob", "cem", "dan", "eve"]
    assert found["ann"] == {"many/base": "passed", "many/more": "passed", "many/lab": "passed"}
    assert found["bob"]["many/more"] == "failed"
    assert found["cem"] == {"many/base": "failed", "many/more": "unverified", "many/lab": "passed"}
    assert found["eve"] == {"many/base": "error", "many/more": "unverified", "many/lab": "passed"}
    assert outcome.code == 1
    assert "no such folder" in " ".join(outcome.out.split()), "the report breaks its lines"
    assert "-n" not in arguments or outcome.out.count("many/more") == 1


def test_the_same_as_one_by_one(class_of: Student) -> None:
    together = verdicts(class_of.run("--hw-roster=roster.csv", "-n", "2", hw="many").results)
    for name in ("ann", "bob", "cem"):
        alone = verdicts(class_of.run(f"--hw-submission={name}", hw="many").results)
        assert alone[name] == together[name]


def test_a_roster_that_is_wrong_is_a_usage_error(class_of: Student) -> None:
    (class_of.path / "roster.csv").write_text("id,path\na,x\na,y\n")
    outcome = class_of.run("--hw-roster=roster.csv", hw="many")
    assert outcome.code == 4
    assert "twice" in outcome.out


def test_node_ids_and_junit_name_the_submission(class_of: Student) -> None:
    outcome = class_of.run("--hw-roster=roster.csv", hw="many")
    text = Path(outcome.junit).read_text()
    assert 'classname="many" name="base[ann]"' in text
    assert text.count('name="lab"') == 1
    assert json.dumps(outcome.results).count('"many/lab"') == 5


SLOW_COURSE = """
import signal, threading
from pytest_dockerlab.homework import Homework, check

HOMEWORK = Homework("slow", 93, "for time limits", items=("before", "stuck", "after"))

@check("slow/before", "before")
def before():
    pass

@check("slow/stuck", "it never ends")
def stuck():
    threading.Event().wait(120)

@check("slow/after", "after")
def after():
    pass
"""


@pytest.mark.parametrize("arguments", [[], ["-n", "1"]])
def test_a_check_that_never_ends_is_an_error_and_the_rest_goes_on(student: Student, arguments: list[str]) -> None:
    install_course(student.site, "slow_course", SLOW_COURSE)
    course = student.path / "course.toml"
    course.write_text("[time-limits]\nfiles = 0.5\n")
    outcome = student.run(f"--hw-course={course}", *arguments, hw="slow")
    assert outcome.verdicts() == {"slow/before": "passed", "slow/stuck": "error", "slow/after": "passed"}
    assert "it ran longer than its limit of {seconds} s" in json.dumps(outcome.item("slow/stuck")["reason"])
    assert outcome.code == 3
