"""Shows how far a grading is, to those who wait: a few lines that change, or now and then a line of a log."""

from __future__ import annotations

import heapq
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from ..homework import Kind
from ..messages import Message, _
from ..report.lines import Lines
from ..report.status import can_be_rewritten
from ..results import SubmissionResult, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["LiveProgress", "LogProgress", "Tally", "progress_on"]

_SLOWEST = 3
_SHOWN_AT_WORK = 4


class Tally:
    """What is known so far. ``begun`` of ``count`` were done before."""

    def __init__(self, count: int, begun: int, language: str) -> None:
        self.count = count
        self.begun = begun
        self.graded = self.errors = 0
        self.verdicts: Counter[Verdict] = Counter()
        self.slowest: list[tuple[float, str]] = []
        self.at_work: Sequence[Sequence[str]] = ()
        self.before: Message = _("the docker host")
        """What is at work where it is no submission: the labs come first."""
        self._lines = Lines(language)
        self._started = time.monotonic()

    def say(self, value: object) -> str:
        """A message or a value, safe to print."""
        return self._lines.say(value)

    def running(self, slices: Sequence[Sequence[str]]) -> None:
        """What is at work."""
        self.at_work, self.before = slices, _("repositories are being fetched")

    def done(self, id: str, result: SubmissionResult) -> None:
        """A submission is graded."""
        self.graded += 1
        items = [item for item in result.items if item.kind is not Kind.LAB]
        self.verdicts.update(item.verdict for item in items)
        seconds = sum(item.duration for item in items)
        heapq.heappush(self.slowest, (seconds, id))
        if len(self.slowest) > _SLOWEST:
            heapq.heappop(self.slowest)

    @property
    def finished(self) -> int:
        """How many are done, those of before too."""
        return self.begun + self.graded + self.errors

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self._started

    @property
    def rate(self) -> float:
        """How many a second."""
        return (self.finished - self.begun) / max(self.seconds, 0.001)

    def measure(self) -> Iterator[str]:
        """How far, how fast, and how long still."""
        yield self.say(_("{done} of {count}", done=self.finished, count=self.count))
        yield f"{100 * self.finished // max(self.count, 1)} %"
        if self.finished > self.begun:
            yield self.say(rate_of(self.rate))
            left = (self.count - self.finished) / self.rate
            if left > 1:
                yield self.say(_("{time} left", time=clock(left)))

    def counts(self) -> Iterator[str]:
        """What came of those of now."""
        yield self.say(_("graded: {count}", count=self.graded))
        if self.errors:
            yield self.say(_("errors of ours: {count}", count=self.errors))
        for verdict in Verdict:
            if count := self.verdicts[verdict]:
                yield f"{count} {self.say(Message(str(verdict)))}"


def rate_of(rate: float) -> Message:
    """So many a second, or a minute where that is less than one."""
    return _("{rate} a second", rate=f"{rate:.1f}") if rate >= 1 else _("{rate} a minute", rate=f"{rate * 60:.1f}")


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class LogProgress(Tally):
    """A line now and then, where nothing that was written can be changed: a log of CI, say."""

    def __init__(self, file: IO[str], count: int, begun: int, language: str, every: float = 15.0) -> None:
        super().__init__(count, begun, language)
        self._file = file
        self._every = every
        self._next = time.monotonic() + every

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_about: object) -> None:
        if self.finished > self.begun:
            self._write(" · ".join(self.measure()))

    def running(self, slices: Sequence[Sequence[str]]) -> None:
        """What is at work."""
        super().running(slices)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every
            errors = [self.say(_("errors of ours: {count}", count=self.errors))] if self.errors else []
            self._write(" · ".join([*self.measure(), *errors]))

    def error(self, id: str, why: Message) -> None:
        """A submission came to nothing, for good."""
        self.errors += 1
        self._write(f"{self.say(id)}: {self.say(_('our error'))}: {self.say(why)}")

    def again(self, id: str, why: Message) -> None:
        """A submission came to nothing, and is tried once more."""
        self._write(f"{self.say(id)}: {self.say(_('it is tried once more, alone'))}: {self.say(why)}")

    def _write(self, line: str) -> None:
        line = " ".join(line.splitlines())
        encoding = getattr(self._file, "encoding", None) or "ascii"
        print(line.encode(encoding, "backslashreplace").decode(encoding), file=self._file, flush=True)


class LiveProgress(Tally):
    """Lines at the bottom of a terminal, which leave no trace; errors stay above them."""

    def __init__(self, file: IO[str], count: int, begun: int, language: str) -> None:
        from rich.console import Console
        from rich.live import Live

        super().__init__(count, begun, language)
        self._console = Console(file=file, highlight=False, markup=False, emoji=False)
        self._live = Live(
            console=self._console, refresh_per_second=4, transient=True, get_renderable=self._shown,
            redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._live.stop()

    def error(self, id: str, why: Message) -> None:
        """A submission came to nothing, for good."""
        self.errors += 1
        self._above(id, "red", self.say(_("our error")), why)

    def again(self, id: str, why: Message) -> None:
        """A submission came to nothing, and is tried once more."""
        self._above(id, "yellow", self.say(_("it is tried once more, alone")), why)

    def _above(self, id: str, style: str, what: str, why: Message) -> None:
        from rich.text import Text

        self._console.print(Text.assemble((self.say(id), "bold"), "  ", (what, style), f": {self.say(why)}"))

    def _shown(self) -> RenderableType:
        from rich.cells import cell_len
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        bar = Table.grid(padding=(0, 1))
        width = max(10, min(40, self._console.width - 60))
        bar.add_row(ProgressBar(self.count, self.finished, width=width), " · ".join(self.measure()))
        rows: list[tuple[str, RenderableType]] = [(self.say(_("done")), bar)]
        if self.graded or self.errors:
            rows.append((self.say(_("so far")), " · ".join(self.counts())))
        first = [slice[0] for slice in self.at_work if slice]
        shown = [self.say(id) for id in first[:_SHOWN_AT_WORK]] + ["…"] * (len(first) > _SHOWN_AT_WORK)
        if self.finished < self.count:
            rows.append((self.say(_("at work")), " · ".join(shown) or self.say(self.before)))
        slowest = [
            self.say(_("{id} {seconds} s", id=id, seconds=f"{seconds:.1f}"))
            for seconds, id in sorted(self.slowest, reverse=True)
        ]
        if slowest:
            rows.append((self.say(_("slowest")), " · ".join(slowest)))
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True, min_width=max(cell_len(label) for label, _value in rows))
        table.add_column(no_wrap=True, overflow="ellipsis")
        for row in rows:
            table.add_row(*row)
        return table


def progress_on(file: IO[str], count: int, begun: int, language: str) -> LiveProgress | LogProgress:
    """The one that suits where ``file`` leads."""
    return (LiveProgress if can_be_rewritten(file) else LogProgress)(file, count, begun, language)
