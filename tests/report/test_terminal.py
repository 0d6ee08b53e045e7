"""The report's lines."""

from __future__ import annotations

import re

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.homework import Homework, Kind, Level, Tier
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.report.lines import Lines, plain, printable
from pytest_dockerlab.report.roster import RosterReport
from pytest_dockerlab.report.terminal import Report, plain_text, symbols_for
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


def test_what_failed_comes_last_and_the_most_important_of_it_right_above_the_score() -> None:
    places = [shown(*(result(name, verdict, level) for name, verdict, level in ITEMS)).index(f"h/{name}  ")
              for name in ("good", "advised", "optional", "trouble", "wrong")]  # fmt: skip
    assert places == sorted(places)
    text = shown(*(result(name, verdict, level, max_points=1) for name, verdict, level in ITEMS))
    assert text.index("h/wrong") < text.index("Score:"), "nothing but the sums stands below"
    assert text.count("h/wrong") == 1


ITEMS = (
    ("wrong", Verdict.FAILED, "required"),
    ("trouble", Verdict.ERROR, "required"),
    ("good", Verdict.PASSED, "required"),
    ("optional", Verdict.FAILED, "optional"),
    ("advised", Verdict.ADVISED, "advisory"),
)


def test_several_that_failed_are_named_once_more_at_the_end() -> None:
    text = shown(*(result(name, Verdict.FAILED, findings=[Finding(found="x")]) for name in "ab"))
    assert text.splitlines()[-2] == "To correct: h/a, h/b"


def lab(name: str, verdict: Verdict, **more: object) -> ItemResult:
    return result(name, verdict, kind=Kind.LAB, **more)


def test_labs_that_say_the_same_are_one_line() -> None:
    no_engine = {"reason": _("no engine"), "remedy": _("start it")}
    labs = [lab(name, Verdict.UNVERIFIED, **no_engine) for name in "ab"] + [lab(name, Verdict.PASSED) for name in "cd"]
    odd = lab("e", Verdict.FAILED, findings=[Finding(found="odd")])
    text = shown(*labs, odd)
    assert re.search(r"\? labs: 2 +no engine\n", text)
    assert re.search(r"✓ labs: 2 ", text)
    assert [name for name in "abcde" if f"h/{name}  " in text] == ["e"], "what is odd has its own"
    assert "h/a, h/b" in text, "what helps names them"
    assert all(f"h/{name}  " in shown(*labs, odd, verbose=1) for name in "abcde")
    asked = shown(*labs, odd, asked=frozenset({"h/a", "h/c"}))
    assert [name for name in "abcde" if f"h/{name}  " in asked] == ["a", "b", "c", "d", "e"]


def test_what_was_not_reached_is_one_line_that_names_them() -> None:
    items = [result(name, Verdict.UNVERIFIED, reason=_("interrupted before it")) for name in "abc"]
    assert re.search(r"\? items: 3 +interrupted before it  \(a, b, c\)", shown(*items))


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [60, 80])
def test_no_word_is_broken_in_two(width: int, language: str) -> None:
    """Of every title of ours, and of long texts in every place of the report."""
    known = catalogue.load()
    items = [
        ItemResult(item.id, item.title, item.kind, item.level, item.tier, verdict, **more)
        for item in known.items.values()
        for verdict, more in (
            (Verdict.PASSED, {}),
            (Verdict.FAILED, {"findings": [Finding(_("{x}", x=LONG), f"{LONG}\n  {LONG}", PLACE, _("{x}", x=LONG))]}),
            (Verdict.UNVERIFIED, {"reason": _("{x}", x=f"{item.id} {LONG}"), "remedy": _("{x}", x=f"do {LONG}")}),
            (Verdict.ERROR, {"reason": _("{x}", x=LONG), "because_of": "docker-4/networks"}),
        )
    ]
    revisions: dict[str, dict[str, object]] = {
        homework.slug: {"commit": "1234567890abcdef", "worktree": False, "why": LONG} for homework in known.homeworks
    }
    found = SubmissionResult("me", "/me", revisions, items, Tier.ENGINE)
    lines = Lines(language, width)
    said = [
        *map(plain, Report(language, width, verbose=1).submission(found, known.homeworks)),
        *map(plain, RosterReport(language, width).submissions([found, found])),
    ]
    texts = [LONG, *(lines.say(Message(item.title)) for item in known.items.values())]
    whole = {word.strip("()") for line in said for word in line.split()}
    assert {word.strip("()") for text in texts for word in text.split()} <= whole
    assert [line for line in said if len(line) > width and PATH not in line] == [], "nor by the terminal"


PATH = "a/very/long/path/of/a/submission/which/goes/over/the/edge/of/it/docker-compose.override.yml"
LONG = f"the docker-compose.override.yml of ui-and-comment is where compose merges it {PATH} and so on"
PLACE = Location(PATH, 7)


