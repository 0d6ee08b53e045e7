"""What is said of a deadline: only what is known, and never a change of points."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pytest_dockerlab.course import Course
from pytest_dockerlab.grading.graded import Graded
from pytest_dockerlab.grading.lateness import past_homeworks, with_lateness

from ._results import graded, item

DUE = datetime(2026, 3, 1, 20, 59, tzinfo=UTC)
COURSE = Course(zone=ZoneInfo("Europe/Moscow"), deadlines={"docker-4": DUE}, late_policy="A point a day.")


def row(committed: str | None = None, **columns: str) -> Graded:
    found = graded("ann", item("networks"), columns=columns)
    assert found.result is not None
    if committed:
        found.result.revisions["docker-4"]["committed"] = committed
    return found


def said(given: Graded, course: Course = COURSE) -> str:
    return str(with_lateness(given, course).late)


def test_without_a_deadline_nothing_is_said() -> None:
    assert with_lateness(row("2026-03-01T00:00:00+00:00"), Course()).late is None
    assert with_lateness(graded("ann", status="error"), COURSE).late is None


def test_a_commits_own_date_is_called_so() -> None:
    assert said(row("2026-03-01T20:00:00+00:00")) == (
        "docker-4: due 2026-03-01 23:59 MSK; by its commit's own date 59 min before"
    )
    assert said(row("2026-03-03T23:00:00+00:00")) == (
        "docker-4: due 2026-03-01 23:59 MSK; by its commit's own date 2 d 2 h late; late policy: A point a day."
    )
    assert "by its commit's own date 1 h 1 min late" in said(row("2026-03-02T01:00:00+03:00"))


def test_what_was_collected_is_sure() -> None:
    cells = {"collected": "2026-03-01T20:58:00+00:00"}
    assert said(row("2026-05-01T00:00:00+00:00", **cells)) == "docker-4: due 2026-03-01 23:59 MSK; handed in before"
    cells = {"collected": "2026-03-01T21:02:00+00:00"}
    assert said(row(**cells)) == (
        "docker-4: due 2026-03-01 23:59 MSK; handed in at most 3 min later; late policy: A point a day."
    )


def test_who_asked_late_still_knows_what_the_commit_says_of_itself() -> None:
    cells = {"collected": "2026-03-05T21:02:00+00:00"}
    assert "handed in at most" in said(row("2026-03-01T20:00:00+00:00", **cells))
    assert "own date 1 d 0 h late" in said(row("2026-03-02T20:59:00+00:00", **cells))


@pytest.mark.parametrize("date", ["", "yesterday", "2026-03-01T20:00:00"])
def test_what_is_not_known_is_said(date: str) -> None:
    assert "when it was handed in is not known" in said(row(date, collected=date))


@pytest.mark.parametrize(
    ("cells", "due"),
    [
        ({"extension": "2d"}, "2026-03-03 23:59 MSK"),
        ({"Deadline": "2026-04-01"}, "2026-04-01 23:59 MSK"),
        ({"deadline": "2026-04-01T12:00Z", "Extension": "12h"}, "2026-04-02 03:00 MSK"),
        ({"extension": "2026-05-01T12:00+03:00"}, "2026-05-01 12:00 MSK"),
    ],
)
def test_a_row_has_its_own_deadline(cells: dict[str, str], due: str) -> None:
    assert f"due {due};" in said(row("2026-03-02T00:00:00+00:00", **cells))


def test_points_stay_as_they_are() -> None:
    before = row("2026-05-01T00:00:00+00:00")
    after = with_lateness(before, COURSE)
    assert after.result is before.result
    assert after.result is not None
    assert [each.points for each in after.result.items] == [1.0]


def test_whose_deadline_has_passed() -> None:
    slugs = ("docker-3", "docker-4")
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert past_homeworks(row(), slugs, COURSE, now) == {"docker-4"}
    assert past_homeworks(row(extension="1w"), slugs, COURSE, now) == set()
    assert past_homeworks(row(deadline="no moment"), slugs, COURSE, now) == set()
