"""What the installed but unused plugin adds to somebody else's pytest run. Aim: at most 1.05."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Command, pairwise, table


def main(runs: int = 15) -> None:
    """One empty test, without and with the plugin."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_nothing.py").write_text("def test_nothing(): pass\n")
        env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        commands = [
            Command("pytest without the plugin", pytest, Path(folder), env),
            Command("pytest with the plugin, unused", [*pytest, "-p", "pytest_dockerlab.plugin"], Path(folder), env),
        ]
        table("Unused (aim: 1.05)", commands, pairwise(commands, runs))
