"""What a run is about: which homework ``--hw`` names, and which submissions it is asked of. Imports no pytest."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .catalogue import Catalogue
from .errors import ConfigurationError, UnreadableRepository
from .homework import Homework, Item
from .submission.files import git_folder, gitrepo
from .submission.files.git_tree import GitTree
from .submission.files.history import History
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
    unreadable: Mapping[str, Any] | None = None
    """Why its repository cannot be read, and what to do: ``{"reason": …, "remedy": …}``, as in results.json."""

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
            "unreadable": self.unreadable,
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
    it is at. Raises :class:`ConfigurationError` when there is no such folder or revision, and
    :class:`UnreadableRepository` when a commit is to be checked that cannot be read.
    """
    path = Path(folder) if folder else work_tree_around(start)
    if not path.is_dir():
        raise ConfigurationError(f"the submission {path} is no folder")
    unknown = "no git repository"
    try:
        git_dir = git_folder.git_dir_of(path)
    except UnreadableRepository as error:
        if is_frozen or any(refs.values()):
            raise
        git_dir, unknown = None, error.message  # the working tree needs no git
    if any(refs.values()) and git_dir is None:
        raise ConfigurationError(f"a revision needs a git repository, and {path} is none: there is no .git")
    revisions = {homework.slug: {"commit": None, "worktree": True, "why": unknown} for homework in homeworks}
    if git_dir is not None:
        commits = _Revisions(git_dir)
        for homework in homeworks:
            ref = refs.get(homework.slug) or ("HEAD" if is_frozen else None)
            revisions[homework.slug] = commits.of(ref, homework)
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
            git_dir = git_folder.git_dir_of(folder)
            branch = git_folder.head_branch(git_dir) if git_dir else None
        except UnreadableRepository as error:
            raise ConfigurationError(f"--hw auto: the branch of {folder} is not known: {error.message}") from error
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


class _Revisions:
    """The commits of one repository that are to be checked. Most homeworks are at one, and all are in one history."""

    def __init__(self, git_dir: Path) -> None:
        self._git_dir = git_dir
        self._commit_of = functools.cache(functools.partial(gitrepo.commit_of, git_dir))

    @functools.cached_property
    def _history(self) -> History:
        return History(self._git_dir)

    def of(self, ref: str | None, homework: Homework) -> dict[str, Any]:
        """What is checked for a homework, in the form that a :class:`Source` has it."""
        if ref is None:
            return {"commit": self._checked_out(), "worktree": True, "why": "the working tree"}
        if ref != "auto":
            return {"commit": self._commit_of(ref), "worktree": False, "why": ref}
        found = self._history.merge_of(homework.slug, *homework.aliases)
        if found is None and homework.merged_with:
            found = self._history.merge_of(*homework.merged_with)
        if found is not None:
            return {"commit": found.commit, "worktree": False, "why": found.why}
        why = f"HEAD: no merge of branch {homework.slug} was found"
        if self._history.is_cut:
            why += ", and the history is cut off here: git fetch --unshallow"
        return {"commit": self._history.start, "worktree": False, "why": why}

    def _checked_out(self) -> str | None:
        """A commit that cannot be told is no reason not to check the working tree."""
        try:
            return git_folder.resolve_ref(self._git_dir, "HEAD")
        except UnreadableRepository:
            return None


def work_tree_around(start: Path) -> Path:
    """The top of the git work tree around ``start``; ``start`` itself where there is none."""
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return start
