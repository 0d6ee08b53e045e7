"""Under xdist: the same results in the same order, and a worker that dies takes one item with it."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Outcome, Student


def essence(outcome: Outcome) -> list[dict[str, Any]]:
    assert outcome.results is not None, outcome.out
    items = outcome.results["submissions"][0]["items"]
    return [{key: value for key, value in item.items() if key not in ("duration", "details")} for item in items]


@pytest.mark.parametrize("files", [{}, {"base": "wrong", "required": "wrong", "trouble": "ours", "elsewhere": "here"}])
def test_the_same_results_in_catalogue_order(student: Student, files: dict[str, str]) -> None:
    student.write(**files)
    alone, four = student.run(), student.run("-n", "4")
    assert essence(four) == essence(alone)
    assert four.code == alone.code


@pytest.mark.parametrize("dist", ["load", "loadscope", "loadfile", "loadgroup", "worksteal"])
def test_no_item_is_lost_whatever_dist_says(student: Student, dist: str) -> None:
    outcome = student.run("-n", "2", "--dist", dist, "--hw", "other")
    verdicts = outcome.verdicts()
    assert verdicts["demo/required"] == verdicts["other/required"] == "passed"
    assert "error" not in verdicts.values()


@pytest.mark.parametrize("workers", ["1", "2", "4"])
def test_a_worker_that_dies_is_one_error(student: Student, workers: str) -> None:
    outcome = student.write(trouble="crash", required="wrong", elsewhere="here").run("-n", workers)
    verdicts = outcome.verdicts()
    assert [id for id, verdict in verdicts.items() if verdict == "error"] == ["demo/trouble"]
    assert verdicts["demo/required"] == "failed"
    assert verdicts["demo/lab"] == verdicts["demo/elsewhere"] == verdicts["demo/further"] == "passed"
    assert outcome.code == 1


def test_what_needs_the_dead_one_is_unverified_because_of_it(student: Student) -> None:
    outcome = student.write(base="crash").run("-n", "2")
    verdicts = outcome.verdicts()
    assert verdicts["demo/base"] == "error"
    assert outcome.item("demo/further")["because_of"] == "demo/base"
    assert verdicts["demo/required"] == "passed"
    assert outcome.code == 3


def test_every_item_can_kill_a_worker(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = student.write(base="crash", trouble="crash").run("-n", "2", "--max-worker-restart=0")
    assert [id for id, verdict in outcome.verdicts().items() if verdict == "error"] == ["demo/base", "demo/trouble"]
