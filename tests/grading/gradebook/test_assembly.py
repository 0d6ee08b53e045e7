from collections.abc import Mapping

import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.model import Entry, Gradebook
from pytest_dockerlab.grading.gradebook.overrides import Override, Overrides
from pytest_dockerlab.grading.graded import Graded, Status
from pytest_dockerlab.homework import Tier
from pytest_dockerlab.messages import _
from pytest_dockerlab.results import ItemResult, Verdict

from .._results import failed, graded, item


def book(*rows: Graded, overrides: Mapping[tuple[str, str], Override] | None = None, **maxima: float) -> Gradebook:
    given = Overrides(overrides or {}, {}, {f"manual/{name}": points for name, points in maxima.items()})
    return make_gradebook(iter(rows), given, "en")


def by_hand(verdict: str | None = None, points: float | None = None) -> Override:
    return Override(None if verdict is None else Verdict(verdict), points, "shown to me", "eve", "2026-11-29")


def numbers(entry: Entry) -> tuple[float | None, float, float, bool]:
    return entry.total, entry.verified_maximum, entry.maximum, entry.is_final


def test_total_is_that_of_the_results_file() -> None:
    row = graded(
        "ann", item("a"), failed("b", "nothing"), item("c", level="optional"), item("d", "advised", level="advisory")
    )
    (entry,) = book(row).rows
    assert row.result is not None
    score = row.result.score
    assert (entry.points, entry.bonus, entry.verified_maximum) == (score.points, score.bonus, score.verified_maximum)
    assert numbers(entry) == (2.0, 2.0, 2.0, True)


def test_first_finding_is_the_reason() -> None:
    (entry,) = book(graded("ann", failed("b", "two\nlines"))).rows
    mark = entry.marks["docker-4/b"]
    assert (mark.why, mark.remedy, mark.findings) == (
        "docker-compose.yml:3: two lines",
        "say it otherwise",
        1,
    )


def test_row_without_a_result_has_no_score() -> None:
    rows = book(
        graded("ann", reason=_("it was killed")), graded("bob", item("a")), graded("cid", status="waiting")
    ).rows
    assert [numbers(row) for row in rows] == [(None, 0, 1.0, False), (1.0, 1.0, 1.0, True), (None, 0, 1.0, False)]
    verdicts = [(row.marks["docker-4/a"].verdict, row.marks["docker-4/a"].why) for row in rows]
    assert verdicts == [
        (Verdict.ERROR, "it was killed"),
        (Verdict.PASSED, ""),
        (Verdict.UNVERIFIED, "not graded yet"),
    ]


def test_exempt_row_has_no_marks() -> None:
    (_bob, entry) = book(graded("bob", item("a")), graded("ann", status="exempt")).rows
    assert (entry.status, entry.total, entry.marks) == (Status.EXEMPT, None, {})


def test_override_keeps_the_automatic_mark() -> None:
    overrides = {("ann", "docker-4/b"): by_hand("passed"), ("ann", "docker-4/a"): by_hand(points=0.5)}
    (entry,) = book(graded("ann", item("a"), failed("b", "nothing")), overrides=overrides).rows
    assert numbers(entry) == (1.5, 2.0, 2.0, True)
    a, b = entry.marks["docker-4/a"], entry.marks["docker-4/b"]
    assert (a.verdict, a.points, b.verdict, b.points, b.why) == (Verdict.PASSED, 0.5, Verdict.PASSED, 1, "shown to me")
    assert b.automatic is not None
    assert (b.automatic.verdict, b.automatic.points, b.automatic.findings) == (Verdict.FAILED, 0, 1)


@pytest.mark.parametrize(
    ("automatic", "points", "verdict"),
    [
        ("passed", 1.5, "passed"),
        ("passed", 0.0, "failed"),
        ("failed", 0.5, "failed"),
        ("failed", 2.0, "passed"),
        ("unverified", 2.0, "passed"),
        ("unverified", 1.5, "advised"),
        ("error", 1.5, "advised"),
        ("error", 0.0, "failed"),
    ],
)
def test_points_alone_leave_the_verdict_where_there_is_one(automatic: str, points: float, verdict: str) -> None:
    overrides = {("ann", "docker-4/a"): by_hand(points=points)}
    (entry,) = book(graded("ann", item("a", automatic, max_points=2.0)), overrides=overrides).rows
    assert (entry.marks["docker-4/a"].verdict, *numbers(entry)) == (verdict, points, 2.0, 2.0, True)


def test_what_could_not_be_verified_is_final_once_it_is_decided_by_hand() -> None:
    rows = [graded("ann", item("a", "unverified")), graded("bob")]
    assert [numbers(row)[3] for row in book(*rows).rows] == [False, False]
    overrides = {("ann", "docker-4/a"): by_hand("failed"), ("bob", "docker-4/a"): by_hand("passed")}
    assert [numbers(row) for row in book(*rows, overrides=overrides).rows] == [(0, 1, 1, True), (1, 1, 1, True)]


