"""Runs workflows by act (https://github.com/nektos/act): on this machine, in its self-hosted mode, without a network.

What of a workflow is not fetched: our action is this checkout, a course's workflow lies in a folder; and programs of
GitHub's for Node, such as actions/checkout, are replaced by the steps in ``stand_ins``. All else of the workflow is run
as it stands.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ACTION = "pytest-dockerlab/pytest-dockerlab@v0.1.0"
STAND_INS = Path(__file__).parent / "stand_ins"
_AN_ENVIRONMENT = ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "DOCKER_HOST")


@dataclass(frozen=True)
class Ran:
    """What came of a workflow's run."""

    code: int
    printed: str
    """What the action's step printed, line by line, before anybody took a command out of it."""
    obeyed: tuple[str, ...]
    """The names of the commands that act itself took out of it."""
    summary: str
    outputs: Mapping[str, str]
    """Of the action."""
    log: str
    """As act shows it to people."""
    artifact: Path = field(compare=False)
    """Where the stand-in of actions/upload-artifact puts what it is given."""


@dataclass(frozen=True)
class Act:
    """act, with a checkout of ours that its workflows use."""

    checkout: Path
    folder: Path
    wheels: Path

    def run(self, repository: Path, *, branch: str, course: Path | None = None, **environment: str) -> Ran:
        """A pull request of ``repository``, which is committed: its HEAD, from a branch of this name.

        :param course: the course's repository, whose workflow that of ``repository`` calls.
        :param environment: of the job.
        """
        event = self.folder / "event.json"
        sha = _git(repository, "rev-parse", "HEAD").strip()
        here = {"name": repository.name, "full_name": f"example/{repository.name}", "private": False}
        pull = {"number": 17, "head": {"ref": branch, "sha": sha, "repo": here}, "base": {"ref": "main", "repo": here}}
        event.write_text(json.dumps({"pull_request": pull, "repository": here}))
        replaced = dict(_replaced(name, self.checkout, course) for name in _used(repository, course or repository))
        done = subprocess.run(
            [
                "act", "pull_request", "--json", "--no-cache-server", "--pull=false", "--eventpath", event,
                "--platform", "ubuntu-latest=-self-hosted", "--action-cache-path", self.folder / "act",
                *(f"--local-repository={name}={path}" for name, path in replaced.items()),
                *(f"--env={name}={value}" for name, value in environment.items()),
            ],
            cwd=repository,
            env={
                **{name: os.environ[name] for name in _AN_ENVIRONMENT if name in os.environ},
                "ACT_DISABLE_VERSION_CHECK": "1",
                # pip takes from here what it would take from its cache: the action installs itself as it does elsewhere
                "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels),
                "STAND_IN_REPOSITORY": str(repository), "STAND_IN_ARTIFACT": str(self.folder / "artifact"),
                "STAND_IN_COURSE": str(course),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )  # fmt: skip
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        gate = [line for line in lines if line.get("stepID") == ["gate"]]
        inner = [line for line in lines if line.get("stepID") == ["gate", "check"]]
        assert inner, done.stdout + done.stderr
        return Ran(
            done.returncode,
            "".join(filter(None, map(_printed, inner))),
            tuple(line["command"] for line in inner if "raw" in line and line["command"] != "ignored"),
            "".join(line["content"] for line in inner if line.get("command") == "summary"),
            {line["name"]: line["arg"] for line in gate if line.get("command") == "set-output"},
            "".join(f"{line['msg'].rstrip()}\n" for line in lines),
            self.folder / "artifact",
        )


def _used(*repositories: Path) -> set[str]:
    """What the workflows of repositories use, each with its commit or tag."""
    texts = [path.read_text() for folder in repositories for path in folder.glob(".github/workflows/*.yml")]
    return {name for text in texts for name in re.findall(r"\buses: (\S+)", text)}


def _replaced(name: str, checkout: Path, course: Path | None) -> tuple[str, Path | None]:
    """What act takes for it, and from which folder."""
    if name == ACTION:
        return name, checkout
    place, _at, ref = name.partition("@")
    if "/.github/workflows/" in place:
        return f"{place.partition('/.github/')[0]}@{ref}", course
    return name, STAND_INS / place.removeprefix("actions/")


def _printed(line: Mapping[str, Any]) -> str | None:
    return line["msg"] if line.get("raw_output") else line.get("raw")


def export(folder: Path) -> Path:
    """What a checkout of ours holds: what is committed or will be, and nothing that was made here."""
    names = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, names):
        source = ROOT / name
        if source.is_symlink() or source.exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name, follow_symlinks=False)
    return folder


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True).stdout
