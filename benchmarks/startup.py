"""What it takes until a command answers that has nothing to check. Nothing but Python is the floor."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Command, pairwise, table


def main(runs: int = 9) -> None:
    """Python alone and pytest alone, then our commands."""
    with tempfile.TemporaryDirectory() as folder:
        here, env = Path(folder), dict(os.environ)
        bare = {**env, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        ours = [sys.executable, "-m", "pytest_dockerlab.cli"]
        commands = [
            Command("python -c pass", [sys.executable, "-c", "pass"], here, env),
            Command("pytest --version", [sys.executable, "-m", "pytest", "-VV"], here, bare),
            Command("dockerlab --version", [*ours, "--version"], here, env),
            Command("dockerlab --help", [*ours, "--help"], here, env),
            Command("dockerlab list", [*ours, "list"], here, env),
            Command("dockerlab check --hw unknown", [*ours, "check", "--hw", "unknown"], here, env),
        ]
        table("Start-up (ratios to Python alone)", commands, pairwise(commands, runs))
