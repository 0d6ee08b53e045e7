"""What a course's levels make of an item, where one fault is told, and what must not end with exit code 0."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from tests.courses import install_course

from .conftest import Student

COURSE = """
import os
import pytest
from pytest_dockerlab.findings import Location, NotAttempted, Unverified, expect, require
from pytest_dockerlab.homework import Homework, Pack, check
from pytest_dockerlab.messages import _

HOMEWORK = Homework(
    "fold", 92, "a course about folding",
    items=("teller", "folded", "extra", "on-extra", "above-that", "wanted", "hint", "deep"),
    pack=Pack("fold_course", fixtures=("fold_course",)),
)

def says(name):
    path = os.path.join(os.environ["DEMO"], name)
    return open(path).read().strip() if os.path.exists(path) else ""

@pytest.fixture
def ground():
    require(says("ground") != "wrong", found="bad ground", at=Location("ground", 1))

@check("fold/teller", "the networks are apart")
def teller():
    if says("teller") == "elsewhere":
        raise Unverified(_("it is elsewhere"))
    expect(says("networks") != "wrong", found="not apart", at=Location("networks", 1))

@check("fold/folded", "nobody reaches what is apart", told_by=["fold/teller"])
def folded():
    if says("networks") == "wrong":
        at = Location("networks", 2)
        raise Unverified(_("they are not apart"), _("take them apart"), told_by="fold/teller", at=at)

@check("fold/extra", "an extra", level="optional")
def extra():
    if not says("extra"):
        raise NotAttempted(_("there is no extra"), _("add one"))

@check("fold/on-extra", "something on top of the extra", level="optional", needs=["fold/extra"])
def on_extra():
    pass

@check("fold/above-that", "something above that", level="optional", needs=["fold/on-extra"])
def above_that():
    pass

@check("fold/wanted", "what is wanted")
def wanted(ground):
    if says("wanted") == "elsewhere":
        raise Unverified(_("it is elsewhere"))

@check("fold/hint", "what is a hint", level="advisory")
def hint():
    pass

@check("fold/deep", "it runs", tier="app")
def deep():
    if says("deep") != "here":
        raise Unverified(_("there is nothing to run it on"))
