"""Scripts with the line ends of Windows, by what programs say of them; the words were seen of the programs named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.deployment.crlf_scripts import windows_script
from pytest_dockerlab.submission.files.worktree import WorkTree


def tree(folder: Path, **files: str) -> WorkTree:
    (folder / "app").mkdir()
    for name, content in files.items():
        path = folder / "app" / f"{name}.sh"
        path.write_bytes(content.encode())
        path.chmod(0o755)
    return WorkTree(folder)


@pytest.mark.parametrize(
    "said",
    [
        "exec /start.sh: no such file or directory",  # runc 1.1
        "standard_init_linux.go:228: exec user process caused: no such file\n"
        "exec /app/start.sh: no such file or directory",
        'exec: "/start.sh": stat /start.sh: no such file or directory',
        "sh: 1: /start.sh: not found",  # dash
        "sh: 1: exec: ./start.sh: not found",
        "sh: exec: line 0: /start.sh: not found",  # busybox
        "bash: line 1: ./start.sh: cannot execute: required file not found",  # bash 5.2
        "bash: ./start.sh: /bin/bash^M: bad interpreter: No such file or directory",  # bash before it
        "/usr/bin/env: 'bash\\r': No such file or directory",  # coreutils, which name no file
        "fine so far\nsh: 1: /start.sh: not found\nand more",
    ],
)
def test_the_script_is_found_and_seen_to_be_one(tmp_path: Path, said: str) -> None:
    here = tree(tmp_path, start="#!/bin/bash\r\nexec ruby\r\n", other="#!/bin/sh\nls\n")
    assert windows_script(here, said) == "app/start.sh"


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("#!/bin/bash\nexec ruby\n", "exec /start.sh: no such file or directory"),  # there is no bash
        ("#!/bin/bash\nexec ruby\r\n", "exec /start.sh: no such file or directory"),
        ("#!/bin/bash\r\nexec ruby\r\n", "exec /run.sh: no such file or directory"),  # it was not copied
        ("#!/bin/bash\r\nexec ruby\r\n", "start.sh: 3: ruby: not found"),
        ("#!/bin/bash\r\nexec ruby\r\n", "Connection refused"),
        ("#!" + "x" * 100_000 + "\r\n", "exec /start.sh: no such file or directory"),
    ],
)
def test_anything_else_is_none(tmp_path: Path, start: str, said: str) -> None:
    assert windows_script(tree(tmp_path, start=start), said) is None


def test_two_of_the_same_name_are_not_guessed_between(tmp_path: Path) -> None:
    here = tree(tmp_path, start="#!/bin/sh\r\n")
    (tmp_path / "start.sh").write_bytes(b"#!/bin/sh\r\n")
    assert windows_script(here, "exec /start.sh: no such file or directory") is None


def test_of_long_text_nothing_is_slow(tmp_path: Path) -> None:
    assert windows_script(tree(tmp_path), "exec " * 50_000 + "/" * 50_000 + ": " * 50_000) is None
