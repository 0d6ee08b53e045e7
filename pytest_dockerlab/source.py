"""A submission to be checked: where it is, and what is checked of it: the folder as it lies there, or a commit."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .errors import ConfigurationError, UnreadableRepository
from .homework import Homework
from .messages import Message, _, from_json, to_json
from .submission.budget import Allowance
from .submission.files import git_folder, gitrepo
from .submission.files.git_tree import GitTree
from .submission.files.history import History
from .submission.files.tree import Tree, printable
from .submission.files.worktree import WorkTree

__all__ = ["Source", "open_source", "work_tree_around"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a submission is: its folder, its git directory if it has one, and what is checked of it.

    ``revisions`` holds, by homework slug, ``{"commit": …, "worktree": …, "why": …}``, and of a commit
    that was asked for when it was made by its own words, ``"committed"``.
    """

    id: str
    path: str
    git_dir: str | None = None
    revisions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    problem: Message | str | None = None
    """Why there is nothing to check: a repository that could not be had. No verdict about the submission follows."""
    unreadable: Mapping[str, Any] | None = None
    """Why its repository cannot be read, and what to do: ``{"reason": …, "remedy": …}``. Then there is no
    verdict either, unless it is the working tree that is checked."""

    def tree(self, slug: str) -> Tree:
        """What is checked for homework ``slug``: the folder as it lies there, or a commit."""
        revision = self.revisions[slug]
        if revision["worktree"] or self.git_dir is None:
            return WorkTree(Path(self.path))
        return GitTree(Path(self.git_dir), revision["commit"])

    @property
    def folder_in_repository(self) -> str:
        """Where it lies in the git work tree around it: ``.`` where it is that work tree."""
        path = Path(self.path).absolute()
        return "." if self.git_dir else path.relative_to(work_tree_around(path)).as_posix()

    def to_json(self) -> dict[str, Any]:
        """Plain data for the workers."""
        return {name: to_json(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Source:
        """The reverse of :meth:`to_json`."""
        values: dict[str, Any] = {name: from_json(value) for name, value in data.items()}
        return cls(**values)


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
    is_empty = _is_empty(path)
    real = os.path.realpath(path)
    if printable(real) != real:  # it goes to results.json and to workers
        raise ConfigurationError(
            _("the submission {path} is in a folder whose name is not UTF-8: rename it", path=printable(real))
        )
    asks_git = is_frozen or any(refs.values())
    commit, unreadable = None, None
    why: Message | str = _("the working tree")
    try:
        git_dir = git_folder.git_dir_of(path)
        if git_dir is not None and not asks_git:
            commit = git_folder.resolve_ref(git_dir, "HEAD")
    except UnreadableRepository as error:
        if asks_git:
            raise
        git_dir, unreadable, why = None, error.explained(), error.text  # the working tree needs no git
    if git_dir is None and any(refs.values()):
        raise ConfigurationError(
            _("a revision can be checked only in a git repository, and {path} is not one: there is no .git", path=path)
        )
    if is_empty and homeworks and not asks_git:  # in a roster it is what a student has handed in
        raise ConfigurationError(_("the submission {path} is empty: there is nothing to check", path=path))
    if git_dir is None or not asks_git:
        why = why if git_dir or unreadable else _("no git repository")
        revisions = {each.slug: {"commit": commit, "worktree": True, "why": why} for each in homeworks}
    else:
        commits = _Revisions(git_dir)
        revisions = {each.slug: commits.of(refs.get(each.slug) or "HEAD", each) for each in homeworks}
    name = re.sub(r"[^\w.-]+", "-", path.resolve().name).strip("-") or "submission"
    id = id or name.removesuffix(".git")
    return Source(id, str(path), str(git_dir) if git_dir else None, revisions, unreadable=unreadable)


def _is_empty(path: Path) -> bool:
    """Whether a folder holds nothing but git's. Raises :class:`ConfigurationError` for what is no folder to read."""
    try:
        with os.scandir(path) as entries:
            return all(entry.name == ".git" for entry in entries)
    except NotADirectoryError:
        problem = _("the submission {path} is a file: name the folder that it is in", path=path)
    except FileNotFoundError:
        problem = _("the submission {path} is not there: no such folder", path=path)
    except OSError as error:
        problem = _("the submission {path} cannot be read: {why}", path=path, why=error.strerror or str(error))
    raise ConfigurationError(problem)


class _Revisions:
    """The commits of one repository that are to be checked. Most homeworks are at one, and all are in one history."""

    def __init__(self, git_dir: Path) -> None:
        self._allowance = Allowance()
        self._commit_of = functools.cache(
            functools.partial(gitrepo.dated_commit_of, git_dir, allowance=self._allowance)
        )
        self._history = functools.cache(functools.partial(History, git_dir, allowance=self._allowance))

    def of(self, ref: str, homework: Homework) -> dict[str, Any]:
        """What is checked for a homework, in the form that a :class:`Source` has it.

        ``auto@REV`` is what ``auto`` was when HEAD was REV.
        """
        word, _at, head = ref.partition("@")
        if word != "auto":
            return _revision(*self._commit_of(ref), ref)
        history = self._history(head or "HEAD")
        found = history.merge_of(homework.slug, *homework.aliases)
        if found is None and homework.merged_with:
            found = history.merge_of(*homework.merged_with)
        if found is not None:
            return _revision(found.commit, history.date_of(found.commit), found.why)
        why = _("HEAD: no merge of the branch {branch} was found", branch=homework.slug)
        if history.is_cut:
            why = _(
                "HEAD: no merge of the branch {branch} was found, and the history is cut off here:"
                " git fetch --unshallow",
                branch=homework.slug,
            )
        return _revision(history.start, history.date_of(history.start), why)


def _revision(commit: str, committed: datetime | None, why: Message | str) -> dict[str, Any]:
    dated = {"committed": committed.isoformat()} if committed is not None else {}
    return {"commit": commit, "worktree": False, "why": why, **dated}


def work_tree_around(start: Path) -> Path:
    """The top of the git work tree around ``start``; ``start`` itself where there is none."""
    for folder in (start, *start.parents):
        if os.path.lexists(folder / ".git"):
            return folder
    return start
