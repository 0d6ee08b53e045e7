"""The item gitlab-ci-1/ci-lint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, Location, Mismatch, Unverified, note
from pytest_dockerlab.gitlab.errors import GitlabNotFound, GitlabScope, asking
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.gitlab.answers import Lint
    from pytest_dockerlab.gitlab.project import GitlabProject
    from pytest_dockerlab.submission.submission import Submission

_FILE = ".gitlab-ci.yml"
_FILE_ITEM = "gitlab-ci-1/pipeline-file"
_LINE = re.compile(r"\bat line (\d{1,6})\b")


@check(
    "gitlab-ci-1/ci-lint",
    "GitLab's own lint accepts .gitlab-ci.yml",
    level="advisory",
    tier="remote",
    needs=[Need.GITLAB_URL, "gitlab-ci-1/instance"],
    told_by=[_FILE_ITEM],
)
def ci_lint(submission: Submission, gitlab_project: GitlabProject) -> None:
    """The submission's file is linted; where the token may only read, the one that the project has of that commit."""
    if not submission.tree.exists(_FILE):
        hint = _("add it: without one GitLab runs no pipeline")
        raise Unverified(_("there is no {file}", file=_FILE), hint, told_by=_FILE_ITEM)
    with asking():
        lint = _lint(submission, gitlab_project)
    if lint.warnings:
        note("warnings", list(lint.warnings))
    if not lint.is_valid:
        errors = lint.errors or (_("it says invalid, and not why"),)
        hint = _("Build, Pipeline editor, Validate (before 13.8: CI/CD, CI Lint) shows the same")
        findings = [Finding(None, each, _place(str(each), submission), hint) for each in errors]
        raise Unverified(_("GitLab does not accept {file}", file=_FILE), told_by=_FILE_ITEM, findings=findings)


def _lint(submission: Submission, project: GitlabProject) -> Lint:
    try:
        return project.lint(submission.tree.text(_FILE).content)
    except GitlabScope as error:
        commit = submission.tree.commit
        if commit is None or not project.has_commit(commit):
            raise
        try:
            return project.lint_of(commit)
        except GitlabNotFound:
            raise error from None


def _place(error: str, submission: Submission) -> Location:
    """Where an error is: at the line that it names, else at the job, and of that at the key."""
    if line := _LINE.search(error):
        return Location(_FILE, int(line[1]))
    try:
        pipeline = submission.pipeline
    except Mismatch:
        return Location(_FILE)
    named = {name: re.search(rf"(?:^|[:'\"\s]){re.escape(name)}(?=[:'\",\s]|$)", error) for name in pipeline.jobs}
    found = min(((match.start(), -len(name), name) for name, match in named.items() if match), default=None)
    if found is None:
        return Location(_FILE)
    key = re.search(rf"{re.escape(found[2])}:(\w+)", error)
    return pipeline.at(found[2], key[1]) if key else pipeline.at(found[2])
