"""The item docker-2/dockerfile."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_2._files import _report
from pytest_dockerlab.findings import Finding, Location, Mismatch, Unverified, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.dockerfile import DockerfileError
from pytest_dockerlab.submission.monolith import find_monolith, monolith_problems
from pytest_dockerlab.submission.submission import Submission


@check("docker-2/dockerfile", "the Dockerfile copies its files and runs start.sh")
def dockerfile(submission: Submission) -> None:
    monolith = find_monolith(submission.tree)
    if monolith is None or "Dockerfile" in monolith.missing:
        raise Unverified(_("there is no Dockerfile beside the monolith's files"), _("add it first: see docker-2/files"))
    path = monolith.path("Dockerfile")
    note("Dockerfile", path)
    try:
        read = submission.dockerfile(path)
    except DockerfileError as error:
        hint = _("Docker's own parser refuses the file: correct it at this place")
        raise Mismatch(Finding(_("the Dockerfile parses"), error.reason, error.at, hint)) from None
    problems = read.problems()
    for line, why in problems:
        hint = _("Docker's own parser refuses the file: correct it at this place")
        expect(False, _("the Dockerfile parses"), found=why, at=Location(path, line), hint=hint)
    if not problems:
        _report(monolith_problems(submission.tree, monolith, read))