def test_manual_item_of_everybody_holds_scores_back_until_it_is_marked() -> None:
    overrides = {("ann", "manual/defence"): by_hand(points=2.0)}
    made = book(graded("ann", item("a")), graded("bob", item("a")), overrides=overrides, defence=3.0)
    assert [each.id for each in made.items] == ["docker-4/a", "manual/defence"]
    assert made.maximum == 4.0
    assert [numbers(row) for row in made.rows] == [(3.0, 4.0, 4.0, True), (1.0, 1.0, 4.0, False)]


def test_manual_item_without_a_maximum_is_a_bonus_or_a_deduction_of_those_who_have_it() -> None:
    overrides = {("ann", "manual/late"): by_hand(points=-0.5)}
    made = book(graded("ann", item("a")), graded("bob", item("a")), overrides=overrides)
    assert [numbers(row) for row in made.rows] == [(0.5, 1.0, 1.0, True), (1.0, 1.0, 1.0, True)]
    assert "manual/late" not in made.rows[1].marks


@pytest.mark.parametrize(
    ("items", "is_settled"),
    [
        pytest.param([item("a"), item("b")], True, id="final"),
        pytest.param([item("a"), item("b", "unverified")], False, id="unverified"),
        pytest.param([item("a"), item("b", "error")], False, id="our error"),
        pytest.param([failed("a", "no"), item("b", "unverified", because_of="docker-4/a")], True, id="follows"),
        pytest.param(
            [failed("a", "no"), item("b", "unverified", because_of="docker-4/a"),
             item("c", "unverified", because_of="docker-4/b")], True, id="follows from what follows",
        ),
        pytest.param([item("a", "error"), item("b", "unverified", because_of="docker-4/a")], False, id="from ours"),
        pytest.param([failed("a", "no"), item("b", "unverified", because_of="docker-4/x")], False, id="from nothing"),
        pytest.param(
            [item("a", "unverified", because_of="docker-4/b"), item("b", "unverified", because_of="docker-4/a")],
            False, id="in a circle",
        ),
        pytest.param([item("a"), item("b", "unverified", level="optional")], True, id="optional"),
        pytest.param([item("a"), item("b", rehearsal=_("a fake"))], False, id="rehearsal"),
        pytest.param([item("a", "unverified", tier=Tier.APP)], False, id="nothing was asked for"),
    ],
)  # fmt: skip
def test_score_is_settled_where_only_the_student_can_raise_it(items: list[ItemResult], is_settled: bool) -> None:
    (entry,) = book(graded("ann", *items)).rows
    assert entry.is_settled is is_settled
    assert not entry.is_final or entry.is_settled


def test_item_that_is_worth_something_else_elsewhere_is_told() -> None:
    rows = [graded(f"s{at}", item("a", max_points=1.0 if at < 2 else 5.0)) for at in range(9)]
    (warning,) = book(*rows).warnings
    assert warning == "docker-4/a is worth something else, or asked otherwise, in s2, s3, s4, s5, s6, 2 more"
    assert book(graded("ann", item("a")), graded("bob", item("a"))).warnings == []


def test_labs_stand_last() -> None:
    made = book(graded("ann", item("lab", "unverified", kind="lab"), item("a")))
    assert [each.id for each in made.items] == ["docker-4/a", "docker-4/lab"]
    assert made.maximum == 1.0


def test_marks_that_are_alike_are_one() -> None:
    first, second = book(graded("ann", item("a")), graded("bob", item("a"))).rows
    assert first.marks["docker-4/a"] is second.marks["docker-4/a"]


@pytest.mark.parametrize(
    ("id", "name", "points", "why"),
    [
        ("anm", "docker-4/a", 1.0, "overrides.csv:0: nobody in the roster has the id anm; did you mean ann?"),
        ("ann", "docker-4/aa", 1.0, "overrides.csv:0: ann was not checked for docker-4/aa; did you mean docker-4/a?"),
        ("ann", "docker-4/a", 1.5, "overrides.csv:0: points of docker-4/a are a number from 0 to 1"),
        ("ann", "manual/defence", 4.0, "overrides.csv:0: points of manual/defence are a number from 0 to 3"),
    ],
)
def test_override_of_what_is_not_there_is_refused(id: str, name: str, points: float, why: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        book(graded("ann", item("a")), overrides={(id, name): by_hand(points=points)}, defence=3.0)
    assert str(refusal.value.text) == why


def test_override_of_an_exempt_row_waits() -> None:
    rows = [graded("bob", item("a")), graded("ann", status="exempt")]
    assert book(*rows, overrides={("ann", "docker-4/a"): by_hand("failed")}).rows[1].total is None
