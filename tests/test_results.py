"""Verdicts, scores and exit codes, without pytest around them."""

from __future__ import annotations

import json

import jsonschema
import pytest

from pytest_dockerlab.errors import LimitExceeded, RefusedPath, ToolTimeout
from pytest_dockerlab.findings import (
    Collected,
    Finding,
    Location,
    Mismatch,
    NotAttempted,
    Unverified,
    collecting,
    expect,
    note,
    rehearse,
    require,
)
from pytest_dockerlab.homework import Item, Kind, Level, Tier, check, item_of
from pytest_dockerlab.messages import _
from pytest_dockerlab.results import Asked, ItemResult, Verdict, exit_code, schema, score
from pytest_dockerlab.run.verdict import MAX_FINDINGS, decide


def item(level: str = "required", kind: str = "submission", tier: str = "files") -> Item:
    found = item_of(check("h/x", "it holds", level=level, kind=kind, tier=tier)(lambda: None))
    assert found is not None
    return found


def result(
    level: str = "required",
    exception: BaseException | None = None,
    findings: list[Finding] | None = None,
    points: float = 1.0,
) -> ItemResult:
    return decide(item(level), Level(level), points, Collected(findings or []), exception)


WRONG = [Finding(found="x", at=Location("f", 3))]


@pytest.mark.parametrize(
    ("level", "exception", "findings", "verdict", "points"),
    [
        ("required", None, [], Verdict.PASSED, 1),
        ("required", None, WRONG, Verdict.FAILED, 0),
        ("optional", None, WRONG, Verdict.FAILED, 0),
        ("advisory", None, WRONG, Verdict.ADVISED, 0),
        ("required", Mismatch(WRONG[0]), [], Verdict.FAILED, 0),
        ("optional", NotAttempted(_("none")), [], Verdict.NOT_ATTEMPTED, 0),
        ("required", NotAttempted(_("none")), [], Verdict.FAILED, 0),
        ("advisory", NotAttempted(_("none")), [], Verdict.NOT_ATTEMPTED, 0),
        ("required", Unverified(_("away")), [], Verdict.UNVERIFIED, 0),
        ("required", Unverified(_("away")), WRONG, Verdict.FAILED, 0),
        ("required", RefusedPath("leads out"), [], Verdict.UNVERIFIED, 0),
        ("required", LimitExceeded("too large"), [], Verdict.UNVERIFIED, 0),
        ("required", ToolTimeout("too slow"), [], Verdict.ERROR, 0),
        ("required", AssertionError("ours"), [], Verdict.ERROR, 0),
        ("required", KeyError("ours"), WRONG, Verdict.ERROR, 0),
    ],
)
def test_the_verdict(
    level: str, exception: BaseException | None, findings: list[Finding], verdict: Verdict, points: float
) -> None:
    decided = result(level, exception, list(findings))
    assert decided.verdict is verdict
    assert decided.points == points
    if verdict is Verdict.ERROR:
        assert decided.findings == [], "an error accuses nobody"


@pytest.mark.parametrize(
    ("own", "of_course", "verdict"),
    [("optional", "advisory", Verdict.ADVISED), ("advisory", "required", Verdict.FAILED)],
)
def test_what_a_course_needs_is_wrong_where_it_is_not_attempted(own: str, of_course: str, verdict: Verdict) -> None:
    decided = decide(item(own), Level(of_course), 1.0, Collected(), NotAttempted(_("none")))
    assert decided.verdict is verdict


def test_a_flood_of_findings_is_cut_and_counted() -> None:
    decided = result(findings=[Finding(found=number) for number in range(10_000)])
    assert len(decided.findings) == MAX_FINDINGS + 1
    assert "9950 more" in str(decided.findings[-1].found)


def test_expect_goes_on_and_require_stops() -> None:
    with collecting() as collected:
        assert not expect(False, found=1)
        assert expect(True)
        note("seen", [1, 2])
        with pytest.raises(Mismatch):
            require(False, found=2)
    assert [finding.found for finding in collected.findings] == [1]
    assert collected.evidence == {"seen": [1, 2]}


def test_outside_a_check_a_finding_is_raised() -> None:
    with pytest.raises(Mismatch, match=r"two networks; one; docker-compose\.yml:3; add one"):
        expect(False, _("two networks"), found="one", at=Location("docker-compose.yml", 3), hint=_("add one"))


def scored(*results: tuple[str, Verdict, str]) -> list[ItemResult]:
    found = []
    for level, verdict, tier in results:
        made = ItemResult("h/x", "t", Kind.SUBMISSION, Level(level), Tier(tier), verdict)
        made.max_points = 0.0 if level == "advisory" else 1.0
        made.points = made.max_points if verdict is Verdict.PASSED else 0.0
        found.append(made)
    return found


@pytest.mark.parametrize(
    ("unverified", "tier", "final"),
    [("files", Tier.FILES, False), ("engine", Tier.FILES, True), ("app", Tier.ENGINE, True), ("app", Tier.APP, False)],
)
def test_a_score_is_final_when_nothing_required_of_the_asked_tiers_is_open(
    unverified: str, tier: Tier, final: bool
) -> None:
    items = scored(("required", Verdict.PASSED, "files"), ("required", Verdict.UNVERIFIED, unverified))
    assert score(items, tier).is_final is final


def test_a_score_counts_required_and_optional_apart() -> None:
    items = scored(
        ("required", Verdict.PASSED, "files"),
        ("required", Verdict.FAILED, "files"),
        ("required", Verdict.UNVERIFIED, "app"),
        ("optional", Verdict.PASSED, "files"),
        ("advisory", Verdict.ADVISED, "files"),
    )
    found = score(items, Tier.ENGINE)
    assert (found.points, found.verified_maximum, found.maximum, found.bonus) == (1, 2, 3, 1)


