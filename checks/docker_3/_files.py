"""docker-3: the items that read the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pytest_dockerlab.errors import LimitExceeded, RefusedPath
from pytest_dockerlab.findings import Finding, Unverified, note, report
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission import aliases
from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile, DockerfileError
from pytest_dockerlab.submission.scan.servicefiles import ServiceFiles
from pytest_dockerlab.submission.submission import Submission


def _services(submission: Submission) -> list[ServiceFiles]:
    found = list(submission.service_files.values())
    if not found:
        raise Unverified(
            _("there are no Dockerfiles of ui, comment and post"), _("add them first: see docker-3/services")
        )
    return found


def _over_all(submission: Submission, problems_of: Callable[[Dockerfile], Iterable[Finding]]) -> None:
    """Ask it of every Dockerfile and variant; a backup's answers are only evidence."""
    looked_at, backups = [], []
    for files in _services(submission):
        for each in files.files:
            dockerfile = _parsed(submission, each.path)
            if dockerfile is None:
                continue  # why is docker-3/services' or docker-3/hadolint's finding
            looked_at.append(each.path)
            found = list(problems_of(dockerfile))
            if each.is_backup:
                backups += [str(problem.at) for problem in found]
            else:
                report(found)
    if not looked_at:
        raise Unverified(_("none of the Dockerfiles parses"), _("correct them first: see docker-3/services"))
    note("files", looked_at)
    if backups:
        note("in backups, not held against it", backups)


def _parsed(submission: Submission, path: str) -> Dockerfile | None:
    try:
        return submission.dockerfile(path)
    except (DockerfileError, RefusedPath, LimitExceeded):
        return None


def host_defaults(submission: Submission) -> aliases.Defaults:
    """The environment that each service's image gives it."""
    found = {}
    for role, files in submission.service_files.items():
        dockerfile = _parsed(submission, files.in_use) if files.in_use is not None else None
        if dockerfile is not None:
            found[role] = {name: setting.value for name, setting in dockerfile.image().environment.items()}
    return found
