"""Which homework ``--hw`` names: by itself, or by the branch that is checked out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from .catalogue import Catalogue
from .errors import ConfigurationError, UnreadableRepository
from .homework import Homework, Item
from .messages import Message, _
from .source import work_tree_around
from .spelling import meant_by_branch, near_names
from .submission.files import git_folder

__all__ = [
    "BRANCH_VARIABLES",
    "BranchOfNoHomework",
    "UndecidedBranch",
    "homework_of_branch",
    "items_by_homework",
    "resolve_names",
]

BRANCH_VARIABLES = (
    # GITHUB_REF_NAME is "17/merge" in a pull request, so the pull request's own branch comes first
    "GITHUB_HEAD_REF",
    "GITHUB_REF_NAME",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_COMMIT_REF_NAME",
)
"""The variables that name the branch in GitHub Actions and GitLab CI, in the order in which they are asked."""


class UndecidedBranch(ConfigurationError):
    """``auto`` on a branch that does not decide which homework it is.

    ``why`` is without what is to be done at a command line, and ``example`` is a homework that may be named instead.
    """

    def __init__(self, why: Message | str, example: str = "docker-4") -> None:
        super().__init__(_("--hw auto: {why}; name the homework, such as --hw {example}", why=why, example=example))
        self.why, self.example = why, example


class BranchOfNoHomework(UndecidedBranch):
    """``auto`` on a branch that is called like no homework."""


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
    """The homework whose slug, number or alias the branch is called (``docker-4``, ``feature/Docker_4``).

    Raises :class:`UndecidedBranch`.
    """
    branch, source = _branch(folder, environ)
    meant = meant_by_branch(catalogue, branch)
    if len(meant) == 1:
        return meant[0]
    near = [each.slug for each in meant] or near_names(catalogue, branch.rpartition("/")[2])
    named = f"{branch!r} ({source})"
    known = [each.slug for each in catalogue.homeworks]
    if meant:
        raise UndecidedBranch(_("the branch {branch} may mean {near}", branch=named, near=near), near[0])
    if near:
        why = _(
            "the branch {branch} names no homework; did you mean {near}? Branches that do: {known}",
            branch=named,
            near=near,
            known=known,
        )
    else:
        why = _("the branch {branch} names no homework; branches that do: {known}", branch=named, known=known)
    raise BranchOfNoHomework(why, *near[:1])


def _branch(folder: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    """The branch, and who says so: one of :data:`BRANCH_VARIABLES`, or git. Raises :class:`UndecidedBranch`."""
    for variable in BRANCH_VARIABLES:
        if named := environ.get(variable):
            return named, variable
    try:
        git_dir = git_folder.git_dir_of(folder)
        branch = git_folder.head_branch(git_dir) if git_dir else None
    except UnreadableRepository as error:
        raise UndecidedBranch(_("the branch of {folder} is not known: {why}", folder=folder, why=error.text)) from error
    if branch is None:
        why = _("HEAD is detached") if git_dir else _("it is not a git repository")
        raise UndecidedBranch(_("the branch of {folder} is not known: {why}", folder=folder, why=why))
    return branch, "git"


def items_by_homework(items: Sequence[Item], catalogue: Catalogue) -> list[Homework]:
    """The homeworks that ``items`` belong to, in catalogue order."""
    slugs = {item.slug for item in items}
    return [homework for homework in catalogue.homeworks if homework.slug in slugs]
