"""How a pytest is started in which nothing of a submission, and nothing of the user's own pytest, is loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .. import option_table

__all__ = ["FOLDER", "arguments", "command", "environment"]

FOLDER = Path(__file__).parent
"""Where it is to be started: its root too."""


def command(given: Sequence[str], *, workers: str | None = None) -> list[str]:
    """The program and its arguments."""
    # -P: the current folder is not on sys.path
    return [sys.executable, "-P", "-m", "pytest_dockerlab.isolated", *arguments(given, workers=workers)]


def arguments(given: Sequence[str], *, workers: str | None = None) -> list[str]:
    """Those of pytest, with the ``given``."""
    return [
        "-c", str(FOLDER / "pytest.ini"), f"--rootdir={FOLDER}",
        "--noconftest",
        "-p", "no:cacheprovider", "-p", "no:logging",  # of which nothing is shown, and which takes its time
        "-p", "pytest_dockerlab.plugin",
        *(() if workers is None else ("-p", "xdist", "-n", workers)),
        *given,
    ]  # fmt: skip


def environment(here: Path) -> dict[str, str]:
    """What it sees: paths among our own variables start at ``here``, where the user is."""
    found = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "PYTHON", "COVERAGE_", "COV_CORE_")) or name == "PYTHONUTF8"
    }
    found["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for option in option_table.OPTIONS:
        if option.is_path and found.get(option.environment):
            found[option.environment] = str(here / found[option.environment])
    return found
