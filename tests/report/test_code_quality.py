"""GitLab's Code Quality report, by the rules of GitLab: its documentation's, and those of the code that reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.homework import Kind, Level, Tier
from pytest_dockerlab.messages import _
from pytest_dockerlab.report.code_quality import code_quality
from pytest_dockerlab.results import ItemResult, Verdict

# What GitLab's documentation wants; the code reads less, and keeps one entry for each fingerprint.
REPORT = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "pattern": r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+$"},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "pattern": r"^(?!/|\./|\.\./)"},
                    "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}

WRONG = Finding(_("the tag is {tag}", tag="v2"), "v1", Location("docker/Dockerfile", 7), _("write {tag}", tag="v2"))


def result(*findings: Finding, level: Level = Level.REQUIRED, verdict: Verdict = Verdict.FAILED) -> ItemResult:
    return ItemResult("demo/tag", "the tag is right", Kind.SUBMISSION, level, Tier.FILES, verdict,
                      submission="petrova", findings=list(findings))  # fmt: skip


def report(*results: ItemResult, language: str = "en", folder: str = ".") -> list[dict[str, Any]]:
    entries = code_quality(results, language, folder)
    jsonschema.validate(entries, REPORT)
    prints = [entry["fingerprint"] for entry in entries]
    assert len(set(prints)) == len(prints), "of two entries with one fingerprint GitLab shows one"
    return entries


def test_an_entry_says_what_is_wrong_where_and_what_to_do() -> None:
    (entry,) = report(result(WRONG))
    assert entry["description"] == "the tag is v2; found: v1; to do: write v2"
    assert entry["check_name"] == "demo/tag"
    assert entry["location"] == {"path": "docker/Dockerfile", "lines": {"begin": 7}}


def test_in_russian_it_is_the_same_entry() -> None:
    (english,), (russian,) = report(result(WRONG)), report(result(WRONG), language="ru")
    assert russian["description"] == "the tag is v2; найдено: v1; что сделать: write v2"
    assert russian["fingerprint"] == english["fingerprint"]


@pytest.mark.parametrize(
    ("level", "verdict", "severity"),
    [
        (Level.REQUIRED, Verdict.FAILED, "major"),
        (Level.OPTIONAL, Verdict.FAILED, "minor"),
        (Level.ADVISORY, Verdict.ADVISED, "info"),
    ],
)
def test_the_severity_is_the_items_level(level: Level, verdict: Verdict, severity: str) -> None:
    (entry,) = report(result(WRONG, level=level, verdict=verdict))
    assert entry["severity"] == severity


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.UNVERIFIED, Verdict.NOT_ATTEMPTED, Verdict.ERROR])
def test_only_what_is_wrong_is_there(verdict: Verdict) -> None:
    assert report(result(verdict=verdict)) == []


def test_a_line_moves_and_the_finding_stays() -> None:
    moved = replace(WRONG, at=Location("docker/Dockerfile", 9))
    assert report(result(moved))[0]["fingerprint"] == report(result(WRONG))[0]["fingerprint"]


@pytest.mark.parametrize(
    "other",
    [
        replace(WRONG, at=Location("Dockerfile", 7)),
        replace(WRONG, found="v3"),
        replace(WRONG, expected=_("the tag is {tag}", tag="v3")),
    ],
    ids=["file", "found", "expected"],
)
def test_another_finding_is_another(other: Finding) -> None:
    assert report(result(other))[0]["fingerprint"] != report(result(WRONG))[0]["fingerprint"]


def test_the_same_twice_is_two_entries_that_stay_two() -> None:
    twice = result(WRONG, replace(WRONG, at=Location("docker/Dockerfile", 9)))
    first, second = report(twice)
    assert (first["location"]["lines"], second["location"]["lines"]) == ({"begin": 7}, {"begin": 9})
    assert [first["fingerprint"], second["fingerprint"]] == [entry["fingerprint"] for entry in report(twice)]


def test_what_has_no_line_is_at_the_file_and_what_has_no_file_at_the_folder() -> None:
    of_file, of_none = report(result(Finding(at=Location("README.md")), Finding(found=_("no such file"))))
    assert of_file["location"] == {"path": "README.md", "lines": {"begin": 1}}
    assert of_none["location"] == {"path": ".", "lines": {"begin": 1}}
    assert of_none["description"] == "the tag is right; found: no such file"


def test_paths_begin_at_the_repository() -> None:
    within, of_none = report(result(WRONG, Finding()), folder="homework/petrova")
    assert within["location"]["path"] == "homework/petrova/docker/Dockerfile"
    assert of_none["location"]["path"] == "homework/petrova"


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[31mred\x07", "two\nlines\r\n::error::three", "\u202egnp.exe", "\udcff", "<b>bold</b>", "x" * 10**6],
    ids=["escape", "lines", "direction", "no-utf-8", "markup", "long"],
)
def test_hostile_text_is_text(hostile: str) -> None:
    at = Location(f"a{hostile[:20]}", 1)
    entries = report(result(Finding(_("{x}", x=hostile), hostile, at, _("mend {x}", x=hostile))))
    json.dumps(entries, ensure_ascii=False)
    assert len(entries[0]["description"]) <= 2000
    assert "\n" not in entries[0]["description"]
