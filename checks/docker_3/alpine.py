"""The item docker-3/alpine."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_3._files import _parsed
from pytest_dockerlab.findings import NotAttempted, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.alpine import alpine_base, alpine_problems
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.submission import Submission


@check("docker-3/alpine", "ui is built on Alpine and keeps no build tools or caches", level="optional")
def alpine(submission: Submission) -> None:
    files = submission.service_files.get(Role.UI)
    judged = {}
    for path in files.own if files is not None else ():
        dockerfile = _parsed(submission, path)
        if dockerfile is not None and (base := alpine_base(dockerfile)) is not None:
            judged[path] = alpine_problems(dockerfile)
            note(path, base)
    if not judged:
        raise NotAttempted(_("no Dockerfile of ui stands on Alpine"))
    # Variants are steps on the way: the best one is what was reached.
    best = min(judged, key=lambda path: (len(judged[path]), path != (files.in_use if files else None), path))
    note("judged", best)
    report(judged[best])
