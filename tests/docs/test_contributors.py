"""docs/contributors.md: its commands are there and run, its rooms are all of them, and the files it names exist."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from benchmarks.__main__ import BENCHMARKS

from .markdown import PAGES, ROOT, Step, blocks
from .test_contributing import lint

PAGE = ROOT / "docs" / "contributors.md"
TEXT = PAGE.read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^(\w+):.*  ## ", MAKEFILE, re.MULTILINE))
COMMANDS = [
    step for block in blocks(PAGE) if block.language == "sh" and "not run" not in block.notes for step in block.steps
]


@pytest.mark.parametrize("step", COMMANDS, ids=lambda step: step.command)
def test_a_command_runs(step: Step, checkout: Path) -> None:
    program, *words = step.words
    done = subprocess.run(
        [checkout / ".venv" / "bin" / program, *words], cwd=checkout, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_target_of_make_is_listed_and_every_one_named_exists() -> None:
    assert set(re.findall(r"^\| `make (\w+)` \|", TEXT, re.MULTILINE)) == TARGETS
    [phony] = re.findall(r"^\.PHONY: (.+)", MAKEFILE, re.MULTILINE)
    assert set(phony.split()) == TARGETS
    for page in PAGES:
        assert set(re.findall(r"(?:`|^)make (\w+)", page.read_text("utf-8"), re.MULTILINE)) <= TARGETS, page


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_make_knows_what_to_do(target: str) -> None:
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_every_benchmark_is_named() -> None:
    [sentence] = re.findall(r"^They are (.+)\.$", TEXT, re.MULTILINE)
    assert re.findall(r"`(\w+)`", sentence) == list(BENCHMARKS)


def test_every_room_is_in_the_table() -> None:
    package = ROOT / "pytest_dockerlab"
    rooms = {
        path.parent.relative_to(package).as_posix()
        for path in package.glob("**/__init__.py")
        if path.parent != package and not path.parent.relative_to(package).is_relative_to("checks")
    }
    listed = re.findall(r"`([\w/]+)/`", "\n".join(line for line in TEXT.splitlines() if line.startswith("| ")))
    assert {each for each in listed if not each.startswith(("checks/", "tests/"))} >= rooms | {"checks", "fixtures"}
    assert [each for each in listed if not (package / each).is_dir() and not (ROOT / each).is_dir()] == []


def test_every_file_it_names_exists() -> None:
    named = set(re.findall(r"[\w/]+/\w+\.py\b", TEXT))
    assert len(named) > 15
    assert [
        each for each in named if not (ROOT / each).exists() and not (ROOT / "pytest_dockerlab" / each).exists()
    ] == []


def test_hooks_of_git_run_what_lint_runs() -> None:
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    hooks = [shlex.split(hook["entry"].removeprefix(".venv/bin/")) for hook in repository["hooks"]]
    # of the files that changed, and mending them, where lint looks at all and says what is wrong
    only_of_lint, only_of_hooks = {"."}, {"--fix", "--force-exclude"}
    assert {frozenset(words) - only_of_lint for words in lint()} == {
        frozenset(words) - only_of_hooks | ({"--check"} if words[:2] == ["ruff", "format"] else set())
        for words in hooks
    }
