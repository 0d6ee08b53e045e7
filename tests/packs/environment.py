"""Environments with packs: virtual environments of their own, in which pytest-dockerlab is installed as users have it.

The third parties are those of the environment the tests run in; a network is not needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = {"dockerlab": "pytest_dockerlab.cli", "pytest": "pytest", "pybabel": "babel.messages.frontend"}
"""The commands that may be installed in another environment only."""
CHANGES_A_RUN = ("DOCKERLAB_", "GITHUB_", "CI_", "PYTEST_", "PYTHON", "LC_", "LANGUAGE", "COV_")


def build_wheel(source: Path, folder: Path) -> Path:
    """The wheel of a project's folder, which is left as it is."""
    copy = folder / "source"
    skipped = shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info", "tests", "examples")
    shutil.copytree(source, copy, ignore=skipped)
    run = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    _done(subprocess.run([*run, "--wheel-dir", str(folder), str(copy)], capture_output=True, text=True, check=False))
    shutil.rmtree(copy)
    [wheel] = folder.glob("*.whl")
    return wheel


class Environment:
    """A virtual environment. ``below`` are folders of modules that it has too: those of another environment."""

    def __init__(self, folder: Path, *below: Path) -> None:
        self.folder = folder
        venv.create(folder, symlinks=True)
        self.python = folder / "bin" / "python"
        scheme = {"base": str(folder), "platbase": str(folder)}
        self.site = Path(sysconfig.get_path("purelib", "venv", scheme))
        third_parties = [each for each in sys.path if Path(each).name == "site-packages"]
        # as plain lines: what is installed here editably is not
        (self.site / "below.pth").write_text("\n".join([*map(str, below), *third_parties]) + "\n")

    def install(self, *wheels: Path) -> None:
        words = ["--python", str(self.python), "install", "--quiet", "--no-deps", "--no-index", *map(str, wheels)]
        _done(subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False))

    def run(self, *words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this environment. Of other programs only what is in it is found."""
        script = self.folder / "bin" / words[0]
        command = [str(script)] if script.exists() else [str(self.python), "-m", MODULES[words[0]]]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(CHANGES_A_RUN)}
        clean |= {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "COLUMNS": "160", "PATH": str(self.folder / "bin"), **environ}
        clean.pop("CI", None)
        clean.pop("VIRTUAL_ENV", None)
        return subprocess.run(
            [*command, *words[1:]], cwd=cwd, env=clean, capture_output=True, text=True, timeout=300, check=False
        )


def _done(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
