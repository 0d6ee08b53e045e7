"""The item docker-2/dockerfile."""

from __future__ import annotations

from pytest_dockerlab.findings import Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.monolith import find_monolith, monolith_problems
from pytest_dockerlab.submission.submission import Submission


@check("docker-2/dockerfile", "the Dockerfile copies its files and runs start.sh")
def dockerfile(submission: Submission) -> None:
    monolith = find_monolith(submission.tree)
    if monolith is None or "Dockerfile" in monolith.missing:
        raise Unverified(_("there is no Dockerfile beside the monolith's files"), _("add it first: see docker-2/files"))
    path = monolith.path("Dockerfile")
    note("Dockerfile", path)
    read = submission.dockerfile(path)
    report(read.problems() or monolith_problems(submission.tree, monolith, read))
