"""The folder of one grading, ``-o OUT``: what lies where in it.

``grading.json`` says what was asked, ``rows.jsonl`` of whom, and ``commits.jsonl`` at which commits. ``results/`` holds
the results.json of each finished submission, ``attempts/`` what is known of those that have none, ``logs/`` what the
runs printed, and ``pages/`` a page for each submission. The gradebook and the pages are made from the rest, and
``overrides.csv`` is the instructor's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ..roster.file_names import file_name

__all__ = ["Out", "file_name"]


@dataclass(frozen=True, slots=True)
class Out:
    """Paths in the folder of a grading. What is written there is written beside it, and renamed."""

    folder: Path

    @property
    def grading(self) -> Path:
        """What was asked, by whom it is repeated, and when it was done."""
        return self.folder / "grading.json"

    @property
    def rows(self) -> Path:
        """The roster's rows as they were read, a line each, in its order."""
        return self.folder / "rows.jsonl"

    @property
    def commits(self) -> Path:
        """Where each row's submission is and at which commits: a line as soon as it is known; the last one counts."""
        return self.folder / "commits.jsonl"

    @property
    def course(self) -> Path:
        """The course file as it was."""
        return self.folder / "course.toml"

    @property
    def labs(self) -> Path:
        """What came of the labs of the docker host."""
        return self.folder / "labs.json"

    @property
    def slices(self) -> Path:
        """The folder of what is being done, a folder for each slice."""
        return self.folder / "slices"

    @property
    def lock(self) -> Path:
        """Held by the command that writes here."""
        return self.folder / "lock"

    @property
    def results(self) -> Path:
        """The folder of results, a file for each finished submission."""
        return self.folder / "results"

    @property
    def attempts(self) -> Path:
        """The folder of what is known of submissions without a result."""
        return self.folder / "attempts"

    @property
    def logs(self) -> Path:
        """The folder of what the runs printed."""
        return self.folder / "logs"

    @property
    def clones(self) -> Path:
        """The folder of the repositories that URLs name, as they were at the start."""
        return self.folder / "clones"

    @property
    def pages(self) -> Path:
        """The folder of the pages of submissions."""
        return self.folder / "pages"

    @property
    def overrides(self) -> Path:
        """The instructor's own verdicts and points."""
        return self.folder / "overrides.csv"

    def gradebook(self, suffix: str) -> Path:
        """The gradebook as ``json``, ``csv`` or ``html``."""
        return self.folder / f"gradebook.{suffix}"

    def result_of(self, id: str) -> Path:
        """The results.json of the submission ``id``."""
        return self.results / f"{file_name(id)}.json"

    def attempts_of(self, id: str) -> Path:
        """What is known of the submission ``id`` where it has no result."""
        return self.attempts / f"{file_name(id)}.json"

    def page_of(self, id: str, suffix: str = "html") -> Path:
        """The page of the submission ``id``."""
        return self.pages / f"{file_name(id)}.{suffix}"

    def page_address(self, id: str) -> str:
        """Where a page in this folder links to for the submission ``id``; empty where it has no page."""
        page = self.page_of(id)
        return quote(f"{page.parent.name}/{page.name}") if page.exists() else ""
