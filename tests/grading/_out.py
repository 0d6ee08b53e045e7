"""The folder of a grading, as a run leaves it, made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pytest_dockerlab.grading.out import Out
from pytest_dockerlab.grading.record import Record, write_record, write_rows
from pytest_dockerlab.results import SubmissionResult
from pytest_dockerlab.roster.row import Row

from ._results import RUN

__all__ = ["write_out"]


def write_out(folder: Path, results: Sequence[SubmissionResult], *, waiting: Sequence[str] = ()) -> Out:
    """A grading of a roster of these submissions, and of the ids that it has not come to."""
    out = Out(folder)
    for made in (out.results, out.attempts, out.logs):
        made.mkdir(parents=True)
    ids = [*(each.id for each in results), *waiting]
    write_rows(out, [Row(id, Path("/repositories") / id, columns={"id": id, "name": f"N. {id}"}) for id in ids])
    for each in results:
        out.result_of(each.id).write_text(json.dumps(_document(each)), "utf-8")
    record = Record(
        names=("docker-4",),
        homework=("docker-4",),
        tier="engine",
        strict=False,
        language="en",
        course=None,
        roster={"file": "roster.csv", "digest": "0" * 64, "rows": len(ids)},
        shard=None,
        docker_host=None,
        check=("--hw=docker-4",),
        argv=("grade",),
        started="2026-11-29T07:00:00+00:00",
    )
    write_record(out, record)
    return out


def _document(result: SubmissionResult) -> dict[str, object]:
    tool = {"name": "pytest-dockerlab", "version": "1", "python": "3.13", "pytest": "9", "platform": "Linux"}
    return {
        "schema": 1,
        **RUN,
        "tool": tool,
        "strict": False,
        "partial": False,
        "duration": 1.0,
        "exit": 0,
        "submissions": [result.to_json("en")],
    }
