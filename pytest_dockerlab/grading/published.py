"""Who published the result that stands at a submission's commit: the runs of the gate's workflow, as GitHub has them.

The gate is feedback, and whoever may push can change it. Who started a run, which file ran and what that called is
known to GitHub, and is no word of the submission's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, DockerlabError, UnreadableRepository
from ..homework import Homework
from ..messages import Message, _
from ..roster.clones import cached
from ..roster.row import Row
from ..source import open_source
from ..submission.files.gitrepo import commit_of
from .github import Github, GithubLimit, WorkflowRun

__all__ = ["PUBLISHED", "Published", "Publishers"]

PUBLISHED = "published by"
"""The column that ``dockerlab collect`` writes it to."""
_NOBODY = "nobody"
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Published:
    """The runs of the gate's workflow for what is to be graded of one row, the newest first."""

    id: str
    repository: str
    asked: datetime
    commits: tuple[str, ...]
    runs: tuple[WorkflowRun, ...]

    @property
    def text(self) -> str:
        """In a cell: who, and what came of it; empty where that is still to be seen."""
        if not self.runs:
            return _NOBODY
        newest = self.runs[0]
        who = [newest.actor or "?"]
        if newest.triggering_actor != newest.actor:
            who.append(f"again {newest.triggering_actor or '?'}")
        return f"{', '.join(who)}: {newest.conclusion}" if newest.conclusion else ""

    def to_json(self) -> dict[str, Any]:
        """A line of commits.runs.jsonl."""
        return {
            "id": self.id,
            "repository": self.repository,
            "asked": self.asked.isoformat(timespec="seconds"),
            "commits": list(self.commits),
            "runs": [run.to_json() for run in self.runs],
        }


class Publishers:
    """Asks GitHub about rows.

    :param homework: what is graded: it says which commit ``auto`` is.
    :param paths: the gate's workflows; none: any workflow counts.
    :param repository: where the runs are, if that is not the submission's own: pull requests from forks are checked in
        the repository that they are for.
    """

    def __init__(self, github: Github, homework: Homework, paths: Collection[str], repository: str | None) -> None:
        self._github = github
        self._homework = homework
        self._paths = paths
        self._repository = repository

    def of(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Published | Message | str]]:
        """For each row that lies at GitHub what is known, or why it is not. Once GitHub is tired of it, nobody more."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            try:
                for row, found in zip(rows, pool.map(self._of, rows), strict=True):
                    if isinstance(found, GithubLimit):
                        yield row, found.text
                        return
                    if found is not None:
                        yield row, found.text if isinstance(found, DockerlabError) else found
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _of(self, row: Row) -> Published | DockerlabError | None:
        own = self._github.repository_of(row.url) if row.url is not None else None
        repository = self._repository or own
        if repository is None:
            return None
        try:
            asked = datetime.now(UTC)
            commits = list(self._commits(row))
            runs = [run for commit in commits for run in self._runs(repository, commit, own)]
            if not runs and len(commits) == 1:  # squashed, it may be: then the gate saw other commits
                heads = self._github.heads_of(repository, commits[0])
                runs = [run for head in heads for run in self._runs(repository, head, own)]
                commits += heads
            runs.sort(key=lambda run: run.created, reverse=True)
            return Published(row.id, repository, asked, tuple(commits), tuple(runs))
        except DockerlabError as error:
            return error

    def _runs(self, repository: str, commit: str, own: str | None) -> Iterator[WorkflowRun]:
        for run in self._github.runs(repository, commit):
            file = run.path.partition("@")[0]
            is_gate = not self._paths or any(file == path or file.endswith(f"/{path}") for path in self._paths)
            is_own = self._repository is None or own is None or run.head.lower() == own.lower()
            if is_gate and is_own:
                yield run

    def _commits(self, row: Row) -> Iterator[str]:
        """The commit that will be graded and, where it merges a branch, the last one of that: the gate saw this one."""
        folder = row.path if row.path is not None else cached(str(row.url))
        if folder is None:
            raise DockerlabError(_("its commits were not fetched: which one is graded is not known"))
        slug = self._homework.slug
        refs = {slug: row.refs.get(slug) or row.refs.get("")}
        source = open_source(str(folder), refs, [self._homework], Path(folder), id=row.id, is_frozen=True)
        graded = source.revisions[slug]["commit"]
        if graded is None or source.git_dir is None:
            raise DockerlabError(_("there is no git repository: what lies there is graded, whenever that is"))
        yield graded
        try:
            yield commit_of(Path(source.git_dir), f"{graded}^2")
        except (ConfigurationError, UnreadableRepository):
            return
