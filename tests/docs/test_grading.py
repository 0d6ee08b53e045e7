"""Follows docs/grading.md from the beginning of a term to its end: each command prints what is shown below it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import command_line, tools

from ._term import write_clones
from .markdown import ROOT, blocks, is_shown
from .test_contributing import write
from .test_docs import start

GUIDE = list(blocks(ROOT / "docs" / "grading.md"))
SHOWN = ("sh", "console")


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
def test_a_term(tmp_path: Path) -> None:
    write_clones(tmp_path / "clones")
    followed = 0
    for block in GUIDE:
        if "file" in block.notes:
            write(tmp_path, {block.notes["file"]: block.text})
        for step in block.steps if block.language in SHOWN and "not run" not in block.notes else ():
            if step.is_ours:
                done = start(step, tmp_path, DOCKERLAB_LANG="en", XDG_CACHE_HOME=str(tmp_path / "cache"))
                printed = done.stdout + done.stderr
                assert done.returncode == int(block.notes.get("exit", "0")), f"{block}: {step.command}\n{printed}"
            else:
                program, *words = step.words
                assert program == "cat", f"{block}: {step.command}"
                printed = "".join((tmp_path / name).read_text("utf-8-sig") for name in words)
            stale = is_shown(step.shown, printed)
            assert stale is None, f"{block}: {step.command} does not print\n{stale}\nbut\n{printed}"
            followed += 1
    assert followed == 15


@pytest.mark.parametrize("block", [block for block in GUIDE if block.language in SHOWN], ids=str)
def test_its_commands_parse(block: object) -> None:
    for step in block.steps:  # type: ignore[attr-defined]
        if step.words[0] == "dockerlab":
            command_line.parse(step.words[1:], "en")


def test_what_is_not_run_says_why() -> None:
    assert len([block for block in GUIDE if "not run" in block.notes]) == 0
