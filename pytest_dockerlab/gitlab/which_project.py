"""Which project of an instance is a submission's: the one that was named, or the one that has its commits."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from ..messages import _
from .errors import GitlabError, GitlabNotFound
from .instance import GitlabInstance
from .project import GitlabProject

__all__ = ["MOST_PROJECTS", "NEWEST", "GitlabOtherProject", "GitlabProjectUnknown", "project_of"]

NEWEST = 50
"""So many of a submission's commits are known, the nearest ones: what has none of them has other work."""
MOST_PROJECTS = 100
"""As many as a course on one instance has. The most active ones come first."""


class GitlabProjectUnknown(GitlabError):
    """No project was named, and its commits do not tell which one it is."""

    template = _("which project of GitLab at {host} is the submission's is not known: {detail}")
    advice = _("name it: --hw-gitlab-project GROUP/NAME, or its number")
    is_error = False


class GitlabOtherProject(GitlabError):
    """The project that was named has none of the submission's commits."""

    template = _("the project {project} of GitLab at {host} has none of the submission's newest commits")
    advice = _("name the student's own project in --hw-gitlab-project, or have them push the branch there: git push")
    is_error = False


def project_of(instance: GitlabInstance, named: str | None, commits: Sequence[str]) -> GitlabProject:
    """The project of a submission with these commits, the newest first; without any the named one is believed.

    Raises :class:`~.errors.GitlabError`: what only the user can tell is one of the two classes of this module.
    """
    if named is not None:
        project = instance.project(_path_of(named))
        if commits and not _has_any(project, commits):
            raise GitlabOtherProject(instance.host, project=project.path)
        return project
    if not commits:
        raise GitlabProjectUnknown(instance.host, _("the submission is no git repository"))
    candidates = instance.projects(MOST_PROJECTS)
    found = [each for each in candidates if _has_any(each, commits)]
    if len(found) == 1:
        return found[0]
    if found:
        raise GitlabProjectUnknown(
            instance.host, _("several have its commits: {projects}", projects=[each.path for each in found])
        )
    raise GitlabProjectUnknown(
        instance.host,
        _("none of the {count} projects of the token's user has its newest commits", count=len(candidates)),
    )


def _has_any(project: GitlabProject, commits: Sequence[str]) -> bool:
    try:
        # an old GitLab lists those of the default branch alone
        return not set(commits).isdisjoint(project.commits()) or project.has_commit(commits[0])
    except GitlabNotFound:  # it has no repository yet
        return False


def _path_of(named: str) -> str:
    """A project's path or number, of its web address too."""
    path = urlsplit(named).path if "://" in named else named
    return path.strip("/").removesuffix(".git").partition("/-/")[0]
