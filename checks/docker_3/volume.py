"""The item docker-3/volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.dockerruns import DATA_FOLDERS
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.submission.scan.dockerruns import DockerRun
    from pytest_dockerlab.submission.submission import Submission


@check("docker-3/volume", "the database keeps its data in a named volume", level="advisory")
def volume(submission: Submission) -> None:
    runs = submission.docker_runs
    mounting = [run for run in runs if any(each.target in DATA_FOLDERS for each in run.volumes)]
    if mounting:
        note("lines", [f"{run.at}: {run.text}" for run in mounting])
    report(problems(runs))


def problems(runs: Sequence[DockerRun]) -> Iterator[Finding]:
    """Why no line keeps the database's data in a named volume; nothing where one does."""
    for run in runs:
        is_named = any(volume.is_named and volume.target in DATA_FOLDERS for volume in run.volumes)
        if is_named and run.role not in APPLICATION:  # whose image nobody knows may be a database
            return
    databases = [run for run in runs if run.role is Role.DATABASE]
    mounting = [run for run in databases if run.volumes]
    expected = _("a docker run line mounts a named volume where the database keeps its data")
    hint = _("add -v reddit_db:/data/db: a volume with a name, at the folder where MongoDB keeps its data")
    for run in mounting or databases[:1]:
        yield Finding(expected, run.text, run.at, hint)
    if not databases:
        yield Finding(expected, _("no docker run of a database in READMEs and scripts"), None, hint)
