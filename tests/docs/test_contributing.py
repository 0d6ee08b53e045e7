"""Follows CONTRIBUTING.md: writes its files, runs its commands, and looks whether they print what it says.

That is in a copy of this checkout, with an environment of the copy's own: what a contributor has after ``make dev``.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages import pofile

from pytest_dockerlab import tools

from .markdown import ROOT, Block, Step, blocks, is_shown

GUIDE = list(blocks(ROOT / "CONTRIBUTING.md"))
FILES = {block.notes["file"]: block.text for block in GUIDE if "file" in block.notes}
STEPS = [(block, step) for block in GUIDE if block.language == "console" for step in block.steps]
OF_EVERYTHING = ("make lint", 'python -m pytest -n 2 -m "not engine"')
CATALOGUE = "pytest_dockerlab/locale/ru/LC_MESSAGES/pytest_dockerlab.po"

# What knows of no homework, by the contract of imports; what runs homeworks that it names, or a course of its own; and
# what is built of commits. Their tests see nothing of a new one; nor do samples of others.
ROOMS = (
    *("deployment", "engine", "gitlab", "hostile", "monitoring", "mutants", "net", "plans", "reddit_app", "registry"),
    *("submission", "browser", "cohort", "gate", "grading", "neighbours", "roster", "digests/test_truth.py"),
    *("docs/test_contributors.py", "docs/test_grading.py", "docs/test_grading_pages.py", "docs/test_packs.py"),
    *("report/github", "report/page/test_feedback.py", "report/page/test_page.py", "report/page/test_pictures.py"),
    *("packs/test_packs.py", "run/test_outside_programs.py", "test_package.py", "test_release.py", "test_tools.py"),
)
# Of the runs of pytest: what a name may mean, and what is imported when.
OF_ALL_HOMEWORKS = ("test_imports.py", "test_selection.py")
# By the beginnings of their names: no command on a page for users asks for every homework; which branch or merge is
# whose is asked of a course of the tests.
UNSEEING = (
    "tests/docs/test_docs.py::test_a_command_runs_and_prints_what_is_shown",
    "tests/plugin/test_selection.py::test_auto",
    "tests/plugin/test_selection.py::test_ref_auto",
)

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


def start(words: list[str], folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    prefixes = ("DOCKERLAB_", "GITHUB_", "CI_", "PYTEST_", "PYTHON", "LC_", "LANGUAGE", "COV_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    clean |= {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "COLUMNS": "160", **environ}
    return subprocess.run(words, cwd=folder, env=clean, capture_output=True, text=True, timeout=3600, check=False)


def follow(block: Block, folder: Path, bin: Path, **environ: str) -> None:
    """Run the commands of a block with the programs in ``bin``, and compare what they print."""
    for step in block.steps:
        program, *words = step.words
        done = start([str(bin / program), *words], folder, **environ)
        printed = done.stdout + done.stderr
        assert done.returncode == int(block.notes.get("exit", "0")), f"{block}: {step.command}\n{printed}"
        stale = is_shown(step.shown, printed)
        assert stale is None, f"{block}: {step.command} does not print\n{stale}\nbut\n{printed}"


def translate(path: Path, text: str) -> None:
    """Fill in what a person would with an editor; each message must be waiting for it there."""
    with path.open("rb") as stream:
        catalogue = pofile.read_po(stream)
    for message in pofile.read_po(text.splitlines()):
        if message.id:
            waiting = catalogue.get(message.id)
            assert waiting is not None, message.id
            assert not waiting.string, message.id
            waiting.string = message.string
    with path.open("wb") as stream:
        pofile.write_po(stream, catalogue, width=0)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        assert not path.exists(), f"{name} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@needs_compose
def test_the_steps_lead_to_what_they_promise(checkout: Path) -> None:
    for block in GUIDE:
        name = block.notes.get("file", "")
        if name == "the catalogue":
            translate(checkout / CATALOGUE, block.text)
        elif name:
            write(checkout, {name: block.text})
        elif block.language == "console" and block.steps[0].command not in OF_EVERYTHING:
            follow(block, checkout, checkout / ".venv" / "bin")


@needs_compose
def test_everything_passes_afterwards(checkout: Path) -> None:
    """The whole of lint, and every test that wants no engine and may see the new homework, but this module."""
    bin = checkout / ".venv" / "bin"
    files = {name: text for name, text in FILES.items() if name.startswith(("checks/", "tests/"))}
    write(checkout, files)
    start([str(bin / "python"), "scripts/messages.py"], checkout)
    translate(checkout / CATALOGUE, FILES["the catalogue"])
    touched = {CATALOGUE, *files}
    words = ["git", "status", "--short", "--untracked-files=all"]
    assert {line[3:] for line in start(words, checkout).stdout.splitlines()} == touched
    path = f"{bin}{os.pathsep}{os.environ['PATH']}"
    tests = ROOT / "tests"
    others = [path.parent for path in (tests / "checks").glob("*/_homework.py")]
    of_courses = [path for path in (tests / "plugin").glob("test_*.py") if path.name not in OF_ALL_HOMEWORKS]
    unseeing = [Path(__file__), *(tests / room for room in ROOMS), *others, *of_courses]
    assert all(path.exists() for path in unseeing)
    ignored = [f"--ignore={path.relative_to(ROOT)}" for path in unseeing]
    pytest_words = [*Step(OF_EVERYTHING[1]).words, *ignored, *(f"--deselect={each}" for each in UNSEEING)]
    if (ROOT / ".mypy_cache").is_dir():  # it goes by content
        shutil.copytree(ROOT / ".mypy_cache", checkout / ".mypy_cache")
    for each in [*lint(), pytest_words]:
        done = start([str(bin / each[0]), *each[1:]], checkout, PATH=path)
        assert done.returncode == 0, f"{shlex.join(each)}\n{done.stdout}\n{done.stderr}"
    assert {line[3:] for line in start(words, checkout).stdout.splitlines()} == touched, (
        "the tests leave nothing behind"
    )


def lint() -> list[list[str]]:
    """What ``make lint`` runs, without the installation of its environment."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    return [shlex.split(line) for line in tox["testenv:lint"]["commands"].splitlines() if line]


def test_the_steps_are_all_there() -> None:
    titles = re.findall(r"^### (\d)\. ", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    assert titles == ["1", "2", "3", "4", "5", "6"]
    assert set(FILES) == {
        "checks/hello_1/__init__.py",
        "checks/hello_1/env_ignored.py",
        "careless/.gitignore",
        "tests/checks/hello_1/test_env_ignored.py",
        "checks/hello_1/docs/en.md",
        "checks/hello_1/docs/ru.md",
        "the catalogue",
    }
    assert len(STEPS) == 10
    assert {step.command for _block, step in STEPS} >= set(OF_EVERYTHING)
