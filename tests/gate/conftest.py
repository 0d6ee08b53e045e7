"""act, and what it needs: a checkout of ours, and wheels of all that the action installs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from ._act import ROOT, Act, export


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Had once for a whole run, by whichever worker is the first."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "wheels"
    with FileLock(base / "wheels.lock"):
        if not folder.exists():
            wanted = [f"{ROOT}[tools]", "setuptools>=77", "Babel>=2.16"]  # and what it is built with
            words = ["download", "-qq", "--dest", f"{folder}.part", *wanted]
            subprocess.run([sys.executable, "-m", "pip", *words], check=True)
            Path(f"{folder}.part").rename(folder)
    return folder


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def act(checkout: Path, wheels: Path, tmp_path: Path) -> Act:
    """The runner. Where it is not installed, tests that need it are skipped."""
    if shutil.which("act") is None:
        pytest.skip("no act here: it is in the extra dev")
    return Act(checkout, tmp_path, wheels)
