"""Follows CONTRIBUTING.md: writes its files, runs its commands, and looks whether they print what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pytest_dockerlab import tools

from .markdown import ROOT, Block, Step, blocks, is_shown

GUIDE = list(blocks(ROOT / "CONTRIBUTING.md"))
FILES = {block.notes["file"]: block.text for block in GUIDE if "file" in block.notes}
STEPS = [(block, step) for block in GUIDE if block.language == "console" for step in block.steps]
IN_A_COURSE = [(block, step) for block, step in STEPS if block.notes.get("in") == "my-course"]
CATALOGUE = "pytest_dockerlab/locale/ru/LC_MESSAGES/pytest_dockerlab.po"
COPIED = ("pytest_dockerlab", "checks", "fixtures", "examples", "tests", "scripts", "conftest.py", "pyproject.toml")
"""What of a clone the steps use."""


def run(step: Step, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    words = step.words
    if words[0] == "dockerlab":  # as the script does, but the package is the one in this folder
        words = ["python", "-m", "pytest_dockerlab.cli", *words[1:]]
    assert words[0] == "python", step.command
    prefixes = ("DOCKERLAB_", "GITHUB_", "CI_", "PYTEST_", "PYTHON", "LC_", "LANGUAGE", "COV_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    clean |= {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "COLUMNS": "160", **environ}
    return subprocess.run(
        [sys.executable, *words[1:]], cwd=folder, env=clean, capture_output=True, text=True, timeout=300, check=False
    )


def follow(block: Block, folder: Path, **environ: str) -> None:
    """Run the commands of a block and compare what they print."""
    for step in block.steps:
        done = run(step, folder, **environ)
        printed = done.stdout + done.stderr
        assert done.returncode == int(block.notes.get("exit", "0")), f"{block}: {step.command}\n{printed}"
        stale = is_shown(step.shown, printed)
        assert stale is None, f"{block}: {step.command} does not print\n{stale}\nbut\n{printed}"


def translate(path: Path, text: str) -> None:
    """Fill in what a person would with an editor; each message must be waiting for it there."""
    pofile = pytest.importorskip("babel.messages.pofile")
    with path.open("rb") as stream:
        catalogue = pofile.read_po(stream)
    for message in pofile.read_po(text.splitlines()):
        if message.id:
            waiting = catalogue.get(message.id)
            assert waiting.fuzzy or not waiting.string, message.id
            waiting.string = message.string
            waiting.flags.discard("fuzzy")
    with path.open("wb") as stream:
        pofile.write_po(stream, catalogue, width=0)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        assert not path.exists(), f"{name} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of this checkout. What is run in it is the copy: the current folder comes before what is installed."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            skipped = shutil.ignore_patterns("__pycache__", ".env", "*.egg-info")
            shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=skipped)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
def test_the_steps_lead_to_what_they_promise(clone: Path) -> None:
    for block in GUIDE:
        name = block.notes.get("file", "")
        if name == "the catalogue":
            translate(clone / CATALOGUE, block.text)
        elif name and not name.startswith("my-course/"):
            write(clone, {name: block.text})
        elif block.language == "console" and "in" not in block.notes:
            follow(block, clone)


def test_the_steps_are_all_there() -> None:
    titles = re.findall(r"^### (\d)\. ", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    assert titles == ["1", "2", "3", "4", "5", "6"]
    assert set(FILES) == {
        "checks/hello_1.py",
        "careless/.gitignore",
        "tests/samples/hello_1.py",
        "checks/docs/hello-1.en.md",
        "checks/docs/hello-1.ru.md",
        "the catalogue",
        "my-course/pyproject.toml",
    }
    assert len(STEPS) == 10
    assert len(IN_A_COURSE) == 2


def test_the_code_has_the_projects_style(tmp_path: Path) -> None:
    ruff = tools.find("ruff")
    if ruff is None:
        pytest.skip("no ruff here")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    write(tmp_path, {name: text for name, text in FILES.items() if name.endswith(".py")})
    for words in (["check", "--no-cache", "."], ["format", "--no-cache", "--check", "."]):
        done = subprocess.run([ruff, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_course_of_its_own(tmp_path: Path) -> None:
    """The package is laid out as the guide says. Installing is replaced by what it would leave: files and metadata."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns(".env", "__pycache__"))
    course, site = tmp_path / "my-course", tmp_path / "site"
    write(
        tmp_path,
        {
            "my-course/pyproject.toml": FILES["my-course/pyproject.toml"],
            "site/my_course/__init__.py": "",
            "site/my_course/hello_1.py": FILES["checks/hello_1.py"],
            "site/my_course/docs/hello-1.en.md": FILES["checks/docs/hello-1.en.md"],
            "site/my_course/docs/hello-1.ru.md": FILES["checks/docs/hello-1.ru.md"],
        },
    )
    project = tomllib.loads(FILES["my-course/pyproject.toml"])
    name, version = project["project"]["name"], project["project"]["version"]
    lines = [
        f"[{group}]\n" + "\n".join(f"{key} = {value}" for key, value in entries.items())
        for group, entries in project["project"]["entry-points"].items()
    ]
    info = f"site/{name.replace('-', '_')}-{version}.dist-info"
    write(
        tmp_path,
        {
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/entry_points.txt": "\n".join(lines),
        },
    )
    for block in GUIDE:
        if block.notes.get("in") == "my-course":
            follow(block, course, PYTHONPATH=str(site))
    explained = run(Step("dockerlab explain hello-1/env-ignored --lang ru"), course, PYTHONPATH=str(site))
    assert FILES["checks/docs/hello-1.ru.md"].partition("\n## ")[2].splitlines()[-1] in explained.stdout
    assert "**Что проверяется.**" in explained.stdout
