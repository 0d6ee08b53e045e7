"""A cohort is graded: its rows are cut into slices, these are run, and what they bring back is looked at and kept.

Everything that is known is on the disk: whoever goes on after this process was killed begins with what is there.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from ..course import Course
from ..errors import DockerlabError
from ..homework import Tier
from ..messages import Message, _
from ..report.lines import printable
from ..results import ItemResult, SubmissionResult
from ..roster.row import Row
from ..source import Source
from . import disk
from .attempts import read_attempts
from .freezing import Freezer
from .graded import NoResult, accepted
from .out import Out, file_name
from .pool import Over, Pool, Slice
from .record import Record, add_source
from .slices import Ended, Limits, ended, order_slice, results_in

__all__ = ["CohortRun", "Progress", "Stopped", "end_of", "limits_of"]

_MOST = {Tier.FILES: 50, Tier.ENGINE: 5, Tier.APP: 1}
"""Submissions in a slice: so many that a process is not started for each, so few that a dead one costs little."""
_LEAST = {Tier.FILES: 8, Tier.ENGINE: 1, Tier.APP: 1}
"""Towards the end they become smaller, so that nobody waits long for the last one."""
_POLL = 0.1
_FULLER = 0.5
"""Seconds to wait for more submissions, before a slice is begun with what there is."""
_TRIES = 2
_FILES_SECONDS = 120.0
"""Four times what a submission may take there: more is for a machine that has much else to do."""
_IN_ORDER, _IN_ORDER_ON_ENGINE = 5.0, 30.0
"""Seconds for an end in order: on an engine there is something to be removed."""
_CLEAN_UP_SECONDS = 300.0
_GIBIBYTE = 2**30
_TROUBLE = 5
"""So many errors before anything was graded are trouble of this machine."""


class Stopped(DockerlabError):
    """Nothing more can be done here, for a reason that has nothing to do with any submission."""


class Progress(Protocol):
    """Who is told what happens."""

    def running(self, slices: Sequence[Sequence[str]]) -> None:
        """What is at work: of each slice the submissions that are not finished, the first of which is at work."""

    def done(self, id: str, result: SubmissionResult) -> None:
        """A submission is graded."""

    def error(self, id: str, why: Message) -> None:
        """A submission came to nothing, for good."""

    def again(self, id: str, why: Message) -> None:
        """A submission came to nothing, and is tried once more."""


class CohortRun:
    """One run over the rows that are left."""

    def __init__(
        self,
        out: Out,
        record: Record,
        pool: Pool,
        width: int,
        limits: Limits,
        progress: Progress,
        labs: Sequence[ItemResult] = (),
    ) -> None:
        """``labs`` is what is known of the docker host."""
        self._out = out
        self._record = record
        self._pool = pool
        self._width = width
        self._limits = limits
        self._progress = progress
        self._labs = labs
        self._tier = Tier(record.tier)
        self._ready: deque[Source] = deque()
        self._alone: deque[Source] = deque()
        self._running: dict[int, tuple[Slice, dict[str, Source]]] = {}
        self._number = 0
        self._mark = secrets.token_hex(3)  # what a killed run has started elsewhere has other folders
        self._left = 0
        self._graded = self._errors = 0
        self._since: float | None = None

    def run(self, rows: Iterable[Row], count: int, freeze: Callable[[Row], Source]) -> None:
        """Grade ``rows``, of which there are ``count``.

        Raises :class:`Stopped`, and ``KeyboardInterrupt``, after everything that runs was ended; what was finished is
        kept.
        """
        self._left = count
        freezer = Freezer(rows, freeze, ahead=2 * self._width * _MOST[self._tier])
        try:
            while not (freezer.is_done and not self._ready and not self._alone and not self._running):
                self._step(freezer)
        except OSError as error:
            raise Stopped(disk.unwritable(error)) from error
        finally:
            freezer.close()
            self._pool.close()
            with contextlib.suppress(OSError):
                for slice, sources in self._running.values():
                    self._keep(slice, sources)
                shutil.rmtree(self._out.slices, ignore_errors=True)

    def _step(self, freezer: Freezer) -> None:
        for source in freezer.take():
            self._take(source)
        while len(self._running) < self._width and (chosen := self._next(freezer)):
            self._start(chosen)
        self._progress.running([tuple(sources) for _slice, sources in self._running.values()])
        for over in self._pool.over(_POLL):
            self._settle(over)
        if not self._running:
            time.sleep(_POLL / 10)  # repositories are being had
        for slice, sources in self._running.values():
            self._keep(slice, sources)

    def _take(self, source: Source) -> None:
        add_source(self._out, source)
        if source.problem is None:
            self._ready.append(source)
            return
        why = source.problem if isinstance(source.problem, Message) else _("{why}", why=source.problem)
        attempts = read_attempts(self._out, source.id)
        attempts.add(Ended(None, None, None, 0.0, ""), why)
        attempts.is_final = True
        attempts.write(self._out)
        self._left -= 1
        self._progress.error(source.id, why)

    def _next(self, freezer: Freezer) -> list[Source]:
        if self._alone:
            return [self._alone.popleft()]
        share = -(-self._left // (2 * self._width))
        size = max(_LEAST[self._tier], min(_MOST[self._tier], share))
        if not self._ready:
            self._since = None
            return []
        self._since = self._since or time.monotonic()
        if len(self._ready) < size and not freezer.is_done and time.monotonic() - self._since < _FULLER:
            return []
        self._since = None
        return [self._ready.popleft() for _each in range(min(size, len(self._ready)))]

    def _start(self, sources: list[Source]) -> None:
        self._number += 1
        folder = self._out.slices / f"{self._mark}-{self._number}"
        slice = order_slice(self._number, folder, sources, self._record.check, self._limits, self._labs)
        self._running[slice.number] = slice, {source.id: source for source in sources}
        try:
            self._pool.start(slice)
        except DockerlabError as error:
            raise Stopped(error.text) from error

    def _keep(self, slice: Slice, sources: dict[str, Source]) -> dict[str, Message]:
        """Move results that can be believed to those of the grading. Returns why others cannot, by submission."""
        refused: dict[str, Message] = {}
        for id, path in results_in(slice):
            if id not in sources:
                continue
            try:
                result = accepted(path, sources[id], self._record)
            except NoResult as error:
                refused[id] = _("{why}", why=error.text)
                continue
            path.replace(self._out.result_of(id))
            del sources[id]
            self._left -= 1
            self._graded += 1
            self._progress.done(id, result)
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
            raise Stopped(_("the check refuses to start: {why}", why=end_of(how.last_words)))
        disk.refuse_full(self._out.folder)
        is_alone = len(slice.ids) == 1
        self._log(slice.ids[0] if is_alone else None, slice.number, how)
        unfinished = [sources[id] for id in slice.ids if id in sources]
        guilty = [each for each in unfinished if each.id in refused] or unfinished[:1]
        for source in guilty:
            self._failed(source, how, refused.get(source.id) or _why(how, over.why), is_alone=is_alone)
        self._ready.extendleft(reversed([each for each in unfinished if each not in guilty]))

    def _failed(self, source: Source, how: Ended, why: Message, *, is_alone: bool) -> None:
        attempts = read_attempts(self._out, source.id)
        attempts.add(how, why, with_words=is_alone)
        attempts.is_final = len(attempts.tries) >= _TRIES
        attempts.write(self._out)
        if not attempts.is_final:
            self._alone.append(source)
            self._progress.again(source.id, why)
            return
        self._left -= 1
        self._errors += 1
        self._progress.error(source.id, why)
        if not self._graded and self._errors >= _TROUBLE:
            raise Stopped(_("the first {count} submissions all came to nothing, the last one because: {why}",
                            count=self._errors, why=why))  # fmt: skip

    def _log(self, id: str | None, number: int, how: Ended) -> None:
        """Keep what a run printed that did not end well: by the submission's name only what is about it alone."""
        self._out.logs.mkdir(exist_ok=True)
        name = f"slice-{number}" if id is None else file_name(id)
        (self._out.logs / f"{name}.txt").write_text(printable(how.last_words), "utf-8", errors="backslashreplace")


def _why(how: Ended, of_pool: Message | None) -> Message:
    if how.why is not None:
        return how.why
    if how.signal is not None:
        return _("the process that checked it died ({how})", how=f"signal {how.signal}")
    if how.exit is not None:
        return _("the process that checked it died ({how})", how=f"exit {how.exit}")
    return of_pool or _("the process that checked it died, and nothing more is known")


def limits_of(record: Record, course: Course) -> Limits:
    """What one submission may take. Its checks have limits of their own: these are for what those do not reach."""
    seconds = course.seconds_for("submission")
    if Tier(record.tier) is Tier.FILES:
        return Limits(min(seconds, _FILES_SECONDS), 2 * _GIBIBYTE, _IN_ORDER)
    return Limits(seconds + _CLEAN_UP_SECONDS, 4 * _GIBIBYTE, _IN_ORDER_ON_ENGINE)


def end_of(words: str) -> str:
    """The last of what a run printed, in a line."""
    lines = [line for line in words.splitlines() if line.strip()]
    return printable(" ".join(lines[-3:])[-500:]) if lines else "?"
