"""From what a check says to pytest's outcome, JUnit, the exit code and results.json."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest

from pytest_dockerlab.results import schema
from tests.courses import install_course

from .conftest import Student


def test_all_is_well(student: Student) -> None:
    outcome = student.write(elsewhere="here", optional="done").run()
    assert outcome.code == 0, outcome.out
    assert outcome.verdicts() == {
        "demo/base": "passed",
        "demo/built-on": "passed",
        "demo/further": "passed",
        "demo/required": "passed",
        "demo/advisory": "passed",
        "demo/optional": "passed",
        "demo/elsewhere": "passed",
        "demo/trouble": "passed",
        "demo/lab": "passed",
        "demo/app": "unverified",
        "demo/later": "unverified",
    }
    assert outcome.results is not None
    score = outcome.results["submissions"][0]["score"]
    assert score == {"points": 5, "verified_maximum": 5, "maximum": 6, "bonus": 1, "final": True}


def test_each_verdict(student: Student) -> None:
    student.write(required="wrong", advisory="wrong", optional="wrong", trouble="ours")
    outcome = student.run()
    assert outcome.code == 1, outcome.out
    verdicts = outcome.verdicts()
    assert verdicts["demo/required"] == "failed"
    assert verdicts["demo/advisory"] == "advised"
    assert verdicts["demo/optional"] == "failed"
    assert verdicts["demo/elsewhere"] == "unverified"
    assert verdicts["demo/trouble"] == "error"
    jsonschema.validate(outcome.results, schema())
    cases = {case.get("name"): case for case in ElementTree.parse(outcome.junit).iter("testcase")}
    assert {case.get("classname") for case in cases.values()} == {"demo"}
    kinds = {name: [child.tag for child in case if child.tag != "properties"] for name, case in cases.items()}
    assert kinds["required[repository]"] == ["failure"]
    assert kinds["advisory[repository]"] == ["skipped"]
    assert kinds["optional[repository]"] == ["skipped"]
    assert kinds["elsewhere[repository]"] == ["skipped"]
    assert kinds["trouble[repository]"] == ["error"]
    assert kinds["lab"] == []
    properties = {
        name: {prop.get("name"): prop.get("value") for prop in case.iter("property")} for name, case in cases.items()
    }
    assert properties["advisory[repository]"] == {"verdict": "advised", "level": "advisory"}
    assert all("verdict" in found for found in properties.values())
    failure = cases["required[repository]"].find("failure")
    assert failure is not None
    assert "required:1" in str(failure.text)
    assert "write it right" in str(failure.text)


def test_a_docker_host_that_goes_away_takes_no_verdict_with_it(student: Student) -> None:
    """What was found stands; a clean-up that breaks for another reason is our trouble."""
    outcome = student.write(trouble="left behind").run()
    assert outcome.code == 0, outcome.out
    item = outcome.item("demo/trouble")
    assert item["verdict"] == "passed"
    assert item["text"]["evidence"]["clean-up"]["value"] == (
        "tcp://there could not be cleaned up: it is gone; what is left there is removed at the next start"
    )
    outcome = student.write(trouble="broken clean-up").run()
    assert outcome.code == 3, outcome.out
    assert outcome.item("demo/trouble")["text"]["reason"] == "clean-up after the check failed: division by zero"


def test_findings_are_all_kept_with_their_places(student: Student) -> None:
    item = student.write(required="wrong").run().item("demo/required")
    assert [(finding["file"], finding["line"]) for finding in item["findings"]] == [("required", 1), ("required", 2)]
    assert item["findings"][0]["hint"] == {"id": "write it right", "args": {}}


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        ({}, [], 0),
        ({"elsewhere": "here"}, ["--hw-strict"], 1),  # 'later' is optional, but nobody built it: not verified
        ({"advisory": "wrong", "optional": "wrong"}, [], 0),
        ({"trouble": "ours"}, [], 3),
        ({"trouble": "ours", "required": "wrong"}, [], 1),
        ({}, ["--hw-strict"], 1),
    ],
)
def test_exit_codes(student: Student, files: dict[str, str], arguments: list[str], code: int) -> None:
    outcome = student.write(**files).run(*arguments)
    assert outcome.code == code, outcome.out
    assert outcome.results is not None
    assert outcome.results["exit"] == code


def test_a_lab_alone_is_never_a_pass(student: Student) -> None:
    assert student.run(hw="demo/lab").code == 5


def test_a_lab_fails_on_a_docker_host_of_the_student_only(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    student.write(lab="wrong")
    assert student.run().verdicts()["demo/lab"] == "failed"
    monkeypatch.setenv("CI", "true")
    outcome = student.run()
    assert outcome.verdicts()["demo/lab"] == "error"
    assert outcome.code == 3
    assert student.run("--hw-docker-host=ssh://me@vm").verdicts()["demo/lab"] == "failed", (
        "a docker host that was named"
    )


def test_nothing_verified_is_5(student: Student) -> None:
    assert student.run(hw="demo/elsewhere").code == 5


def test_dependents_are_folded_under_the_first_cause(student: Student) -> None:
    outcome = student.write(base="wrong").run()
    assert outcome.code == 1
    assert [outcome.item(id)["because_of"] for id in ("demo/built-on", "demo/further")] == ["demo/base"] * 2
    assert outcome.verdicts()["demo/further"] == "unverified"
    assert outcome.out.count("demo/further") == 0, "it has no line of its own"
    assert "built-on, further" in outcome.out


def test_one_item_brings_what_it_needs(student: Student) -> None:
    outcome = student.run(hw="demo/further")
    assert list(outcome.verdicts()) == ["demo/base", "demo/built-on", "demo/further"]
    assert outcome.code == 0


def test_an_item_above_the_asked_tier_is_unverified_with_the_remedy(student: Student) -> None:
    assert student.run("--hw-tier=app").verdicts()["demo/app"] == "passed"
    item = student.run().item("demo/app")
    assert item["verdict"] == "unverified"
    assert "--hw-tier app" in item["remedy"]["id"]


def test_the_terminal_says_what_was_expected_found_where_and_what_to_do(student: Student) -> None:
    out = student.write(required="wrong", trouble="ours").run().out
    position = -1
    for piece in (
        "demo/required",
        "required:1",
        "expected",
        "a required thing",
        "found",
        "wrong",
        "to do",
        "write it right",
    ):
        position = out.index(piece, position + 1)
    assert "our fault, not yours" in out
    assert "\x1b[31mit" not in out, "control characters of a message do not reach the terminal"
    assert "Traceback" not in out


def test_the_terminal_speaks_russian(student: Student) -> None:
    out = student.write(required="wrong").run("--hw-lang=ru").out
    assert "ожидалось" in out


def test_ascii_where_the_terminal_has_nothing_else(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.delenv("PYTHONUTF8")
    out = student.write(required="wrong").run().out
    assert " x demo/required" in out
    assert "✗" not in out


EARLY_COURSE = """
from pytest_dockerlab.homework import Homework, check

