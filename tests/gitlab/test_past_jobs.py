"""What a project's jobs tell of the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pytest_dockerlab.gitlab.answers import Job, Pipeline
from pytest_dockerlab.gitlab.past_jobs import Canceled, canceled, crews, was_dropped

_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return _NOON + timedelta(seconds=seconds)


def _job(id: int, begin: float | None, end: float | None, runner: int | None = 7, **fields: object) -> Job:
    times = {"started_at": None if begin is None else _at(begin), "finished_at": None if end is None else _at(end)}
    job = Job(id, "test_unit_job", "test", "success", "master", pipeline=id, runner=runner, **times)  # type: ignore[arg-type]
    return replace(job, **fields)  # type: ignore[arg-type]


def test_jobs_by_who_took_them():
    jobs = [
        _job(1, 0, 10), _job(2, 5, 15), _job(3, 100, None, status="running"), _job(4, None, None, None),
        _job(5, 0, 20, runner=8, runner_description="other"),
    ]  # fmt: skip
    first, second = crews(jobs)

    assert (first.runner, first.peak.count, first.peak.at, len(first.jobs)) == (7, 2, _at(5), 3)
    assert (second.runner, second.description, second.peak.count) == (8, "other", 1)


def test_another_day_is_another_crew():
    found = crews([_job(1, 0, 10), _job(2, 5, 5000), _job(3, 8000, 8010), _job(4, 90_000, 90_010)])

    assert [[job.id for job in crew.jobs] for crew in found] == [[4], [1, 2, 3]]
    assert [crew.peak.count for crew in found] == [1, 2]


def test_jobs_of_a_runner_that_was_deleted_since():
    assert [(crew.runner, crew.peak.count) for crew in crews([_job(1, 0, 9, None), _job(2, 5, 9, None)])] == [(0, 2)]


def test_processes_with_one_token_are_told_apart():
    assert [crew.peak.count for crew in crews([_job(1, 0, 9, manager=1), _job(2, 0, 9, manager=2)])] == [1, 1]


def test_the_jobs_at_the_peak_come_first():
    (crew,) = crews([_job(1, 0, 10), _job(2, 100, 150), _job(3, 120, 140), _job(4, 160, 170), _job(5, 200, 210)])

    assert {job.id for job in crew.at_the_peak()[:2]} == {2, 3}
    assert [job.id for job in crew.at_the_peak()[2:]] == [4, 5, 1]


def test_a_job_that_somebody_ended_while_it_ran_ended():
    (crew,) = crews([_job(1, 0, 10, status="canceled"), _job(2, 10, 20)])

    assert crew.peak.count == 1


def _pipeline(id: int, sha: str, ref: str = "master", created: float = 0, updated: float = 0) -> Pipeline:
    return Pipeline(id, "canceled", ref, sha, created_at=_at(created), updated_at=_at(updated))


@pytest.mark.parametrize(
    ("newer", "by_newer_push"),
    [
        (_pipeline(2, "b", created=5), 1),
        (_pipeline(2, "a", created=5), 0),
        (_pipeline(2, "b", "other", created=5), 0),
        (_pipeline(2, "b", created=60), 0),
        (replace(_pipeline(2, "b"), created_at=None, updated_at=None), 1),
    ],
    ids=["newer push", "retry of the same commit", "another branch", "later", "no times in lists of GitLab 10"],
)
def test_canceled_by_a_newer_push(newer: Pipeline, by_newer_push: int):
    job = _job(1, None, None, None, status="canceled")

    assert canceled([job], [_pipeline(1, "a", updated=6), newer]) == Canceled(by_newer_push, 1 - by_newer_push)


def test_canceled_by_somebody():
    own, newer = _pipeline(1, "a", updated=6), _pipeline(2, "b", created=5)

    assert canceled([_job(1, 0, 4, status="canceled")], [own, newer]) == Canceled(0, 1)
    assert canceled([_job(9, None, None, status="canceled")], [own, newer]) == Canceled(0, 1)
    assert canceled([_job(1, 0, 4)], [own, newer]) == Canceled()


def test_dropped():
    assert was_dropped(_job(1, None, 9, None, status="failed", failure_reason="stuck_or_timeout_failure"))
    assert not was_dropped(_job(1, 0, 9, status="failed", failure_reason="stuck_or_timeout_failure"))
    assert not was_dropped(_job(1, None, None, None, status="pending"))
