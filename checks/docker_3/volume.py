"""The item docker-3/volume."""

from __future__ import annotations

from pytest_dockerlab.findings import note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission import aliases
from pytest_dockerlab.submission.submission import Submission


@check("docker-3/volume", "the database keeps its data in a named volume", level="advisory")
def volume(submission: Submission) -> None:
    runs = submission.docker_runs
    mounting = [run for run in runs if any(each.target in aliases.DATA_FOLDERS for each in run.volumes)]
    if mounting:
        note("lines", [f"{run.at}: {run.text}" for run in mounting])
    report(aliases.volume_problems(runs))
