"""``dockerlab grade`` as it is typed: what it leaves in its folder."""

from __future__ import annotations

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.grading.graded import Status, read_graded
from pytest_dockerlab.grading.out import Out
from tests.cohort.planted import cohort
from tests.cohort.repositories import write_cohort


@pytest.fixture
def grade(tmp_path):
    """Grade the first homework's files, with more words."""

    def grade(roster, *words):
        return cli.main(
            ["grade", str(roster), "--hw", "docker-4", "--hw-tier", "files", "-o", str(tmp_path / "out"), *words]
        )

    return grade


def test_each_row_has_its_verdicts_in_the_rosters_order(tmp_path, grade):
    planted = cohort(5)
    write_cohort(tmp_path / "cohort", planted)
    assert grade(tmp_path / "cohort" / "roster.csv", "-n", "2") == 0
    found = list(read_graded(Out(tmp_path / "out")))
    assert [each.id for each in found] == [each.id for each in planted]
    assert {each.status for each in found} == {Status.GRADED}
    assert found[0].columns["room"] == '=HYPERLINK("a")'
    for row, known in zip(found, planted, strict=True):
        for item in row.result.items:
            assert (item.verdict, item.because_of) in known.verdicts[item.id]


def test_a_row_without_a_repository_is_an_error_of_its_own(tmp_path, grade):
    write_cohort(tmp_path / "cohort", cohort(1))
    roster = tmp_path / "cohort" / "few.csv"
    first = (tmp_path / "cohort" / "roster.csv").read_text("utf-8").splitlines()[1].split(",")
    roster.write_text(f"id,path\nghost,nowhere\n{first[0]},{first[1]}\n", "utf-8")
    assert grade(roster) == 3
    statuses = {each.id: each.status for each in read_graded(Out(tmp_path / "out"))}
    assert statuses == {"ghost": Status.ERROR, first[0]: Status.GRADED}
