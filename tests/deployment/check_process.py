"""The app tier as its users call it: ``dockerlab check`` as a process, and what it leaves on the docker host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import OWNER, Owner
from pytest_dockerlab.engine.owned.sweep import list_ours

from ..engine.killing import eventually

__all__ = ["ITEMS", "Check"]

ITEMS = ("docker-3/build", "docker-3/build-cache", "docker-3/app")


class Check:
    """One ``dockerlab check`` as a process."""

    def __init__(self, folder: Path, *arguments: str, items: tuple[str, ...] = ITEMS) -> None:
        self.results = folder / "results.json"
        self.log = folder / "out.txt"
        dropped = ("DOCKERLAB_", "GITHUB_", "CI", "PYTEST_", "COV_", "LANGUAGE")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        words = [word for item in items for word in ("--hw", item)]
        command = [sys.executable, "-m", "pytest_dockerlab.cli", "check", *words, "--hw-tier=app", "--hw-lang=en"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, f"--hw-results={self.results}", *arguments],
                cwd=folder,
                env=environment | {"LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def out(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def end(self, meanwhile: Callable[[], object] = lambda: None, seconds: float = 300) -> int:
        """Its exit code; ``meanwhile`` is called again and again until then."""
        deadline = time.monotonic() + seconds
        while (code := self.process.poll()) is None:
            assert time.monotonic() < deadline, self.out
            meanwhile()
            time.sleep(0.05)
        return code

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)

    def verdicts(self) -> dict[str, dict[str, str]]:
        """By submission and item."""
        assert self.results.exists(), self.out
        found: dict[str, Any] = json.loads(self.results.read_text("utf-8"))
        return {each["id"]: {item["id"]: item["verdict"] for item in each["items"]} for each in found["submissions"]}

    def run_id(self, host: DockerHost) -> str:
        """What marks the things of this run: known as soon as its first image is there."""
        found: list[str] = []

        def is_there() -> bool:
            assert self.process.poll() is None, self.out
            owners = {thing.run_id: Owner.parse(thing.labels.get(OWNER, "")) for thing in list_ours(host.client)}
            found[:] = [str(run) for run, owner in owners.items() if owner and owner.pid == self.process.pid]
            return bool(found)

        eventually(is_there, 150, lambda: self.out)
        return found[0]
