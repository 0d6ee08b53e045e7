"""The Dockerfiles of ui, comment and post, for the items that ask the same of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Unverified, note, report
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.instructions import DockerfileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_dockerlab.findings import Finding
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.scan.servicefiles import ServiceFiles
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["parsed", "refusals_of", "report_of_built", "services_of"]


def services_of(submission: Submission) -> list[ServiceFiles]:
    """The services that have Dockerfiles. Raises ``Unverified`` where none has."""
    found = list(submission.service_files.values())
    if not found:
        raise Unverified(
            _("there are no Dockerfiles of ui, comment and post"),
            _("add them first: see docker-3/services"),
            told_by="docker-3/services",
        )
    return found


def report_of_built(submission: Submission, problems_of: Callable[[Dockerfile], Iterable[Finding]]) -> None:
    """Report the problems of every Dockerfile that is built; those of variants and backups are only evidence."""
    looked_at: list[str] = []
    others: list[str] = []
    refused: list[Finding] = []
    for files in services_of(submission):
        for each in files.files:
            dockerfile = parsed(submission, each.path)
            if dockerfile is None:
                continue
            found = list(problems_of(dockerfile))
            if each.path in files.built and refusals_of(submission, each.path):
                refused += found
            elif each.path in files.built:
                looked_at.append(each.path)
                report(found)
            else:
                others += [str(problem.at) for problem in found]
    note("files looked at", looked_at)
    if others:
        note("in variants and backups that nothing builds, not held against it", others)
    if refused or not looked_at:
        raise Unverified(
            _("not every Dockerfile that is built can be parsed"),
            _("correct them first: see docker-3/services"),
            told_by="docker-3/services",
            findings=refused,
        )


def refusals_of(submission: Submission, path: str) -> list[Finding]:
    """Why no builder takes a Dockerfile."""
    try:
        return submission.dockerfile(path).problems() or submission.unnamed_bases(path)
    except DockerfileError as error:
        return [error.finding]


def parsed(submission: Submission, path: str) -> Dockerfile | None:
    """A Dockerfile; ``None`` where it cannot be read, which is docker-3/services' or docker-3/hadolint's finding."""
    try:
        return submission.dockerfile(path)
    except (DockerfileError, RefusedPath):
        return None
