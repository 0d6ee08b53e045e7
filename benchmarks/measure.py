"""Times whole commands in turn, so that a machine that slows down slows both sides.

Wall time is what somebody waits; processor time, of the command and all that it starts, is what a busy machine changes
least.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """A command, and how it is called in the table."""

    name: str
    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str]


@dataclass(frozen=True)
class Timed:
    """Wall and processor seconds of each run, and the peak resident memory of the largest process in MiB."""

    seconds: list[float]
    cpu: list[float]
    memory: float

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)


def pairwise(commands: Sequence[Command], runs: int) -> list[Timed]:
    """Run the commands in turn, ``runs`` times after one warm-up."""
    found: list[list[tuple[float, float, float]]] = [[] for _ in commands]
    for number in range(runs + 1):
        for runs_of, command in zip(found, commands, strict=True):
            once = _once(command)
            if number:
                runs_of.append(once)
    columns = [list(zip(*runs_of, strict=True)) for runs_of in found]
    return [Timed(list(seconds), list(cpu), max(memory)) for seconds, cpu, memory in columns]


def _once(command: Command) -> tuple[float, float, float]:
    start = time.perf_counter()
    process = subprocess.Popen(
        command.argv, cwd=command.cwd, env=command.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, _status, usage = os.wait4(process.pid, 0)
    # ru_maxrss: KiB on Linux, bytes on macOS (getrusage(2))
    memory = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, memory


def table(title: str, commands: Sequence[Command], timed: Sequence[Timed], of: int = 0) -> None:
    """Print each command's medians, spread and memory, and its ratios to command number ``of``: wall and processor."""
    print(f"\n{title}")
    print(f"  {'command':<50} {'median s':>9} {'min–max s':>13} {'ratio':>6} {'CPU s':>7} {'ratio':>6} {'MiB':>5}")
    for command, one in zip(commands, timed, strict=True):
        spread = f"{min(one.seconds):.2f}–{max(one.seconds):.2f}"
        ratio, cpu = one.median / timed[of].median, statistics.median(one.cpu)
        of_cpu = cpu / statistics.median(timed[of].cpu)
        print(
            f"  {command.name:<50} {one.median:>9.3f} {spread:>13} {ratio:>6.2f} {cpu:>7.3f} {of_cpu:>6.2f}"
            f" {one.memory:>5.0f}"
        )
