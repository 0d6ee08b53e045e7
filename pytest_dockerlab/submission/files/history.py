"""Which commit is a homework's: the one by which its branch was merged.

Students put each homework on a branch of its name and merge it when it is accepted. Later homeworks move and change the
files of earlier ones, so that commit, not the newest, is what was accepted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .gitrepo import Objects, commit_of, head_branch

__all__ = ["Merge", "merge_of"]

MAX_COMMITS = 20_000


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
    date: int
    subject: str


def merge_of(git_dir: Path, slug: str | Sequence[str], head: str = "HEAD") -> Merge | None:
    """The commit by which the branch of a homework was merged, reachable from ``head``.

    Branch names are compared without regard to case and to what separates their words. A squashed pull request whose
    title only mentions the homework counts less than one whose title is its name; a later name of the branch less than
    an earlier one; a commit off the main line less than one on it. Of equal ones it is the newest.

    :param slug: the name of the branch, or several that it may have, the best first.
    """
    names = [_Name.of(each) for each in ([slug] if isinstance(slug, str) else slug)]
    lines = {"master", "main", head_branch(git_dir)}
    start = commit_of(git_dir, head)
    commits = _history(git_dir, start)
    line: set[str] = set()
    at: str | None = start
    while at in commits and at not in line:
        line.add(at)
        at = next(iter(commits[at].parents), None)
    best = max(
        (
            (certainty, -index, sha in line, commit.date, sha)
            for sha, commit in commits.items()
            for index, name in enumerate(names)
            if (certainty := name.certainty(commit.subject, lines))
        ),
        default=None,
    )
    return None if best is None else Merge(best[-1], commits[best[-1]].subject)


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


def _history(git_dir: Path, start: str) -> dict[str, _Commit]:
    """The commits reachable from ``start``, the nearest ones if there are too many."""
    commits: dict[str, _Commit] = {}
    seen, level = {start}, [start]
    with Objects(git_dir, seconds=60.0) as objects:
        while level and len(commits) < MAX_COMMITS:
            # A shallow clone lacks the parents of its last commits.
            found = [each for each in objects.get(level) if each is not None and each.type == "commit"]
            commits.update((each.sha, _parsed(each.content)) for each in found)
            level = []
            for parent in (parent for each in found for parent in commits[each.sha].parents):
                if parent not in seen:
                    seen.add(parent)
                    level.append(parent)
    return commits


def _parsed(content: bytes) -> _Commit:
    head, _, message = content.decode("utf-8", "replace").partition("\n\n")
    date = re.search(r"^committer .*> (\d{1,18})", head, re.MULTILINE)
    subject = message.strip().split("\n", 1)[0].strip()[:500]
    return _Commit(re.findall(r"^parent ([0-9a-f]+)$", head, re.MULTILINE), int(date[1]) if date else 0, subject)
