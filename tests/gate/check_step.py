"""``dockerlab check`` as a step of a workflow runs it, and what GitHub would make of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .workflow_commands import Log, read_log, read_summary, read_values

SECRETS = {
    "GITHUB_TOKEN": "ghs_canary0",
    "ACTIONS_RUNTIME_TOKEN": "canary1",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary2",
}


@dataclass(frozen=True, slots=True)
class CheckStep:
    """A step that has ended: all that it said, and what stands in its files."""

    code: int
    printed: bytes
    output: bytes
    summary: bytes
    others: dict[str, bytes]
    results: dict[str, Any] | None

    @property
    def log(self) -> Log:
        """Raises ``Malformed`` where anything is not as it should be."""
        return read_log(self.printed)

    @property
    def values(self) -> dict[str, str]:
        """Its outputs."""
        return read_values(self.output)

    @property
    def markdown(self) -> str:
        """Its summary."""
        return read_summary(self.summary)


def run_step(repository: Path, files: Path, *words: str, env: dict[str, str] | None = None) -> CheckStep:
    """Check ``repository``; the files that GitHub gives a step lie in ``files``."""
    files.mkdir(parents=True, exist_ok=True)
    given = {f"GITHUB_{name}": files / name.lower() for name in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH", "STATE")}
    for path in given.values():
        path.touch()
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "DOCKER_HOST", "XDG_CACHE_HOME") if name in os.environ}
    results = files / "results.json"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest_dockerlab.cli", "check", ".", *words, f"--hw-results={results}"],
        cwd=repository,
        env={
            **kept,
            **{name: str(path) for name, path in given.items()},
            **SECRETS,
            "HOME": str(files),
            "PYTHONUTF8": "1",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(repository),
            **(env or {}),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    return CheckStep(
        done.returncode,
        done.stdout,
        given["GITHUB_OUTPUT"].read_bytes(),
        given["GITHUB_STEP_SUMMARY"].read_bytes(),
        {name: given[name].read_bytes() for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE")},
        json.loads(results.read_bytes()) if results.exists() else None,
    )


def words_of(homeworks: Sequence[str], tier: str = "files") -> list[str]:
    """The command line that asks for these homeworks."""
    return [*(f"--hw={homework}" for homework in homeworks), f"--hw-tier={tier}"]
