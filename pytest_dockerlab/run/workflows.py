"""What results.json notes of a submission's workflows: their digests, at the commit that was checked.

They are facts that no verdict comes of. Whoever has the course's template can hold it against them.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..source import Source
from .run import Run

__all__ = ["Workflows"]


class Workflows:
    """Of the submissions of one run, each read once."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._is_wanted = bool(run.settings.results or run.slice_files)
        self._known: dict[tuple[str, str], Mapping[str, str | None] | None] = {}

    def of(self, source: Source, slug: str) -> dict[str, object]:
        """What a revision says of them; nothing where nobody wants results, or where they could not be read."""
        if not self._is_wanted or source.problem is not None or source.unreadable is not None:
            return {}
        key = source.id, slug
        if key not in self._known:
            try:
                self._known[key] = self._run.submission(source, slug).workflows
            except Exception:  # noqa: BLE001 - what its files are like is said by the items, and costs no results
                self._known[key] = None
        digests = self._known[key]
        return {} if digests is None else {"workflows": dict(digests)}
