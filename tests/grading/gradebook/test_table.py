import csv
import io
import re

import pytest

from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.overrides import Overrides
from pytest_dockerlab.grading.gradebook.table import formula_safe, gradebook_csv
from pytest_dockerlab.grading.graded import Graded, Status

from .._results import RUN, graded, item, submission
from ._books import of_everything


def read(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_person_is_a_row_and_the_maxima_are_the_first() -> None:
    rows = read(gradebook_csv(of_everything()))
    assert [row["id"] for row in rows] == ["", "ann", "ann", "bob", "cid", "dan", "eva", "fay"]
    assert [row["email"] for row in rows[1:3]] == ["a@x.org", "b@x.org"]
    assert [row["status"] for row in rows] == ["maximum", *["graded"] * 4, "error", "waiting", "exempt"]
    assert (rows[0]["score"], rows[0]["max"], rows[0]["docker-4/app"], rows[0]["manual/defence"]) == (
        "6",
        "6",
        "1",
        "3",
    )
    assert rows[0]["manual/late"] == "", "a bonus by hand has no maximum"


def test_scores_are_those_of_the_gradebook_and_what_is_not_known_is_empty() -> None:
    book = of_everything()
    rows = {row["id"]: row for row in read(gradebook_csv(book))}
    for entry in book.rows:
        assert rows[entry.id]["score"] == ("" if entry.total is None else f"{entry.total:g}")
    assert (rows["ann"]["score"], rows["ann"]["final"], rows["ann"]["late"], rows["ann"]["known of the deadline"]) == (
        "2.5",
        "no",
        "yes",
        "two days late",
    )
    assert (rows["ann"]["docker-4/app"], rows["ann"]["docker-4/app verdict"]) == ("", "unverified")
    assert (rows["bob"]["docker-4/app"], rows["bob"]["docker-4/compose-file"]) == ("0.5", "0")
    assert rows["dan"]["docker-4/app"] == ""
    assert [rows[id]["workflow"] for id in ("ann", "bob", "cid", "dan")] == ["differs", "same", "", ""]
    assert rows["dan"]["why not graded"].startswith("it was killed")


def test_cells_of_the_roster_are_kept_and_no_formulas() -> None:
    bob = next(row for row in read(gradebook_csv(of_everything())) if row["id"] == "bob")
    assert (bob["name"], bob["note"]) == ("'=1+1", "-5")


def test_labs_without_points_are_nobodys() -> None:
    assert "docker-4/none-lab verdict" not in read(gradebook_csv(of_everything()))[0]


def test_roster_column_called_as_one_of_ours_keeps_its_cells() -> None:
    book = make_gradebook([graded("ann", item("a"), columns={"score": "12", "=x": "y"})], Overrides(), "en")
    row = read(gradebook_csv(book))[1]
    assert (row["score (roster)"], row["score"], row["'=x"]) == ("12", "1", "y")


@pytest.mark.parametrize("cell", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "-1+1", "\n=1"])
def test_formula_is_told_apart(cell: str) -> None:
    safe = formula_safe(cell)
    assert safe.startswith("'")
    assert safe.replace("'", "") == cell


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("a;=1+1", "a;'=1+1"),
        ('a; "=1+1', "a;' \"=1+1"),
        ("a\n=1+1", "a\n'=1+1"),
        ("a\t@SUM(A1)", "a\t'@SUM(A1)"),
        ("a;b;-1+1;", "a;b;'-1+1;"),
        ("a; b=1", "a; b=1"),
    ],
)
def test_no_formula_stands_where_a_semicolon_separates_cells(cell: str, safe: str) -> None:
    assert formula_safe(cell) == safe
    assert not any(part.strip(' "').startswith(("=", "+", "-", "@")) for part in re.split(r"[;\t\n]", safe))


@pytest.mark.parametrize("cell", ["", "Ann", "-1", "+79991234567", "0,5", "-1.25", "a=b", "o'neil"])
def test_what_is_none_stays_as_it_is(cell: str) -> None:
    assert formula_safe(cell) == cell


@pytest.mark.parametrize(("columns", "header"), [({"ID": "ann"}, "ID"), ({}, "id")])
def test_id_is_in_the_rosters_column_or_in_one_of_ours(columns: dict[str, str], header: str) -> None:
    row = Graded("ann", columns, Status.GRADED, submission("ann", item("a")), RUN)
    text = gradebook_csv(make_gradebook([row], Overrides(), "en"))
    assert text[1:].partition(",")[0] == header
    assert read(text)[1][header] == "ann"
