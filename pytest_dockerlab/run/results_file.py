"""results.json: what is in it, and how it comes to the disk: whole or not at all, and again and again in a run."""

from __future__ import annotations

import contextlib
import functools
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from .. import __version__
from ..messages import Message, text
from ..results import SCHEMA_VERSION, SubmissionResult
from .output_files import is_replaceable, write_json
from .run import Run

__all__ = ["ResultsFile"]

_FEW = 50
"""Up to so many results it is saved after each: that costs nothing."""
_SHARE = 20
"""Of more: so seldom that it takes at most one part in so many of the run's time."""


class ResultsFile:
    """The results.json of one run, where one is asked for."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._path = Path(run.settings.results) if run.settings.results else None
        self._saved, self._cost = 0.0, 0.0

    @property
    def is_due(self) -> bool:
        """Whether it is time to save what there is."""
        if self._path is None or not is_replaceable(self._path):
            return False  # what is written to a pipe stays there
        is_small = len(self._run.items) * len(self._run.sources) <= _FEW
        return is_small or time.monotonic() - self._saved > _SHARE * self._cost

    def save(self, submissions: Sequence[SubmissionResult], code: int, *, is_partial: bool) -> None:
        """Write it. Raises ``OSError``."""
        if self._path is not None:
            begun = time.monotonic()
            document = self.document(submissions, code, is_partial=is_partial)
            write_json(self._path, document)
            self._saved = time.monotonic()
            self._cost = self._saved - begun

    @functools.cached_property
    def _digests(self) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
        """Those of the run, and of its items."""
        from ..digests import items, outside  # only where results are written

        run = self._run
        of_items, packs = {}, {}
        with contextlib.suppress(OSError):  # code that cannot be read costs its digests, and not the results
            digests = items.Digests(run.homeworks)
            packs, of_items = digests.packs(), digests.of(run.items, run.course)
        of_run = {
            "course": run.course.digest,
            "packs": packs,
            "tools": outside.versions_of_programs(run.items),
            "libraries": outside.versions_of_libraries({each.distribution for each in run.homeworks}),
        }
        return of_run, of_items

    def document(
        self, submissions: Sequence[SubmissionResult], code: int, *, is_partial: bool, began: float | None = None
    ) -> dict[str, Any]:
        """What is in it; of a part of the run, one that ``began`` later than it and ends now."""
        began = self._run.started if began is None else began
        language = self._run.settings.language
        for item in (item for submission in submissions for item in submission.items):
            item.digest = self._digests[1].get(item.id)
        evidence = [item.evidence for submission in submissions for item in submission.items]
        host = next((each["docker host"] for each in evidence if "docker host" in each), None)
        return {
            "schema": SCHEMA_VERSION,
            **self.about(began),
            "partial": is_partial,
            "docker_host": host,
            "digests": {**self._digests[0], "tools": {**self._digests[0]["tools"], **_engine(host)}},
            "duration": round(time.time() - began, 3),
            "exit": code,
            "submissions": [each.to_json(language) for each in submissions],
        }

    def about(self, began: float | None = None) -> dict[str, Any]:
        """What is in it of the run itself, and known when the run begins."""
        run, language = self._run, self._run.settings.language
        return {
            "tool": {
                "name": "pytest-dockerlab",
                "version": __version__,
                "python": platform.python_version(),
                "pytest": pytest.__version__,
                "platform": platform.platform(),
            },
            "course": run.course.name,
            "language": language,
            "homework": [
                {
                    "slug": homework.slug,
                    "number": homework.number,
                    "title": homework.title,
                    "text": {"title": text(Message(homework.title), language)},
                }
                for homework in run.homeworks
            ],
            "tier": str(run.settings.tier),
            "strict": run.settings.strict,
            "start": datetime.fromtimestamp(run.started if began is None else began, UTC).isoformat(timespec="seconds"),
        }


def _engine(host: object) -> dict[str, str]:
    """The version of the engine that answered."""
    version = host.get("engine") if isinstance(host, dict) else None
    return {"engine": str(version)} if version else {}
