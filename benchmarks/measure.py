"""Times whole commands in turn, so that a machine that slows down slows both sides."""

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
    """Wall seconds of each run, and the peak resident memory of the largest process in MiB."""

    seconds: list[float]
    memory: float

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)


def pairwise(commands: Sequence[Command], runs: int) -> list[Timed]:
    """Run the commands in turn, ``runs`` times after one warm-up."""
    seconds: list[list[float]] = [[] for _ in commands]
    memory = [0.0] * len(commands)
    for number in range(runs + 1):
        for index, command in enumerate(commands):
            took, peak = _once(command)
            if number:
                seconds[index].append(took)
                memory[index] = max(memory[index], peak)
    return [Timed(times, peak) for times, peak in zip(seconds, memory, strict=True)]


def _once(command: Command) -> tuple[float, float]:
    start = time.perf_counter()
    process = subprocess.Popen(
        command.argv, cwd=command.cwd, env=command.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, _status, usage = os.wait4(process.pid, 0)
    # ru_maxrss: KiB on Linux, bytes on macOS (getrusage(2))
    return time.perf_counter() - start, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def table(title: str, commands: Sequence[Command], timed: Sequence[Timed], of: int = 0) -> None:
    """Print each command's median, spread and memory, and its ratio to command number ``of``."""
    print(f"\n{title}")
    print(f"  {'command':<58} {'median s':>9} {'min–max s':>15} {'MiB':>6} {'ratio':>6}")
    for command, one in zip(commands, timed, strict=True):
        spread = f"{min(one.seconds):.2f}–{max(one.seconds):.2f}"
        ratio = one.median / timed[of].median
        print(f"  {command.name:<58} {one.median:>9.3f} {spread:>15} {one.memory:>6.0f} {ratio:>6.2f}")
