"""One run of the installed command: what it said, how long it took, how much it held, and what it left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 100.0
"""Seconds after which a run is ended by us, on a machine with nothing else to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """How it ended. ``memory`` is the peak of its largest process in bytes, ``left`` what lies in its folder for
    temporary files."""

    code: int
    out: str
    results: dict[str, Any] | None
    seconds: float
    memory: int
    left: tuple[str, ...]

    def verdicts(self, row: int = 0) -> dict[str, str]:
        """Those of one submission."""
        assert self.results is not None, self.out
        return {item["id"]: item["verdict"] for item in self.results["submissions"][row]["items"]}


def check(folder: Path, scratch: Path, words: Sequence[str], patience: float = PATIENCE) -> Run:
    """``dockerlab check`` with these words in ``folder``; what it writes goes to ``scratch``."""
    scratch.mkdir(parents=True, exist_ok=True)
    temporary, results = scratch / "tmp", scratch / "results.json"
    temporary.mkdir(exist_ok=True)
    results.unlink(missing_ok=True)
    passed_on = ("PATH", "LANG", "DOCKER_HOST")
    env = {name: os.environ[name] for name in passed_on if name in os.environ}
    env |= {"HOME": str(scratch), "TMPDIR": str(temporary), "COLUMNS": "120", "PYTHONUTF8": "1"}
    argv = [sys.executable, "-P", "-m", "pytest_dockerlab.cli", "check", *words, f"--hw-results={results}"]
    with (scratch / "out").open("wb") as out:
        start = time.monotonic()
        process = subprocess.Popen(
            argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
        code, memory = _wait(process, start + patience * slowness())
        seconds = time.monotonic() - start
    said = (scratch / "out").read_bytes().decode("utf-8", "replace")
    found = json.loads(results.read_bytes()) if results.exists() else None
    # xdist's workers keep a folder of pytest's own for a while, as every run of pytest does.
    left = [path.name for path in temporary.iterdir() if not path.name.startswith("pytest-of-")]
    return Run(code, said, found, seconds, memory, tuple(sorted(left)))


def slowness() -> float:
    """How many times longer everything takes here while others want the processors too."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _wait(process: subprocess.Popen[bytes], deadline: float) -> tuple[int, int]:
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_maxrss * 1024
        if time.monotonic() > deadline:
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.02)
