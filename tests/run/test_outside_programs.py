"""How often outside programs are started: the models of a submission are built once, whatever asks for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_dockerlab import tools

EXAMPLE = Path(__file__).parents[2] / "examples" / "reddit"
SUBMISSIONS = 3
HOMEWORKS = ("docker-1", "docker-2", "docker-3", "docker-4")

COMPOSE, HADOLINT = tools.compose_command(), tools.find("hadolint")
pytestmark = pytest.mark.skipif(COMPOSE is None or HADOLINT is None, reason="no Docker Compose or no hadolint here")


def counted(program: Path, real: str, log: Path) -> None:
    """Put a script in the place of a program, that notes its arguments and goes on as the real one."""
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\necho "$*" >>{log}\nexec {real} "$@"\n')
    program.chmod(0o755)


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_each_is_started_as_seldom_as_the_work_allows(tmp_path: Path, workers: list[str]) -> None:
    rows = ["id,path"]
    for number in range(SUBMISSIONS):
        shutil.copytree(EXAMPLE, tmp_path / f"s{number}", ignore=shutil.ignore_patterns(".env", "__pycache__"))
        rows.append(f"s{number},{tmp_path / f's{number}'}")
        for words in (["init", "-q"], ["add", "-f", "."], ["commit", "-q", "-m", "done"]):
            identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
            subprocess.run(["git", *identity, *words], cwd=tmp_path / f"s{number}", check=True)
    (tmp_path / "roster.csv").write_text("\n".join(rows) + "\n")
    composed, linted, read = (tmp_path / f"{name}.log" for name in ("compose", "hadolint", "git"))
    assert COMPOSE is not None
    assert HADOLINT is not None
    counted(tmp_path / "docker" / "cli-plugins" / "docker-compose", COMPOSE[0], composed)
    counted(tmp_path / "bin" / "hadolint", HADOLINT, linted)
    counted(tmp_path / "bin" / "git", str(tools.find("git")), read)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DOCKERLAB_", "CI"))}
    environment |= {"DOCKER_CONFIG": str(tmp_path / "docker"), "PATH": f"{tmp_path / 'bin'}:{environment['PATH']}"}
    asked = [word for homework in HOMEWORKS for word in ("--hw", homework)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest_dockerlab.cli", "check", "--hw-roster=roster.csv", "--hw-tier=files", *asked,
         *workers],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    started = composed.read_text().splitlines()
    of_submissions = [line for line in started if "--project-directory" in line]
    # Of each submission: its project, the same before interpolation, and with its override.
    assert len(of_submissions) <= 4 * SUBMISSIONS, "four is the limit; today it takes three"
    assert sum("override" in line for line in of_submissions) == SUBMISSIONS, "or there was nothing to count"
    # What is left is docker-4/project-name-lab: a lab of five situations, once for the docker host.
    assert len(started) - len(of_submissions) == 5
    assert len(linted.read_text().splitlines()) == SUBMISSIONS
    # The roster's revision, and in the check the same once more; the listing; and the files that are read.
    assert len(read.read_text().splitlines()) <= 4 * SUBMISSIONS
