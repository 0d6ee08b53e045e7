"""The parent's memory does not grow with the roster: rows stream, and of a result nothing is kept."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from pathlib import Path

from pytest_dockerlab.course import Course
from pytest_dockerlab.grading.graded import accepted, read_graded
from pytest_dockerlab.grading.out import Out, file_name
from pytest_dockerlab.grading.pool import Over, Slice
from pytest_dockerlab.grading.record import read_record, read_sources
from pytest_dockerlab.grading.run import CohortRun, limits_of
from pytest_dockerlab.messages import Message
from pytest_dockerlab.results import SubmissionResult
from pytest_dockerlab.roster.row import Row
from pytest_dockerlab.source import Source

from .grading import Grading
from .planted import cohort
from .repositories import write_cohort

_FEW, _MANY = 50, 350
_MOST_BYTES_A_ROW = 2_000
"""What is kept of a row may be its id; a result has fifty times as much."""


class Recorded:
    """A pool whose slices are over at once: each submission has what one of them was once given."""

    def __init__(self, result: str, of: str) -> None:
        self._result, self._of = result, of
        self._over: list[Over] = []

    def start(self, slice: Slice) -> None:
        for id in slice.ids:
            text = self._result.replace(f'"{self._of}"', f'"{id}"')
            (slice.folder / "results" / f"{file_name(id)}.json").write_text(text, "utf-8")
        self._over.append(Over(slice))

    def over(self, _seconds: float) -> Sequence[Over]:
        over, self._over = self._over, []
        return over

    def close(self) -> None:
        pass


class Silent:
    """Nobody looks on."""

    def running(self, slices: Sequence[Sequence[str]]) -> None:
        pass

    def done(self, id: str, result: SubmissionResult) -> None:
        pass

    def error(self, id: str, why: Message) -> None:
        raise AssertionError(f"{id}: {why}")

    def again(self, id: str, why: Message) -> None:
        raise AssertionError(f"{id}: {why}")


def test_it_is_flat_in_the_roster(tmp_path: Path) -> None:
    one = cohort(1)
    grading = Grading(write_cohort(tmp_path / "cohort", one), tmp_path / "out")
    assert grading.run() == 0, grading.printed
    out, record, [source] = grading.out, read_record(grading.out), list(read_sources(grading.out))
    [known] = read_graded(out)
    assert known.result is not None
    text = out.result_of(known.id).read_text("utf-8")
    assert len(text) > 10 * _MOST_BYTES_A_ROW

    def peak(count: int, name: str) -> int:
        rows = (Row(f"r{number:05}", Path(source.path), None, {}) for number in range(count))
        other = Out(tmp_path / name)
        for folder in (other.folder, other.results, other.attempts, other.logs):
            folder.mkdir()

        def freeze(row: Row) -> Source:
            return Source(row.id, source.path, source.git_dir, source.revisions)

        tracemalloc.start()
        try:
            run = CohortRun(other, record, Recorded(text, known.id), 2, limits_of(record, Course()), Silent())
            run.run(rows, count, freeze)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            assert len(list(other.results.iterdir())) == count
            assert accepted(other.result_of("r00000"), freeze(Row("r00000", None, None, {})), record)

    peak(10, "first")  # what is imported on the way
    few, many = peak(_FEW, "few"), peak(_MANY, "many")
    assert many - few < (_MANY - _FEW) * _MOST_BYTES_A_ROW, f"{few} and {many} bytes"
