"""What is spent on one submission at most, whatever is handed in.

Every reader of a submission takes its limit from here, and what a limit stops is *unverified*: :class:`LimitExceeded`
says which limit it was, and where. The table in ``docs/limits.md`` is made of :data:`LIMITS`.
"""

from __future__ import annotations

import contextlib
import re
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from .. import tools
from ..errors import LimitExceeded, ToolTimeout
from ..findings import Location
from ..messages import Message, _

__all__ = ["LIMITS", "Allowance", "Budget", "Limits", "reading", "within"]

_KiB, _MiB = 2**10, 2**20


def _most(value: float, of_what: str, unit: str = "") -> Any:
    return field(default=value, metadata={"of what": of_what, "unit": unit})


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is taken from one submission, and spent on it. An honest one needs a hundredth of it."""

    files: int = _most(20_000, "files and folders listed")
    depth: int = _most(40, "folders inside one another")
    seconds: float = _most(10.0, "listing the files", "s")
    file_bytes: int = _most(2 * _MiB, "one file that is read", "bytes")
    total_bytes: int = _most(32 * _MiB, "all files that are read", "bytes")

    yaml_bytes: int = _most(256 * _KiB, "one YAML file", "bytes")
    yaml_depth: int = _most(40, "YAML values inside one another")
    yaml_values: int = _most(20_000, "values in one YAML file, each alias counted with all that it stands for")
    yaml_total: int = _most(100_000, "values in all YAML files")
    compose_candidates: int = _most(40, "files that are called like a compose file")
    compose_files: int = _most(50, "files of one compose project, with all that it includes")
    services: int = _most(500, "services in one compose file")

    dockerfile_bytes: int = _most(40_000, "one Dockerfile", "bytes")
    dockerfile_lines: int = _most(2_000, "lines in one Dockerfile")
    instructions: int = _most(500, "instructions in one Dockerfile")

    variables: int = _most(1_000, "variables in one env file")
    value_characters: int = _most(10_000, "the value of one variable, its own variables replaced", "characters")
    nesting: int = _most(10, "variables inside one another's defaults")
    expansions: int = _most(1_000, "variables in one text")

    toml_bytes: int = _most(256 * _KiB, "one TOML file", "bytes")
    toml_depth: int = _most(20, "TOML arrays and tables inside one another")

    relabelled_jobs: int = _most(20, "Prometheus jobs that are relabelled")
    relabelled_targets: int = _most(200, "targets of one Prometheus job that are relabelled")

    pipeline_files: int = _most(150, "files of one GitLab pipeline, with all that it includes")
    pipeline_values: int = _most(100_000, "values in one GitLab pipeline, extends and !reference put into it")

    makefile_bytes: int = _most(256 * _KiB, "all Makefiles, each with all that it includes", "bytes")
    makefile_variables: int = _most(1_000, "variables of one Makefile")
    makefile_targets: int = _most(2_000, "targets of one Makefile")
    makefile_expansions: int = _most(50_000, "variables and functions of make that are expanded")
    makefile_characters: int = _most(4_000_000, "all that they become", "characters")
    makefile_nesting: int = _most(40, "variables and functions of make inside one another")

    script_variables: int = _most(200, "variables set in one Makefile or README")

    readmes: int = _most(30, "READMEs, the outermost first; further ones are left out")
    readme_bytes: int = _most(256 * _KiB, "one README", "bytes")
    readmes_bytes: int = _most(1 * _MiB, "all READMEs", "bytes")
    scripts_bytes: int = _most(512 * _KiB, "all shell scripts and Makefiles that speak of docker", "bytes")

    reader_seconds: float = _most(3.0, "processor time for one reader: compose file, Dockerfile, scripts …", "s")
    check_seconds: float = _most(4.0, "processor time for one item of tier files", "s")
    processor_seconds: float = _most(12.0, "processor time for all items of tier files", "s")
    git_seconds: float = _most(10.0, "all runs of git on one repository together", "s")
    git_memory: int = _most(512 * _MiB, "memory of one run of git (on Linux)", "bytes")
    program_seconds: float = _most(15.0, "all runs of compose, hadolint and promtool together, git's included", "s")
    program_memory: int = _most(384 * _MiB, "memory of one run of compose, hadolint or promtool (on Linux)", "bytes")


LIMITS = Limits()


class Allowance:
    """Seconds on the clock that several runs of a program share, one after another or at once."""

    def __init__(self, seconds: float = LIMITS.git_seconds) -> None:
        self.seconds = seconds
        self._ended = 0.0
        self._runs = 0
        self._since = 0.0

    @property
    def spent(self) -> float:
        """The seconds in which at least one of them ran."""
        return self._ended + (time.monotonic() - self._since if self._runs else 0.0)

    @property
    def left(self) -> float:
        """The seconds for the next run; none where they are used up."""
        return max(0.0, self.seconds - self.spent)

    def begin(self) -> None:
        """A run begins."""
        if not self._runs:
            self._since = time.monotonic()
        self._runs += 1

    def end(self) -> None:
        """A run ends."""
        self._ended = self.spent if self._runs == 1 else self._ended
        self._runs -= 1


class Budget:
    """What is left of the limits for one submission."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self.git = Allowance(limits.git_seconds)
        self._spent: dict[str, float] = {}

    def spend(self, what: str, amount: float, reason: Message, at: Location | None = None) -> None:
        """Take ``amount`` from the limit of this name; raise :class:`LimitExceeded` when no more is left."""
        self._spent[what] = self._spent.get(what, 0) + amount
        if self._spent[what] > getattr(self.limits, what):
            raise LimitExceeded(reason, at=at)

    def run(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None, on: str) -> tools.Completed:
        """Run an outside program on text of the submission, the file ``on`` first of all.

        Whatever it says of the text is the caller's to read. That it crashed, or reached a limit, says nothing of the
        text that could be held against the student: that is :class:`LimitExceeded`.
        """
        program, at = Path(argv[0]).name, Location(on)
        left = self.limits.program_seconds - self._spent.get("program_seconds", 0) - self.git.spent
        slow = _("{program} takes more than {limit} s", program=program, limit=f"{self.limits.program_seconds:g}")
        if left <= 0:
            raise LimitExceeded(slow, at=at)
        begun = time.monotonic()
        try:
            done = tools.run(argv, cwd=cwd, env=env, timeout=left, memory=self.limits.program_memory)
        except ToolTimeout:
            raise LimitExceeded(slow, at=at) from None
        except LimitExceeded as error:
            raise LimitExceeded(_("{why}", why=error.text), at=at) from None
        finally:
            self._spent["program_seconds"] = self._spent.get("program_seconds", 0) + time.monotonic() - begun
        if crash := _crash(done):
            raise LimitExceeded(_("{program} crashes: {why}", program=program, why=crash), at=at)
        return done