def test_a_roster_shows_the_commit_and_says_beside_the_score_that_it_is_heads() -> None:
    def of(name: str, **revision: object) -> SubmissionResult:
        revisions = {"h": {"commit": "1234567890abcdef", "worktree": False, **revision}}
        return SubmissionResult(name, "/", revisions, [result("a", Verdict.PASSED, max_points=1)], Tier.ENGINE)

    merged, head = of("ann", why="Merge branch 'h'"), of("bob", why="HEAD: no merge of branch h was found")
    tree = of("cem", worktree=True, why="the working tree")
    rows = [plain(line) for line in RosterReport("en", 120).submissions([merged, head, tree])]
    assert rows[1] == "ann  1234567890     0/1/1  passed: 1"
    assert rows[2] == "bob  1234567890     0/1/1  (HEAD: no merge of branch h was found)  passed: 1"
    assert rows[3] == "cem  1234567890     0/1/1  (working tree)  passed: 1"


def test_what_the_roster_lacks_is_no_error_of_ours() -> None:
    gone = _("the submission {path} is not there: {why}", path="/no", why="no such folder")
    revisions: dict[str, dict[str, object]] = {"h": {"commit": None, "worktree": False, "why": gone}}
    missing = SubmissionResult("a", "/no", revisions, [result("a", Verdict.ERROR, reason=gone)], Tier.ENGINE)
    revisions = {"h": {"commit": "1234567890abcdef", "worktree": False, "why": "Merge"}}
    broken = SubmissionResult("b", "/", revisions, [result("a", Verdict.ERROR, reason=_("no"))], Tier.ENGINE)
    rows = [plain(line) for line in RosterReport("en", 120).submissions([missing, broken])]
    assert rows[2] == "      not checked the submission /no is not there: no such folder"
    assert rows[4] == "      our error   no"


def test_no_count_is_broken_in_two() -> None:
    items = [result(str(verdict), verdict) for verdict in Verdict]
    found = SubmissionResult("me", "/", {}, items, Tier.ENGINE)
    for width in range(40, 80):
        rows = list(map(plain, Report("ru", width).submission(found, [HOMEWORK])))
        assert any("не пройдено: 1" in row for row in rows), width
        assert any("не проверено: 1" in row for row in rows), width


def test_the_lines_of_a_roster_add_up() -> None:
    items = [result("a", Verdict.PASSED), lab("b", Verdict.PASSED), lab("c", Verdict.UNVERIFIED, reason=_("no"))]
    found = [SubmissionResult(name, "/", {}, items, Tier.ENGINE) for name in ("ann", "bob")]
    text = "\n".join(plain(line) for line in RosterReport("en", 120).submissions(found))
    assert sum(map(int, re.findall(r"passed: (\d+)", text))) == 3, "the lab of both is one"
    assert sum(map(int, re.findall(r"unverified: (\d+)", text))) == 1
    assert "\ndocker host  passed: 1" in text, "which is longer than the ids"


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


SERIES = {
    "stopped": 104.0,
    "series": {
        "comment_health": [[100.0, 1.0], [105.0, 0.0], [115.0, 1.0], [120.0, 1.0]],
        "\x1b[2J": [[100.0, 0.5], [120.0, None]],
        "none": [],
    },
}


def test_series_are_drawn() -> None:
    item = result("drill", Verdict.PASSED, evidence={"drill": SERIES, "Prometheus": "2.42"})
    lines = shown(item).splitlines()
    curve = "█" * 10 + "▁" * 20 + "█" * 10
    assert f"      comment_health  {curve}  1 → 0 → 1" in lines
    assert f"      \\x1b[2J         {'█' * 40}  0.5" in lines
    assert not [line for line in lines if "104" in line or "2.42" in line]
    narrow = shown(item, width=50).splitlines()
    assert "      comment_health" in narrow
    assert f"        {curve}  1 → 0 → 1" in narrow


def test_a_name_of_a_series_that_is_a_message_is_translated() -> None:
    series = {"series": {"machines": [[0.0, 1.0], [9.0, 2.0]], "comment_health": [[0.0, 1.0], [9.0, 1.0]]}}
    item = result("model", Verdict.PASSED, evidence={"machines over time": series})
    curves = [line for line in shown(item, language="ru").splitlines() if "█" in line]
    assert [line.split()[0] for line in curves] == ["машины", "comment_health"]


def test_series_are_drawn_in_ascii() -> None:
    item = result("drill", Verdict.PASSED, evidence={"drill": SERIES})
    assert f"      comment_health  {'#' * 10}{'_' * 20}{'#' * 10}  1 -> 0 -> 1" in shown(
        item, symbols=symbols_for("ascii")
    )


def test_many_changes_of_a_series_are_cut() -> None:
    points = [[float(at), float(at % 3)] for at in range(100)]
    drawn = shown(result("drill", Verdict.PASSED, evidence={"drill": {"series": {"busy": points}}}))
    assert "  0 → 1 → 2 → 0 → 1 → 2 → 0 → … → 0" in drawn


def test_what_is_not_attempted() -> None:
    """Who did not do what is optional knows it; what an advice finds nothing to say of is named."""
    reason = _("there is no mirror")
    assert "(optional, not attempted)" in shown(result("a", Verdict.NOT_ATTEMPTED, "optional", reason=reason))
    assert "(there is no mirror)" in shown(result("a", Verdict.NOT_ATTEMPTED, "advisory", reason=reason))