"""


@pytest.fixture
def fold(student: Student) -> Student:
    install_course(student.site, "fold_course", COURSE)
    return student


def course_file(student: Student, **levels: str) -> str:
    lines = [f'"fold/{name.replace("_", "-")}" = "{level}"' for name, level in levels.items()]
    path = student.folder / "course.toml"
    path.write_text("\n".join(["[levels]", *lines]))
    return f"--hw-course={path}"


@pytest.mark.parametrize(("level", "verdict", "code"), [("advisory", "advised", 0), ("required", "failed", 1)])
def test_what_a_course_raises_and_nobody_attempted_is_wrong(fold: Student, level: str, verdict: str, code: int) -> None:
    outcome = fold.run(course_file(fold, extra=level), hw="fold")
    item = outcome.item("fold/extra")
    assert item["verdict"] == verdict
    assert item["findings"][0]["found"]["id"] == "there is no extra"
    assert item["findings"][0]["hint"]["id"] == "add one"
    assert outcome.item("fold/on-extra")["because_of"] == "fold/extra"
    assert outcome.code == code, outcome.out


def test_what_depends_on_what_is_not_attempted_is_not_attempted_either_unless_the_course_wants_it(
    fold: Student,
) -> None:
    outcome = fold.run(hw="fold")
    assert [outcome.verdicts()[f"fold/{name}"] for name in ("extra", "on-extra", "above-that")] == ["not attempted"] * 3
    outcome = fold.run(course_file(fold, on_extra="advisory"), hw="fold")
    item = outcome.item("fold/on-extra")
    assert (item["verdict"], item["because_of"]) == ("unverified", "fold/extra"), "advice on what nobody has to have"
    outcome = fold.run(course_file(fold, on_extra="required"), hw="fold")
    assert outcome.item("fold/on-extra")["verdict"] == "failed"
    assert outcome.item("fold/on-extra")["because_of"] is None, "it says so itself"
    assert outcome.item("fold/above-that")["because_of"] == "fold/on-extra"
    assert outcome.code == 1


def test_no_item_of_ours_is_our_trouble_whatever_its_level(student: Student) -> None:
    """Every item of the four homeworks of the files tier, required of a repository that has nothing of it."""
    from pytest_dockerlab import catalogue

    known = catalogue.load()
    homeworks = ["docker-1", "docker-2", "docker-3", "docker-4"]
    ids = [id for slug in homeworks for id in known.homework(slug).ids]  # type: ignore[union-attr]
    course = student.folder / "course.toml"
    course.write_text("\n".join(["[levels]", *(f'"{id}" = "required"' for id in ids)]))
    student.write(**{"README.md": "# Homework\n"})
    words = [word for slug in homeworks[1:] for word in ("--hw", slug)]
    verdicts = student.run(f"--hw-course={course}", "--hw-tier=files", *words, hw=homeworks[0]).verdicts()
    assert set(verdicts.values()) == {"passed", "failed", "unverified"}


def test_a_fault_is_told_once_where_both_are_asked(fold: Student) -> None:
    outcome = fold.write(networks="wrong").run(hw="fold")
    assert outcome.verdicts()["fold/teller"] == "failed"
    item = outcome.item("fold/folded")
    assert (item["verdict"], item["because_of"], item["findings"]) == ("unverified", "fold/teller", [])


@pytest.mark.parametrize(
    ("files", "arguments", "hw"),
    [
        ({}, [], "fold/folded"),
        ({}, ["-k", "folded"], "fold"),
        ({"teller": "elsewhere"}, [], "fold"),
    ],
)
def test_a_fault_that_nobody_else_tells_is_the_items_own(
    fold: Student, files: dict[str, str], arguments: list[str], hw: str
) -> None:
    outcome = fold.write(networks="wrong", **files).run(*arguments, hw=hw)
    item = outcome.item("fold/folded")
    assert (item["verdict"], item["because_of"], item["reason"]) == ("failed", None, None)
    finding = item["findings"][0]
    assert (finding["found"]["id"], finding["line"], finding["hint"]["id"]) == (
        "they are not apart", 2, "take them apart",
    )  # fmt: skip
    assert outcome.code == 1


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_teller_is_judged_first_wherever_it_runs(fold: Student, workers: str) -> None:
    outcome = fold.write(networks="wrong").run("-n", workers, hw="fold")
    assert outcome.item("fold/folded")["because_of"] == "fold/teller", outcome.out


def test_what_a_left_out_item_says_is_said_where_another_fails_by_it(student: Student) -> None:
    outcome = student.write(base="wrong").run("demo::further")
    assert outcome.verdicts()["demo/base"] == "failed"
    assert outcome.item("demo/further")["because_of"] == "demo/base"
    assert outcome.code == 1


@pytest.mark.parametrize(
    ("files", "names", "code"),
    [
        ({}, ["fold"], 0),
        ({"wanted": "elsewhere", "teller": "elsewhere"}, ["fold"], 0),  # folded, required, was looked at
        ({"wanted": "elsewhere"}, ["fold/wanted"], 5),
        ({}, ["fold/hint"], 0),
        ({}, ["fold/hint", "fold/deep"], 5),
        ({}, ["fold/extra"], 5),
        ({"extra": "there"}, ["fold/extra"], 0),
    ],
)
def test_what_is_asked_by_name_is_looked_at_or_it_is_no_success(
    fold: Student, files: dict[str, str], names: list[str], code: int
) -> None:
    more = [word for name in names[1:] for word in ("--hw", name)]
    outcome = fold.write(**files).run(*more, "--hw-tier=app", hw=names[0])
    assert outcome.code == code, outcome.out
    assert ("Exit code 5" in outcome.out) == (code == 5)


def test_a_homework_of_which_nothing_required_was_looked_at_is_no_success(fold: Student) -> None:
    levels = dict.fromkeys(("teller", "folded", "wanted"), "advisory")
    outcome = fold.run(course_file(fold, **levels), "--hw=demo", hw="fold")
    assert "passed" in outcome.verdicts().values()
    assert outcome.code == 5, outcome.out


def test_what_a_fixture_found_is_a_failure_of_junit_and_no_error(fold: Student) -> None:
    outcome = fold.write(ground="wrong").run(hw="fold")
    assert outcome.verdicts()["fold/wanted"] == "failed"
    suite = next(ElementTree.parse(outcome.junit).iter("testsuite"))
    assert (suite.get("failures"), suite.get("errors")) == ("1", "0")
