"""What git passes over, as git itself says it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pytest_dockerlab.submission.files.gitignore import ignoring_line
from pytest_dockerlab.submission.files.worktree import WorkTree

PATH = "src/a/x.yml"


@pytest.mark.parametrize(
    "text",
    [
        "x.yml", "*.yml", "/x.yml", "src/a/x.yml", "/src/a/x.yml", "src/*.yml", "src/*/x.yml", "**/x.yml", "src/**",
        "src/**/x.yml", "a/x.yml", "a", "a/", "src/", "/a", "x.yml/", "# x.yml", "*.yml\n!x.yml", "!x.yml\n*.yml",
        "src/\n!src/a/x.yml", "[xy].yml", "x.ym?", "  x.yml", "x.yml  ", "y.yml", "**/a/**", "**", "src/a", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("folder", ["", "src/"])
def test_git_says_the_same(tmp_path: Path, text: str, folder: str) -> None:
    (tmp_path / "src" / "a").mkdir(parents=True)
    (tmp_path / f"{folder}.gitignore").write_text(f"{text}\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    said = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "-v", "--no-index", PATH],
        cwd=tmp_path, check=False, capture_output=True, text=True,
    ).stdout  # fmt: skip
    is_ignored = bool(said) and not said.split("\t")[0].rpartition(":")[2].startswith("!")
    found = ignoring_line(WorkTree(tmp_path), PATH)
    assert (found is not None) == is_ignored
    if found is not None:
        assert said.startswith(f"{found}:")


def test_without_one_nothing_is_passed_over(tmp_path: Path) -> None:
    assert ignoring_line(WorkTree(tmp_path), PATH) is None
