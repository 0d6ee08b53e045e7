"""The item gitlab-ci-1/pipeline-file."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_ci.consistency import inconsistencies
from pytest_dockerlab.submission.gitlab_ci.schema import Form, form

if TYPE_CHECKING:
    from pytest_dockerlab.submission.gitlab_ci.pipeline import Pipeline


_MOST = 50
"""Findings: who has more has made one mistake in many places."""


@check("gitlab-ci-1/pipeline-file", ".gitlab-ci.yml is valid and its jobs fit its stages")
def pipeline_file(pipeline: Pipeline) -> None:
    note("jobs", list(itertools.islice(pipeline.jobs, _MOST)))
    note("its form is judged by", Form.source())
    if pipeline.duplicates:
        twice = [f"{each.key} ({path}:{each.lines[0]}, {each.lines[1]})" for path, each in pipeline.duplicates[:_MOST]]
        note("keys that stand there twice, the last of which counts", twice)
    found = form(pipeline)
    consistent = list(itertools.islice(inconsistencies(pipeline), _MOST))
    said = {each.at for each in found.findings}
    findings = [*pipeline.problems, *found.findings, *(each for each in consistent if each.at not in said)]
    report(findings)
    if findings:
        return
    if found.unsure:
        raise Unverified(
            _("whether GitLab knows {keys} depends on its version: {schema} does not",
              keys=[f"{each.found} ({each.at})" for each in found.unsure], schema=Form.source()),
            _("ask GitLab itself: CI Lint, or --hw-gitlab-url"),
        )  # fmt: skip
    unexpanded = [(job.name, job.unexpanded[0]) for job in pipeline.jobs.values() if not job.is_expanded]
    if unexpanded:
        name, first = unexpanded[0]
        raise Unverified(
            _("{job} is not known as a whole: {why} ({place})", job=name, why=first.reason, place=str(first.at)),
            _("ask GitLab itself: CI Lint, or --hw-gitlab-url"),
        )
    if pipeline.not_followed is not None:
        note("not looked into", [each.target for each in pipeline.includes if not each.is_followed])
