"""A cohort is graded: its rows are cut into slices, these are run, and what they bring back is looked at and kept.

Everything that is known is on the disk: whoever goes on after this process was killed begins with what is there.
"""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import DockerlabError
from ..homework import Tier
from ..messages import Message, _
from ..report.lines import printable
from ..results import SubmissionResult
from ..roster.row import Row
from ..selection import Source
from .attempts import read_attempts
from .freezing import Freezer
from .graded import NoResult, read_result
from .out import Out
from .pool import Over, Pool, Slice
from .record import Record, add_source
from .slices import Ended, ended, order_slice, results_in

__all__ = ["CohortRun", "Stopped"]

_MOST = {Tier.FILES: 20, Tier.ENGINE: 5, Tier.APP: 1}
"""Submissions in a slice: so many that a process is not started for each, so few that a dead one costs little."""
_POLL = 0.1
_FULLER = 0.5
"""Seconds to wait for more submissions, before a slice is begun with what there is."""
_TRIES = 2
_TROUBLE = 5
"""So many errors before anything was graded are trouble of this machine."""


class Stopped(DockerlabError):
    """Nothing more can be done here: the reason has nothing to do with any submission."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may take."""

    seconds: float
    memory: int


class CohortRun:
    """One run over the rows that are left."""

    def __init__(
        self,
        out: Out,
        record: Record,
        pool: Pool,
        width: int,
        limits: Limits,
        *,
        told: Callable[[str, SubmissionResult | None], None],
    ) -> None:
        """``told`` is called with the id of each row that is done, and its result, or ``None`` for an error."""
        self._out = out
        self._record = record
        self._pool = pool
        self._width = width
        self._limits = limits
        self._told = told
        self._most = _MOST[Tier(record.tier)]
        self._ready: deque[Source] = deque()
        self._alone: deque[Source] = deque()
        self._running: dict[int, tuple[Slice, dict[str, Source]]] = {}
        self._number = 0
        self._left = 0
        self._graded = self._errors = 0
        self._since = 0.0

    def run(self, rows: Iterable[Row], count: int, freeze: Callable[[Row], Source]) -> None:
        """Grade ``rows``, of which there are ``count``.

        Raises :class:`Stopped`, and ``KeyboardInterrupt`` after everything that runs was ended and what was finished
        is kept.
        """
        self._left = count
        freezer = Freezer(rows, freeze, ahead=2 * self._width * self._most)
        try:
            while not (freezer.is_done and not self._ready and not self._alone and not self._running):
                for source in freezer.take():
                    self._frozen(source)
                while len(self._running) < self._width and (chosen := self._next(freezer)):
                    self._start(chosen)
                for over in self._pool.over(_POLL):
                    self._settle(over)
                for slice, sources in self._running.values():
                    self._keep(slice, sources)
        finally:
            freezer.close()
            self._pool.close()
            for slice, sources in self._running.values():
                self._keep(slice, sources)
                shutil.rmtree(slice.folder, ignore_errors=True)
            shutil.rmtree(self._out.slices, ignore_errors=True)

    def _frozen(self, source: Source) -> None:
        add_source(self._out, source)
        if source.problem is None:
            self._ready.append(source)
            return
        self._left -= 1
        why = source.problem if isinstance(source.problem, Message) else _("{why}", why=source.problem)
        self._failed(source, Ended(None, None, None, 0.0, ""), why, is_final=True)

    def _next(self, freezer: Freezer) -> list[Source]:
        if self._alone:
            return [self._alone.popleft()]
        size = max(1, min(self._most, -(-self._left // (2 * self._width))))
        if not self._ready:
            self._since = time.monotonic()
        is_enough = len(self._ready) >= size or freezer.is_done or time.monotonic() - self._since > _FULLER
        if not is_enough:
            return []
        return [self._ready.popleft() for _each in range(min(size, len(self._ready)))]

    def _start(self, sources: list[Source]) -> None:
        self._number += 1
        slice = order_slice(
            self._number,
            self._out.slices / str(self._number),
            sources,
            self._record.check,
            seconds=self._limits.seconds,
            memory=self._limits.memory,
        )
        self._running[slice.number] = slice, {source.id: source for source in sources}
        self._pool.start(slice)

    def _keep(self, slice: Slice, sources: dict[str, Source]) -> dict[str, Message]:
        """Move results that can be believed to those of the grading. Returns why others cannot, by submission."""
        refused: dict[str, Message] = {}
        for id, path in results_in(slice):
            if id not in sources:
                continue
            try:
                result = accepted(path, sources[id], self._record)
            except NoResult as error:
                refused[id] = error.text if isinstance(error.text, Message) else _("{why}", why=error.text)
                continue
            path.replace(self._out.result_of(id))
            del sources[id]
            self._left -= 1
            self._graded += 1
            self._told(id, result)
        return refused

    def _settle(self, over: Over) -> None:
        """A slice has ended: what is not finished is tried again, and that in which it died alone, and only once."""
        slice, sources = self._running.pop(over.slice.number)
        refused = self._keep(slice, sources)
        how = ended(slice) or Ended(None, None, over.why, 0.0, "")
        shutil.rmtree(slice.folder, ignore_errors=True)
        if not sources:
            return
        if how.exit == 4:
            raise Stopped(_("the check refuses to start: {why}", why=_end_of(how.last_words)))
        unfinished = [sources[id] for id in slice.ids if id in sources]
        guilty = [each for each in unfinished if each.id in refused] or unfinished[:1]
        for source in guilty:
            self._failed(source, how, refused.get(source.id) or how.why or _how(how, over.why))
        self._ready.extendleft(reversed([each for each in unfinished if each not in guilty]))

    def _failed(self, source: Source, how: Ended, why: Message, *, is_final: bool = False) -> None:
        attempts = read_attempts(self._out, source.id)
        attempts.add(how, why)
        attempts.is_final = is_final or len(attempts.tries) >= _TRIES
        attempts.write(self._out)
        if not attempts.is_final:
            self._alone.append(source)
            return
        if not is_final:
            self._left -= 1
            self._errors += 1
            if not self._graded and self._errors >= _TROUBLE:
                raise Stopped(_("the first {count} submissions all came to nothing, the last one because: {why}",
                                count=self._errors, why=why))  # fmt: skip
        self._told(source.id, None)


def accepted(path: Path, source: Source, record: Record) -> SubmissionResult:
    """The result in ``path``, of ``source`` as it was frozen. Raises :class:`NoResult` for anything else."""
    result, run = read_result(path, source.id)
    commits: Mapping[str, object] = {slug: each["commit"] for slug, each in source.revisions.items()}
    if {slug: each["commit"] for slug, each in result.revisions.items()} != commits:
        raise NoResult(_("{path} is about another commit", path=path))
    if run["partial"] or run["tier"] != record.tier or [each["slug"] for each in run["homework"]] != [*record.homework]:
        raise NoResult(_("{path} is of another run", path=path))
    return result


def _how(how: Ended, of_pool: Message | None) -> Message:
    if how.signal is not None:
        return _("the process that checked it died ({how})", how=f"signal {how.signal}")
    if how.exit is not None:
        return _("the process that checked it died ({how})", how=f"exit {how.exit}")
    return of_pool or _("the process that checked it died, and nothing more is known")


def _end_of(words: str) -> str:
    lines = [line for line in words.splitlines() if line.strip()]
    return printable(" ".join(lines[-3:])[-500:]) if lines else "?"
