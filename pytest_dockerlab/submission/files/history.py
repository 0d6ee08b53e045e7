"""Which commit is a homework's: the one by which its branch was merged.

Students put each homework on a branch of its name and merge it when it is accepted. Later homeworks move and change the
files of earlier ones, so that commit, not the newest, is what was accepted.
"""

from __future__ import annotations

import datetime
import re
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ..budget import Allowance
from .git_folder import head_branch
from .gitrepo import Objects, commit_of, committed, explained

__all__ = ["History", "Merge"]

MAX_COMMITS = 20_000
_NEVER = datetime.datetime.min.replace(tzinfo=datetime.UTC)
_MAX_PARENTS = 64
"""More than git itself merges at once."""


class Merge(NamedTuple):
    """A commit that brought a homework in, and its subject, which is why we think so."""

    commit: str
    why: str


_MERGED_BRANCH = tuple(
    re.compile(form)
    for form in (
        r"Merge pull request #\d+ from [^/\s]+/(?P<branch>\S+)",  # GitHub
        r"Merge (?:remote-tracking )?branch '(?P<branch>[^']+)'(?: of \S+)?(?: into '?(?P<into>[^'\s]+)'?)?",  # git
        r"Merged in (?P<branch>\S+) \(pull request #\d+\)",  # Bitbucket
    )
)
_SQUASHED = re.compile(r"(?!Revert\b)(?P<title>.*\S)\s*\([#!]\d+\)", re.IGNORECASE)


class _Commit(NamedTuple):
    parents: list[str]
    date: datetime.datetime | None
    subject: str


class History:
    """The commits reachable from ``head``, the nearest ones if there are too many."""

    def __init__(self, git_dir: Path, head: str = "HEAD", allowance: Allowance | None = None) -> None:
        allowance = allowance or Allowance()
        self.start = commit_of(git_dir, head, allowance)
        self.is_cut = False
        """Whether older commits are not here, as in a shallow clone."""
        self._commits: dict[str, _Commit] = {}
        self._lines = {"master", "main", head_branch(git_dir)}
        with explained(git_dir), Objects(git_dir, allowance) as objects:
            self._read(objects)

    def _read(self, objects: Objects) -> None:
        seen, level = {self.start}, [self.start]
        while level:
            level = level[: MAX_COMMITS - len(self._commits)]
            below = []
            for each in objects.get(level):
                if each is None or each.type != "commit":
                    self.is_cut = True
                    continue
                commit = self._commits[each.sha] = _parsed(each.content)
                for parent in commit.parents:
                    if parent not in seen:
                        seen.add(parent)
                        below.append(parent)
            level = below

    @cached_property
    def _main_line(self) -> set[str]:
        line: set[str] = set()
        at: str | None = self.start
        while at in self._commits and at not in line:
            line.add(at)
            at = next(iter(self._commits[at].parents), None)
        return line

    def date_of(self, commit: str) -> datetime.datetime | None:
        """When a commit was made, by its own words; ``None`` also for one that is not here."""
        return self._commits[commit].date if commit in self._commits else None

    def merge_of(self, *branches: str) -> Merge | None:
        """The commit by which the branch of a homework was merged; of several names it may have, the best is first.

        Branch names are compared without regard to case and to what separates their words. A squashed pull request
        whose title only mentions the homework counts less than one whose title is its name; a later name of the branch
        less than an earlier one; a commit off the main line less than one on it. Of equal ones it is the newest.
        """
        names = [_Name.of(branch) for branch in branches]
        best = max(
            (
                (certainty, -index, sha in self._main_line, commit.date or _NEVER, sha)
                for sha, commit in self._commits.items()
                for index, name in enumerate(names)
                if (certainty := name.certainty(commit.subject, self._lines))
            ),
            default=None,
        )
        return None if best is None else Merge(best[-1], self._commits[best[-1]].subject)


class _Name(NamedTuple):
    """A branch name as people write it."""

    exact: re.Pattern[str]
    mention: re.Pattern[str]

    @classmethod
    def of(cls, slug: str) -> _Name:
        loose = "[-_ ]*".join(map(re.escape, re.split("[-_ ]+", slug)))
        return cls(
            re.compile(rf"(?:.*/)?{loose}", re.IGNORECASE),
            re.compile(rf"(?<![0-9a-z]){loose}(?![0-9a-z]|[-_.]\d)", re.IGNORECASE),
        )

    def certainty(self, subject: str, lines: set[str | None]) -> int:
        """0 if the subject tells of no merge of this branch. ``lines``: the branches that a homework is merged into."""
        for form in _MERGED_BRANCH:
            if merged := form.fullmatch(subject):
                branch, into = merged["branch"], merged.groupdict().get("into")
                # "of … into <the same>" is a pull, not a merge of the homework.
                arrived = into is None or (into in lines and into != branch)
                return 2 if arrived and self.exact.fullmatch(branch) else 0
        if squashed := _SQUASHED.fullmatch(subject):
            return 2 if self.exact.fullmatch(squashed["title"]) else 1 if self.mention.search(squashed["title"]) else 0
        return 0


def _parsed(content: bytes) -> _Commit:
    head, _, message = content.decode("utf-8", "replace").partition("\n\n")
    subject = message.strip().split("\n", 1)[0].strip()[:500]
    parents = re.findall(r"^parent ([0-9a-f]+)$", head, re.MULTILINE)[:_MAX_PARENTS]
    return _Commit(parents, committed(content), subject)