def test_a_rehearsal_is_shown_and_never_counts() -> None:
    with collecting() as collected:
        rehearse(_("a fake answered"))
    passed = decide(item(tier="remote"), Level.REQUIRED, 1.0, collected, None)
    assert (passed.verdict, passed.points, passed.is_verified) == (Verdict.PASSED, 0, False)
    real = result()
    found = score([real, passed], Tier.ENGINE)
    assert (found.points, found.verified_maximum, found.maximum, found.is_final) == (1, 1, 2, False)
    assert score([real], Tier.ENGINE).is_final
    asked = Asked(items=(passed.id,))
    assert exit_code([passed], strict=False, highest_tier=Tier.ENGINE, asked=asked) == 5
    assert ItemResult.from_json(json.loads(json.dumps(passed.to_json()))) == passed
    jsonschema.validate(passed.to_json("ru"), {"$ref": "#/$defs/item", "$defs": schema()["$defs"]})


def test_a_score_of_nothing_is_not_final() -> None:
    assert not score([], Tier.ENGINE).is_final


@pytest.mark.parametrize(
    ("results", "strict", "code"),
    [
        ([("required", Verdict.PASSED, "files")], False, 0),
        ([("required", Verdict.FAILED, "files"), ("required", Verdict.ERROR, "files")], False, 1),
        ([("required", Verdict.PASSED, "files"), ("required", Verdict.ERROR, "files")], False, 3),
        ([("required", Verdict.PASSED, "files"), ("optional", Verdict.FAILED, "files")], True, 0),
        ([("required", Verdict.PASSED, "files"), ("required", Verdict.UNVERIFIED, "engine")], True, 1),
        ([("required", Verdict.PASSED, "files"), ("required", Verdict.UNVERIFIED, "app")], True, 0),
        ([("required", Verdict.PASSED, "files"), ("required", Verdict.UNVERIFIED, "remote")], True, 0),
        ([("required", Verdict.UNVERIFIED, "files")], False, 5),
        ([("optional", Verdict.NOT_ATTEMPTED, "files")], False, 5),
        ([], False, 5),
    ],
)
def test_the_exit_code(results: list[tuple[str, Verdict, str]], strict: bool, code: int) -> None:
    assert exit_code(scored(*results), strict=strict, highest_tier=Tier.ENGINE, asked=Asked()) == code


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked(), 0),
        (Asked(items=("h/advised",)), 0),
        (Asked(items=("h/unverified",)), 5),
        (Asked(items=("h/advised", "h/unverified")), 5),
        (Asked(items=("h/not-attempted",)), 5),
        (Asked(items=("h/lab",)), 0),
        (Asked(homeworks=(("h/advised", "h/unverified"),)), 5),
        (Asked(homeworks=(("h/lab", "h/advised"),)), 5),
        (Asked(homeworks=(("h/passed", "h/unverified"),)), 0),
        (Asked(homeworks=(("h/passed",), ("h/advised",))), 5),
    ],
)
def test_what_was_asked_for_and_not_looked_at_is_no_success(asked: Asked, code: int) -> None:
    results = [
        ItemResult("h/passed", "t", Kind.SUBMISSION, Level.REQUIRED, Tier.FILES, Verdict.PASSED),
        ItemResult("h/advised", "t", Kind.SUBMISSION, Level.ADVISORY, Tier.FILES, Verdict.ADVISED),
        ItemResult("h/unverified", "t", Kind.SUBMISSION, Level.REQUIRED, Tier.APP, Verdict.UNVERIFIED),
        ItemResult("h/not-attempted", "t", Kind.SUBMISSION, Level.OPTIONAL, Tier.FILES, Verdict.NOT_ATTEMPTED),
        ItemResult("h/lab", "t", Kind.LAB, Level.REQUIRED, Tier.ENGINE, Verdict.PASSED),
    ]
    assert exit_code(results, strict=False, highest_tier=Tier.APP, asked=asked) == code


def test_a_result_survives_json() -> None:
    first = result(findings=[Finding(_("a {b}", b=_("c")), ["x", _("y")], Location("f", 1), _("do"))])
    first.evidence = {"k": [1, _("m")]}
    second = ItemResult.from_json(json.loads(json.dumps(first.to_json())))
    assert second == first


def test_each_text_stands_rendered_beside_its_parts() -> None:
    finding = Finding(None, [_("found: {what}", what=_("not found")), "x"], Location("f", 1), _("to do"))
    made = result(findings=[finding])
    made.evidence = {"found": _("found: {what}", what=3)}
    data = made.to_json("ru")
    assert data["findings"][0]["text"] == {
        "expected": "it holds",
        "found": "found: не найдено, x",
        "hint": "что сделать",
    }
    assert data["text"] == {
        "title": "it holds",
        "reason": None,
        "remedy": None,
        "evidence": {"found": {"name": "найдено", "value": "found: 3"}},
    }
    assert ItemResult.from_json(data) == made
    assert "text" not in made.to_json()


def test_the_schema_is_one_and_refuses_what_it_does_not_know() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    one = schema()
    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/item", "$defs": one["$defs"]})
    data = result(findings=list(WRONG)).to_json()
    validator.validate(data)
    for change in ({"verdict": "good"}, {"points": "1"}, {"id": "x"}, {"more": 1}):
        assert not validator.is_valid({**data, **change}), change
