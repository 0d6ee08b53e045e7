"""A slice of a cohort, as ``dockerlab grade`` hands it to a run: which submissions, frozen, and where their results go.

Each submission's results.json is written when its last item is done, as that of a run of this submission alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, KeysView, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError
from ..messages import _
from ..results import ItemResult, SubmissionResult
from ..source import Source
from .output_files import as_json, write_text
from .results_file import ResultsFile
from .run import Run

__all__ = ["SliceOrder", "SliceResults", "read_order"]


@dataclass(frozen=True, slots=True)
class SliceOrder:
    """What a run is to do of a grading."""

    sources: tuple[Source, ...]
    files: tuple[Path, ...]
    """Where the results of each are to be."""
    labs: Mapping[str, ItemResult]
    """What is known of the docker host already, by the lab's id: it is the same for all slices."""


def read_order(path: Path) -> SliceOrder:
    """The order in the file ``path``. Raises :class:`ConfigurationError` for what is none."""
    try:
        data = json.loads(path.read_text("utf-8"))
        sources = tuple(Source.from_json(each) for each in data["sources"])
        files = tuple(path.parent / "results" / name for name in data["files"])
        labs = [ItemResult.from_json(each) for each in data["labs"]]
        return SliceOrder(sources, files, {each.id: each for each in labs})
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ConfigurationError(_("{path} is no order of a grading: {why}", path=path, why=str(error))) from error


class SliceResults:
    """Writes the results of the slice's submissions, one after another."""

    def __init__(self, run: Run, file: ResultsFile, exit_code: Callable[[SubmissionResult], int]) -> None:
        self._file = file
        self._exit_code = exit_code
        self._waiting = dict(zip((source.id for source in run.sources), run.slice_files, strict=True))
        self._nodes = {source.id: {item.node_id(source.id) for item in run.items} for source in run.sources}
        self._began = run.started

    def is_finished_by(self, nodeid: str, source: Source, known: KeysView[str]) -> bool:
        """Whether an item was the last one of a submission, when those of the node ids ``known`` have a result."""
        nodes = self._nodes[source.id]
        return nodeid in nodes and nodes <= known

    def save(self, finished: SubmissionResult) -> None:
        """Write the results of one that is finished; what was written stays. Raises ``OSError``."""
        path = self._waiting.pop(finished.id, None)
        if path is None:
            return
        code = self._exit_code(finished)
        document = self._file.document([finished], code, is_partial=False, began=self._began)
        write_text(path, as_json(document) + "\n")  # in one line: programs read it, and that is written in a tenth
        self._began = time.time()
