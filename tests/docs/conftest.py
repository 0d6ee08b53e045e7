"""A checkout of its own for tests that do in it what a contributor does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packs.environment import Environment

from .markdown import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what git knows of this checkout, or would if it were added; committed, with an environment."""
    folder = tmp_path / "checkout"
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    known = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, known.split("\0")):
        if os.path.lexists(ROOT / name):  # one that is deleted is known until that is committed
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "before"]):
        subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)
    _make_environment(folder)
    return folder


def _make_environment(folder: Path) -> None:
    """A virtual environment in which the project is what lies in ``folder``, as ``make dev`` leaves it, but at once.

    All else is borrowed from the environment of this test.
    """
    programs, ours = Environment(folder / ".venv", folder).python.parent, Path(sys.executable).parent
    for program in ours.iterdir():
        target = programs / program.name
        if target.exists() or program.is_dir():
            continue
        first, _newline, rest = program.read_bytes().partition(b"\n")
        if first.startswith(b"#!" + os.fsencode(ours / "python")):
            target.write_bytes(b"#!" + os.fsencode(programs / "python") + b"\n" + rest)
            target.chmod(0o755)
        else:
            target.symlink_to(program)
