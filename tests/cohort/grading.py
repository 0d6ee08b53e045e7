"""Runs of ``dockerlab grade`` as processes of their own, ended as a machine ends them; and what came of one."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.overrides import read_overrides
from pytest_dockerlab.grading.graded import Status, read_graded
from pytest_dockerlab.grading.out import Out

from .planted import DOCKER, Planted

__all__ = ["Grading", "kept", "kill", "running_in", "statuses", "untrue"]

_PATIENCE = 1_500.0
"""Seconds for a grading: it ends by itself, on whatever machine."""


class Grading:
    """Gradings of one roster in the folder ``out``."""

    def __init__(
        self,
        roster: Path,
        out: Path,
        *words: str,
        asked: Sequence[str] = DOCKER,
        tier: str = "files",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """``words`` are said at the beginning only; ``environment`` is what is different there."""
        self.out = Out(out)
        self._words = [*(word for name in asked for word in ("--hw", name)), f"--hw-tier={tier}", *words]
        self._roster = roster
        self._environment = environment or {}

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Begin, or go on with what there is."""
        begun = self.out.grading.exists()
        what = ["--resume"] if begun else [str(self._roster), *self._words]
        argv = [sys.executable, "-P", "-m", "pytest_dockerlab.cli", "grade", *what, "-o", str(self.out.folder), *words]
        env = {**os.environ, **self._environment}
        log = self.out.folder.with_suffix(".log")
        with log.open("ab") as printed:
            return subprocess.Popen(
                argv, env=env, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, start_new_session=True
            )

    def run(self, *words: str) -> int:
        """The exit code of one from beginning to end."""
        return self.start(*words).wait(_PATIENCE)

    @property
    def printed(self) -> str:
        """What all of them have printed."""
        return self.out.folder.with_suffix(".log").read_text("utf-8", "replace")


def kill(process: subprocess.Popen[bytes], *, with_all: bool) -> None:
    """SIGKILL, for itself alone, or for all that it has started too, as when a machine goes down."""
    victims = [*(_descendants(process.pid) if with_all else ()), process.pid]
    for pid in (process.pid, *victims):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(60)


def running_in(folder: Path) -> list[str]:
    """The command lines of processes that name this folder."""
    return [line for _pid, _parent, line in _processes() if str(folder) in line]


def _descendants(pid: int) -> list[int]:
    found, above = [], {pid}
    processes = _processes()
    while above := {each for each, parent, _line in processes if parent in above} - set(found):
        found += above
    return found


def _processes() -> list[tuple[int, int, str]]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            found.append((int(folder.name), parent, line))
    return found


def untrue(out: Out, planted: Sequence[Planted], besides: Collection[str] = ()) -> dict[str, Any]:
    """What was said of whom that is not so; ``besides`` are other rows of the roster, of which nothing is known."""
    wrong: dict[str, Any] = {}
    known = {each.id: each for each in planted}
    seen = []
    for row in read_graded(out):
        if row.id in besides:
            continue
        seen.append(row.id)
        if row.result is None:
            wrong[row.id] = f"{row.status}: {row.reason}"
            continue
        truth = known[row.id]
        said = {item.id: (item.verdict, item.because_of) for item in row.result.items}
        differences: dict[str, Any] = {id: each for id, each in said.items() if each not in truth.verdicts[id]}
        differences |= dict.fromkeys(truth.verdicts.keys() - said.keys())
        for item in row.result.items:
            if item.id in truth.faults and not truth.is_told_at(item.id, item.findings):
                differences[f"{item.id}, its place"] = [str(finding.at) for finding in item.findings]
        if differences:
            wrong[row.id] = {"planted": truth.name, "said": differences}
    if sorted(seen) != sorted(known):
        wrong["rows"] = seen
    return wrong


def kept(out: Out, besides: Collection[str] = ()) -> Mapping[str, Any]:
    """The gradebook of what there is, without the times: two gradings of one cohort have the same."""
    book = make_gradebook(read_graded(out), read_overrides(out.overrides), "en")
    rows = [row for row in book.rows if row.id not in besides]
    return dataclasses.asdict(dataclasses.replace(book, started="", rows=rows))


def statuses(out: Out) -> dict[str, Status]:
    """By row."""
    return {row.id: row.status for row in read_graded(out)}