@contextlib.contextmanager
def reading(place: Location) -> Iterator[None]:
    """Say of a limit that is reached inside, and has no place, that it is here."""
    try:
        yield
    except LimitExceeded as error:
        if error.at is not None:
            raise
        raise LimitExceeded(error.reason, at=place) from None


# How the runtimes of Go and Haskell end a program; what a program says itself of a file begins with neither.
_CRASH = re.compile(
    r"^(?:panic: |fatal error: |runtime: |SIG[A-Z]{1,10}: )|no space left on device|cannot allocate memory"
    r"|heap (?:overflow|exhausted)|stack (?:space )?overflow|out of memory",
    re.IGNORECASE | re.MULTILINE,
)


def _crash(done: tools.Completed) -> str | None:
    """How the program ended where it did not end by itself."""
    if done.returncode < 0:
        return _name_of_signal(-done.returncode)
    if done.returncode and (match := _CRASH.search(done.stderr)):
        return done.stderr[match.start() :].partition("\n")[0][:200]
    return None


def _name_of_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


_AGAIN = 0.2


class _Spent(BaseException):
    """The time of a reader is over. No ``Exception``: nothing on the way may take it for trouble of its own."""


@contextlib.contextmanager
def within(seconds: float, reason: Message, at: Location | None = None) -> Iterator[None]:
    """Interrupt what runs inside after so much processor time, and raise :class:`LimitExceeded`.

    A block inside another has no more time than is left to that one. Where there is no such timer (outside
    the main thread, on Windows) the limits of the texts have to do.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    is_open, is_over = True, False

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_over
        if is_open:
            is_over = True
            raise _Spent

    outer, _interval = signal.getitimer(signal.ITIMER_PROF)
    begun = time.process_time()
    seconds = min(seconds, outer or seconds)
    handler = signal.signal(signal.SIGPROF, interrupt)
    # again and again: an exception in a destructor, or in some callback of C's, is lost
    signal.setitimer(signal.ITIMER_PROF, max(seconds, 0.001), _AGAIN)
    try:
        yield
    except _Spent:
        if not is_over:
            raise
        raise LimitExceeded(reason, at=at) from None
    finally:
        is_open = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
        if outer:
            signal.setitimer(signal.ITIMER_PROF, max(0.001, outer - (time.process_time() - begun)), _AGAIN)
