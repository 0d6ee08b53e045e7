"""The files tier of homework 17 on the example, against its outside programs alone. Aim: under 0.6 s when quiet."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Command, pairwise, table
from pytest_dockerlab import tools

EXAMPLE = Path(__file__).parents[1] / "examples" / "reddit"


def main(runs: int = 7) -> None:
    """``compose config`` and hadolint, then our whole run, isolated and not."""
    compose, hadolint = tools.compose_command(), tools.find("hadolint")
    if compose is None or hadolint is None:
        print("files tier: compose and hadolint are needed for the comparison", file=sys.stderr)
        return
    source = EXAMPLE / "docker"
    dockerfiles = sorted(str(path) for path in EXAMPLE.glob("src/*/Dockerfile*"))
    config = [*compose, "-f", str(source / "docker-compose.yml"), "--env-file", str(source / ".env.example"), "config"]
    both = 'config=$1; shift; $config >/dev/null; exec "$@"'
    with tempfile.TemporaryDirectory() as folder:
        here, env = Path(folder), dict(os.environ)
        lint = [hadolint, "--no-fail", *dockerfiles]
        ours = ["--hw", "17", "--hw-tier", "files"]
        pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--hw-submission={EXAMPLE}"]
        bare = {**env, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        commands = [
            Command("compose config, hadolint", ["sh", "-c", both, "sh", " ".join(config), *lint], here, env),
            Command("compose config", config, here, env),
            Command(
                "pytest --version (the least that pytest costs)", [sys.executable, "-m", "pytest", "-VV"], here, bare
            ),
            Command("pytest --hw 17", [*pytest, "-p", "pytest_dockerlab.plugin", *ours], here, bare),
            Command(
                "dockerlab check --hw 17",
                [sys.executable, "-P", "-m", "pytest_dockerlab.cli", "check", str(EXAMPLE), *ours],
                here,
                env,
            ),
        ]
        table("Files tier of 17 (aim: 0.6 s on a quiet machine)", commands, pairwise(commands, runs))
