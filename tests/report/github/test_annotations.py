"""Annotations: whose fault it is, on which line, in whose words, and no more of them than GitHub shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_dockerlab.feedback import Feedback, Shown, ShownLevel
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import _
from pytest_dockerlab.report.github.annotations import MOST, Annotation, about_run, annotations_of
from pytest_dockerlab.results import ItemResult
from tests.gate.workflow_commands import Command, read_log
from tests.report.page._results import item

HOSTILE = [
    "\n::error file=x::pwned",
    "\r##[error]pwned",
    "%0A::set-env name=PATH::x",
    "a,line=99,title=pwned::b",
    "\x1b[31mred\x1b[0m \u202eright to left \x00",
    "`tick` <b>bold</b> @everyone",
]


def finding(file: str = "docker/docker-compose.yml", line: int | None = 7, found: str = "FOUND") -> Finding:
    return Finding(_("the tag is {tag}", tag="v2"), found, Location(file, line), _("write {tag}", tag="v2"))


def read(found: list[Annotation]) -> list[Command]:
    """What the runner makes of them."""
    log = read_log("".join(f"{each}\n" for each in found))
    assert log.plain == log.fenced == []
    return log.commands


def many(name: str, count: int, verdict: str = "failed", level: str = "required") -> ItemResult:
    return item(name, verdict, level, findings=[finding(f"{name}.yml", line + 1) for line in range(count)])


def test_what_is_wrong_is_said_on_its_line() -> None:
    (said,) = read(annotations_of([item("tag", "failed", findings=[finding()])], "en"))
    assert said == Command(
        "error",
        {"file": "docker/docker-compose.yml", "line": "7", "title": "docker-4/tag: title of tag"},
        "expected: the tag is v2\nfound: FOUND\nto do: write v2",
    )


@pytest.mark.parametrize(
    ("verdict", "level", "kind", "last"),
    [
        ("failed", "required", "error", "to do: write v2"),
        ("failed", "optional", "warning", "optional: costs nothing"),
        ("advised", "advisory", "notice", "advice: costs nothing"),
    ],
)
def test_its_kind_says_what_it_costs(verdict: str, level: str, kind: str, last: str) -> None:
    (said,) = read(annotations_of([item("tag", verdict, level, findings=[finding()])], "en"))
    assert (said.name, said.data.split("\n")[-1]) == (kind, last)


def test_an_error_of_ours_is_a_warning_and_nobodys_fault() -> None:
    ours = item("tag", "error", reason=_("the engine is gone"), remedy=_("start it"))
    (said,) = read(annotations_of([ours], "en"))
    assert said == Command(
        "warning", {"title": "docker-4/tag: our fault, not yours"}, "the engine is gone\nto do: start it"
    )


@pytest.mark.parametrize("verdict", ["passed", "not attempted", "unverified"])
def test_of_what_is_not_wrong_nothing_is_said(verdict: str) -> None:
    assert annotations_of([item("tag", verdict, reason=_("why"))], "en") == []


def test_what_fails_a_strict_run_is_said() -> None:
    away = item("tag", "unverified", reason=_("no engine"), remedy=_("start it"))
    (said,) = read(annotations_of([away], "en", unverified_fails=frozenset({"docker-4/tag"})))
    assert said == Command("error", {"title": "docker-4/tag: title of tag"}, "no engine\nto do: start it")


def test_in_the_readers_language() -> None:
    (said,) = read(annotations_of([item("tag", "failed", findings=[finding()])], "ru"))
    assert [line.partition(":")[0] for line in said.data.split("\n")] == ["ожидалось", "найдено", "что сделать"]


@pytest.mark.parametrize(("folder", "path"), [(".", "a/b.yml"), ("homework/3", "homework/3/a/b.yml")])
def test_a_file_is_named_as_its_repository_names_it(folder: str, path: str) -> None:
    (said,) = read(annotations_of([item("tag", "failed", findings=[finding("a/b.yml")])], "en", folder=folder))
    assert said.properties["file"] == path


def test_what_is_in_no_line_or_no_file_names_none() -> None:
    nowhere = replace(finding(), at=None)
    first, second = read(annotations_of([item("tag", "failed", findings=[finding(line=None), nowhere])], "en"))
    assert first.properties.keys() == {"file", "title"}
    assert second.properties.keys() == {"title"}


def test_the_eleventh_says_how_many_more_there_are() -> None:
    said = read(annotations_of([many("a", 28), many("b", 2)], "en", more_in="/tmp/results.json"))
    assert [each.name for each in said] == ["error"] * MOST + ["notice"]
    places = [(each.properties["file"], each.properties["line"]) for each in said[:-1]]
    # each item has a say before any has its second one
    assert places == [
        ("a.yml", "1"), ("b.yml", "1"), ("a.yml", "2"), ("b.yml", "2"), *(("a.yml", str(line)) for line in range(3, 9))
    ]  # fmt: skip
    assert said[-1].properties == {"title": "and 20 more"}
    assert said[-1].data.split("\n")[0] == "docker-4/a (20)"
    assert "/tmp/results.json" in said[-1].data


def test_it_counts_as_one_of_its_kind() -> None:
    said = read(annotations_of([many("a", 12, "advised", "advisory")], "en"))
    assert len(said) == MOST
    assert said[-1].properties == {"title": "and 3 more"}


def test_as_many_as_there_is_room_for_need_no_further_one() -> None:
    kinds = [many("a", MOST), many("b", MOST, level="optional"), many("c", MOST, "advised", "advisory")]
    said = read(annotations_of(kinds, "en"))
    assert [each.name for each in said] == ["error"] * MOST + ["warning"] * MOST + ["notice"] * MOST


def test_what_others_wait_for_comes_first() -> None:
    cheap, dear, base = many("cheap", 1), many("dear", 1), many("base", 1)
    dear.max_points = 3
    waits = item("waits", "unverified", because_of=base.id)
    said = read(annotations_of([cheap, dear, base, waits], "en"))
    assert [each.properties["file"] for each in said] == ["base.yml", "dear.yml", "cheap.yml"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_a_submission_is_text(hostile: str) -> None:
    wrong = item("tag", "failed", findings=[finding(f"docker/{hostile}.yml", found=hostile)])
    ours = item("ours", "error", reason=_("it said {what}", what=hostile))
    said = read(annotations_of([wrong, ours], "en"))
    assert [each.name for each in said] == ["error", "warning"]
    assert all(each.properties.keys() <= {"file", "line", "title"} for each in said)
    if hostile.isprintable():
        assert said[0].properties["file"] == f"docker/{hostile}.yml"
    else:
        assert "file" not in said[0].properties, "no other file is accused"


def test_what_is_longer_than_github_takes_is_cut_where_it_can_be_seen() -> None:
    wrong = item("tag", "failed", findings=[finding(found="long " * 2000)])
    (said,) = read(annotations_of([wrong], "en"))
    assert len(said.data) <= 4096
    assert said.data.endswith("…")


def test_only_what_the_course_shows() -> None:
    results = [item(name, "failed", findings=[finding()]) for name in ("full", "own", "verdict", "hidden")]
    levels = {"docker-4/own": ShownLevel.OWN_OUTPUT, "docker-4/verdict": ShownLevel.VERDICT_ONLY}
    shown = Shown(Feedback(items=levels, hidden=frozenset({"docker-4/hidden"})))
    full, own, verdict = read(annotations_of(results, "en", shown=shown))
    assert full.data == "expected: the tag is v2\nfound: FOUND\nto do: write v2"
    assert (own.data, own.properties["line"]) == ("found: FOUND", "7")
    assert (verdict.data, verdict.properties) == ("failed", {"title": "docker-4/verdict: title of verdict"})


@pytest.mark.parametrize(
    ("code", "begins"),
    [(2, "The run was interrupted"), (3, "Our fault, not yours"), (5, "What was asked for could not be verified")],
)
def test_a_run_that_is_no_pass_says_so(code: int, begins: str) -> None:
    about = about_run(code, [item("tag", "error", reason=_("gone"))], "en")
    assert about is not None
    (said,) = read([about])
    assert said.name == "error"
    assert said.data.startswith(begins)


def test_a_failure_that_the_course_does_not_show_yet_is_said_without_it() -> None:
    hidden = item("tag", "failed", findings=[finding()])
    assert annotations_of([hidden], "en", shown=Shown(Feedback(hidden=frozenset({hidden.id})))) == []
    about = about_run(1, [hidden], "en")
    assert about is not None
    (said,) = read([about])
    assert (said.name, said.properties) == ("error", {"title": "failed"})
    assert said.data.endswith("The course shows after the deadline what it is.")


@pytest.mark.parametrize("code", [0, 1])
def test_of_a_pass_and_of_a_failure_no_more_is_said(code: int) -> None:
    assert about_run(code, [], "en") is None
