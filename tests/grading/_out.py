"""The folder of a grading, as a run leaves it, made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pytest_dockerlab.grading.out import Out
from pytest_dockerlab.grading.record import write_record, write_rows
from pytest_dockerlab.results import SubmissionResult
from pytest_dockerlab.roster.row import Row

from ._record import record
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
        out.result_of(each.id).write_text(json.dumps({**RUN, "submissions": [each.to_json("en")]}), "utf-8")
    write_record(out, record("docker-4", tier="engine", rows=len(ids)))
    return out
