"""The report's lines."""

from __future__ import annotations

import re

import pytest

from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.homework import Homework, Kind, Level, Tier
from pytest_dockerlab.messages import _
from pytest_dockerlab.report.terminal import Report, plain_text, printable, symbols_for
from pytest_dockerlab.results import ItemResult, SubmissionResult, Verdict

HOMEWORK = Homework("h", 1, "a homework")


def result(name: str, verdict: Verdict, level: str = "required", **more: object) -> ItemResult:
    made = ItemResult(f"h/{name}", f"{name} holds", Kind.SUBMISSION, Level(level), Tier.FILES, verdict)
    for field, value in more.items():
        setattr(made, field, value)
    return made


def shown(*items: ItemResult, **options: object) -> str:
    revisions: dict[str, dict[str, object]] = {"h": {"commit": "1234567890abcdef", "worktree": False, "why": "HEAD"}}
    found = SubmissionResult("me", "/me", revisions, list(items), Tier.ENGINE)
    lines = Report(**options).submission(found, [HOMEWORK])  # type: ignore[arg-type]
    return "\n".join("".join(piece for piece, _style in line) for line in lines)


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\rb", "a\\rb"),
        ("\x07", "\\x07"),
        ("\u202etxt", "\\u202etxt"),
        ("\x9b31m", "\\x9b31m"),
        ("two\nlines", "two\nlines"),
        ("кириллица ✓", "кириллица ✓"),
        # workflow commands
        ("::add-mask::passed", "\\::add-mask::passed"),
        ("fine\n \u00a0::error file=a::b", "fine\n \\xa0\\::error file=a::b"),
        ("a word and ::stop-commands::x", "a word and \\::stop-commands::x"),
        ("x ##[error]y ##vso[task]", "x ##\\[error]y ##vso\\[task]"),
        ("std::vector, [::1]:80, ::1, # [x], a::b", "std::vector, [::1]:80, ::1, # [x], a::b"),
    ],
)
def test_control_characters_never_reach_the_terminal(hostile: str, safe: str) -> None:
    assert printable(hostile) == safe


def test_hostile_names_in_every_place() -> None:
    evil = "\x1b]0;x\x07\n::error::x"
    finding = Finding(_("{x}", x=evil), [evil], Location(evil, 1), _("{x}", x=evil))
    item = result("a", Verdict.FAILED, findings=[finding], evidence={evil: evil}, reason=_("{x}", x=evil))
    said = shown(item, verbose=2)
    assert "\x1b" not in said
    assert not re.search(r"(?m)^\s*::", said)
    assert "\x07" not in shown(item, verbose=2)


def test_full_values_are_shown() -> None:
    long = " ".join(f"word{number}" for number in range(200)) + " " + "x" * 300
    text = shown(result("a", Verdict.FAILED, findings=[Finding(found=long)]))
    assert "x" * 300 in text
    assert all(f"word{number}" in text for number in range(200))


def test_dependents_are_folded_under_their_cause() -> None:
    text = shown(
        result("a", Verdict.FAILED, findings=[Finding(found="x")]),
        result("b", Verdict.UNVERIFIED, because_of="h/a", reason=_("because")),
        result("c", Verdict.UNVERIFIED, because_of="h/a", reason=_("because")),
    )
    assert "b, c" in text
    assert "h/b" not in text


def test_each_remedy_is_said_once() -> None:
    remedy = _("start the engine")
    items = [result(name, Verdict.UNVERIFIED, reason=_("no engine"), remedy=remedy) for name in "abcd"]
    text = shown(*items)
    assert text.count("start the engine") == 1
    assert "4 items" in text


def test_the_commit_and_why_are_shown() -> None:
    assert "me 1234567890 (HEAD)" in shown(result("a", Verdict.PASSED))


def test_evidence_only_when_asked() -> None:
    item = result("a", Verdict.PASSED, evidence={"networks": ["front", "back"]})
    assert "front" not in shown(item)
    assert "front, back" in shown(item, verbose=1)


def test_symbols_where_there_is_only_ascii() -> None:
    assert set("".join(symbols_for("ascii").values())) < set(map(chr, range(128)))
    assert symbols_for("utf-8")[Verdict.PASSED] == "✓"
    assert symbols_for(None) == symbols_for("no such encoding") == symbols_for("ascii")


def test_plain_text_has_the_place_and_the_hint() -> None:
    finding = Finding(found="x", at=Location("f.yml", 7), hint=_("do it"))
    text = plain_text(result("a", Verdict.FAILED, findings=[finding]), "en")
    assert "f.yml:7" in text
    assert "do it" in text
