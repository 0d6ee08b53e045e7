"""The pipeline that stands for a submission: the newest one of its commit, else of its branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, Mismatch, Unverified, note
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.gitlab.answers import Pipeline
    from pytest_dockerlab.gitlab.project import GitlabProject
    from pytest_dockerlab.submission.files.tree import Tree

__all__ = ["newest_pipeline"]

_BRANCHES = ("gitlab-ci-1", "docker-6")
_MOST = 200
_EXPECTED = _("GitLab ran a pipeline for what is handed in")


def newest_pipeline(project: GitlabProject, tree: Tree) -> Pipeline:
    """The newest pipeline of the submission's commit, in detail.

    Without a commit, as of a folder that is no repository, that of the homework's branch, else of the default branch.
    Raises ``Mismatch`` where GitLab has the commit and no pipeline, ``Unverified`` where it has not got it.
    """
    commit = tree.commit
    if commit is None:
        return _of_branch(project)
    # an old GitLab does not know this filter, and lists them all
    found = [each for each in project.pipelines(sha=commit, limit=_MOST) if each.sha == commit]
    if found:
        newer = project.pipelines(found[0].ref, limit=1)
        if newer and newer[0].id > found[0].id:
            note("newer pipeline of the branch, of another commit", f"#{newer[0].id} {newer[0].sha[:8]}")
        return project.pipeline(found[0].id)
    if project.has_commit(commit):
        raise Mismatch(
            Finding(
                _EXPECTED,
                _("it has the commit {commit}, and no pipeline of it", commit=commit[:8]),
                None,
                _("push a commit without [ci skip], with {file} in it; CI/CD has to be on in the project's settings",
                  file=project.ci_file),
            )
        )  # fmt: skip
    raise Unverified(
        _("{project} in GitLab has not got the commit {commit} that is handed in", project=project.path,
          commit=commit[:8]),
        _("push it there: git push <GitLab> {branch}", branch=_BRANCHES[0]),
    )  # fmt: skip


def _of_branch(project: GitlabProject) -> Pipeline:
    branches = [*_BRANCHES, *([project.default_branch] if project.default_branch is not None else [])]
    for branch in branches:
        found = project.pipelines(branch, limit=1)
        if found:
            return project.pipeline(found[0].id)
    raise Mismatch(
        Finding(
            _EXPECTED,
            _("no pipeline of the branches {branches}", branches=branches),
            None,
            _("push the branch {branch} to GitLab, with {file} in it", branch=_BRANCHES[0], file=project.ci_file),
        )
    )
