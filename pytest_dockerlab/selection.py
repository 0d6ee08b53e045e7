"""What a run is about: which homework ``--hw`` names, and which submissions it is asked of. Imports no pytest."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .catalogue import Catalogue
from .errors import ConfigurationError, RefusedPath
from .homework import Homework, Item
from .submission.files import gitrepo, history
from .submission.files.git_tree import GitTree
from .submission.files.tree import Tree
from .submission.files.worktree import WorkTree

__all__ = [
    "BRANCH_VARIABLES",
    "Source",
    "homework_of_branch",
    "items_by_homework",
    "open_source",
    "resolve_names",
    "work_tree_around",
]

BRANCH_VARIABLES = (
    # GITHUB_REF_NAME is "17/merge" in a pull request, so the pull request's own branch comes first
    "GITHUB_HEAD_REF",
    "GITHUB_REF_NAME",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_COMMIT_REF_NAME",
)
"""The variables that name the branch in GitHub Actions and GitLab CI, in the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a submission is: its folder, its git directory if it has one, and what is checked of it.

    ``revisions`` holds, by homework slug, ``{"commit": …, "worktree": …, "why": …}``. Plain data, for the workers too.
    """

    id: str
    path: str
    git_dir: str | None = None
    revisions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    problem: str | None = None
    """Why there is nothing to check: a repository that could not be had. No verdict about the submission follows."""

    def tree(self, slug: str) -> Tree:
        """What is checked for homework ``slug``: the folder as it lies there, or a commit."""
        revision = self.revisions[slug]
        if revision["worktree"] or self.git_dir is None:
            return WorkTree(Path(self.path))
        return GitTree(Path(self.git_dir), revision["commit"])

    def to_json(self) -> dict[str, Any]:
        """Plain data for the workers."""
        revisions = {slug: dict(revision) for slug, revision in self.revisions.items()}
        return {
            "id": self.id,
            "path": self.path,
            "git_dir": self.git_dir,
            "revisions": revisions,
            "problem": self.problem,
        }


def open_source(
    folder: str | None,
    refs: Mapping[str, str | None],
    homeworks: Sequence[Homework],
    start: Path,
    *,
    id: str | None = None,
    is_frozen: bool = False,
) -> Source:
    """The submission in ``folder``, or in the git work tree around ``start``.

    ``refs`` says by slug which revision is checked; none: the folder as it lies there, or with ``is_frozen`` the commit
    it is at. Raises :class:`ConfigurationError` when there is no such folder or revision.
    """
    path = Path(folder) if folder else work_tree_around(start)
    if not path.is_dir():
        raise ConfigurationError(f"the submission {path} is no folder")
    refused = None
    try:
        git_dir = gitrepo.git_dir_of(path)
    except RefusedPath as error:
        git_dir, refused = None, error.message
    if any(refs.values()) and git_dir is None:
        raise ConfigurationError(
            f"a revision needs a git repository, and {path} is none: {refused or 'there is no .git'}"
        )
    revisions: dict[str, dict[str, Any]] = {}

    @functools.cache  # most homeworks of a submission are at one revision
    def commit_at(ref: str) -> str:
        assert git_dir is not None
        return gitrepo.commit_of(git_dir, ref)

    for homework in homeworks:
        ref = refs.get(homework.slug) or ("HEAD" if is_frozen else None)
        revisions[homework.slug] = _revision(git_dir, ref, homework, refused, commit_at)
    name = re.sub(r"[^\w.-]+", "-", path.resolve().name).strip("-") or "submission"
    return Source(id or name.removesuffix(".git"), str(path), str(git_dir) if git_dir else None, revisions)


def resolve_names(names: Sequence[str], catalogue: Catalogue, source_folder: str | None, start: Path) -> list[str]:
    """``names`` with ``auto`` replaced by the homework of the branch.

    Raises :class:`ConfigurationError` when the branch names no homework: that must never pass without running.
    """
    resolved = []
    for name in names:
        if name.strip().lower() == "auto":
            name = homework_of_branch(catalogue, Path(source_folder) if source_folder else work_tree_around(start)).slug
        resolved.append(name)
    return resolved


def homework_of_branch(catalogue: Catalogue, folder: Path, environ: Mapping[str, str] = os.environ) -> Homework:
    """The homework whose slug, number or alias the branch is called (``docker-4``, ``feature/Docker_4``)."""
    asked = []
    for variable in BRANCH_VARIABLES:
        if environ.get(variable):
            asked.append((variable, environ[variable]))
            break
    else:
        try:
            git_dir = gitrepo.git_dir_of(folder)
        except RefusedPath as error:
            raise ConfigurationError(f"--hw auto: the branch of {folder} is not known: {error.message}") from error
        branch = gitrepo.head_branch(git_dir) if git_dir else None
        if branch is None:
            reason = "HEAD is detached" if git_dir else "it is no git repository"
            raise ConfigurationError(f"--hw auto: the branch of {folder} is not known: {reason}; name the homework")
        asked.append(("git", branch))
    source, branch = asked[0]
    for name in (branch, branch.rpartition("/")[2]):
        homework = catalogue.homework(name.replace("_", "-"))
        if homework is not None and not name.isdigit():
            return homework
    known = ", ".join(homework.slug for homework in catalogue.homeworks)
    raise ConfigurationError(f"--hw auto: branch {branch!r} (from {source}) names no homework; branches: {known}")


def items_by_homework(items: Sequence[Item], catalogue: Catalogue) -> list[Homework]:
    """The homeworks that ``items`` belong to, in catalogue order."""
    slugs = {item.slug for item in items}
    return [homework for homework in catalogue.homeworks if homework.slug in slugs]


def _revision(
    git_dir: Path | None, ref: str | None, homework: Homework, refused: str | None, commit_at: Callable[[str], str]
) -> dict[str, Any]:
    if git_dir is None:
        return {"commit": None, "worktree": True, "why": refused or "no git repository"}
    if ref is None:
        try:
            commit = commit_at("HEAD")
        except ConfigurationError:  # a repository without a commit yet
            commit = None
        return {"commit": commit, "worktree": True, "why": "the working tree"}
    if ref != "auto":
        return {"commit": commit_at(ref), "worktree": False, "why": ref}
    found = history.merge_of(git_dir, (homework.slug, *homework.aliases))
    if found is None and homework.merged_with:
        found = history.merge_of(git_dir, homework.merged_with)
    if found is not None:
        return {"commit": found.commit, "worktree": False, "why": found.why}
    why = f"HEAD: no merge of branch {homework.slug} was found"
    return {"commit": commit_at("HEAD"), "worktree": False, "why": why}


def work_tree_around(start: Path) -> Path:
    """The top of the git work tree around ``start``; ``start`` itself where there is none."""
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return start