HOMEWORK = Homework("early", 80, "before the other one", items=("first", "late"))

@check("early/first", "the first thing")
def first():
    pass

@check("early/late", "a thing that needs one of a homework after it", needs=["demo/further"])
def late():
    pass
"""


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]])
def test_an_item_may_need_one_of_a_later_homework(student: Student, arguments: list[str]) -> None:
    install_course(student.site, "early_course", EARLY_COURSE)
    verdicts = student.run(*arguments, hw="early").verdicts()
    assert verdicts == dict.fromkeys(
        ["early/first", "early/late", "demo/base", "demo/built-on", "demo/further"], "passed"
    )


@pytest.mark.parametrize("arguments", [[], ["-k", "required or base"], ["-n", "2"]], ids=" ".join)
def test_our_sums_are_those_of_pytests_last_line(student: Student, arguments: list[str]) -> None:
    student.write(required="wrong", optional="wrong", advisory="wrong", trouble="ours")
    out = student.run(*arguments).out
    ours = next(line for line in out.splitlines() if re.match(r"(passed|failed): \d", line))
    last = next(line for line in reversed(out.splitlines()) if re.search(r" in \d", line))
    pytests = {word: int(count) for count, word in re.findall(r"(\d+) ([a-z][a-z ]*[a-z])(?=, | in )", last)}
    assert {word: int(count) for word, count in re.findall(r"([a-z][a-z ]*): (\d+)", ours)} == pytests
