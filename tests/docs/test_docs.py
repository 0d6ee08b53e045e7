"""The documentation tells the truth: links lead somewhere, commands run, and what is shown is what is printed."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from pytest_dockerlab import catalogue, command_line, tools
from pytest_dockerlab.options import OPTIONS
from pytest_dockerlab.report.explanations import page, section
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask
from scripts import tables

from .markdown import ITEM_PAGES, PAGES, ROOT, Block, Step, anchors, blocks, is_shown, links

FOLLOWED = (
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "calibration.md",
    "contributors.md",
    "grading.md",
    "machines.md",
    "packs.md",
    "releasing.md",
)
"""Pages without commands for users, and those with tests of their own."""
COMMAND_PAGES = [each for each in PAGES if each.name not in FOLLOWED]
IN_A_REPOSITORY = ("students.md", "students.ru.md")
"""Pages whose reader stands in his own repository."""
NOT_RUN = 36
"""Blocks that cannot be run here, each with its reason before it. One more is a decision, so the number is counted."""

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


# --- Links ---


@pytest.mark.parametrize("path", [*PAGES, *ITEM_PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for link in links(path):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme in ("https", "mailto"), link
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        is_there = target.is_relative_to(ROOT) and target.exists()
        if not is_there or (parts.fragment and unquote(parts.fragment) not in anchors(target)):
            broken.append(link)
    assert not broken


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    missing = {*(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md"} - linked - {index}
    assert not missing


# --- Commands ---


def commands() -> list[tuple[Block, Step]]:
    found = []
    for block in blocks(*COMMAND_PAGES):
        if block.language in ("sh", "console"):
            found += [(block, step) for step in block.steps if step.is_ours]
        elif block.language == "yaml" and ("jobs:" in block.text or "gitlab" in block.notes):
            lines = [line.strip() for script in scripts(yaml.safe_load(block.text)) for line in script.splitlines()]
            at = Block(block.page, block.line, "sh", block.text, {"in": "examples/reddit"})
            found += [(at, step) for line in lines if (step := Step(line)).is_ours]
    return found


def scripts(workflow: dict[str, Any]) -> Iterator[str]:
    """The scripts of a workflow of GitHub's, or of a pipeline of GitLab's."""
    for job in workflow.get("jobs", {}).values():
        yield from (step.get("run", "") for step in job["steps"])
    for job in workflow.values():
        yield from job.get("script", ()) if isinstance(job, dict) else ()


COMMANDS = commands()
RUN = [(block, step) for block, step in COMMANDS if "not run" not in block.notes]


def name(value: object) -> str:
    return value.command if isinstance(value, Step) else str(value)


@pytest.mark.parametrize(("block", "step"), COMMANDS, ids=name)
def test_a_command_parses(block: Block, step: Step) -> None:
    program, *words = step.words
    if program == "dockerlab":
        command_line.parse(words, "en")
        return
    flags = {word.partition("=")[0] for word in words if word.startswith("--hw")}
    assert flags <= {"--hw", *(option.flag for option in OPTIONS)}, block
    assert "--hw" in flags, block


def workspace(folder: Path, variant: str) -> Path:
    """A folder with what the commands name: the example, a repository on its homework's branch, and a course file."""
    example = folder / "examples" / "reddit"
    shutil.copytree(ROOT / "examples" / "reddit", example, ignore=shutil.ignore_patterns(".env", "__pycache__"))
    shutil.copy(ROOT / "examples" / "course.toml", folder)
    if variant == "broken":
        compose = example / "docker" / "docker-compose.yml"
        text = compose.read_text("utf-8")
        ui = "    networks:\n      - front_net\n"
        assert text.count(ui) == 1, "ui is on front_net only"
        compose.write_text(text.replace(ui, f"{ui}      - back_net\n"), "utf-8")
    for words in (["init", "-q", "-b", "docker-4"], ["add", "."], ["commit", "-q", "-m", "docker-4"]):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *words], cwd=example, check=True, capture_output=True)
    return folder


def environment(**more: str) -> dict[str, str]:
    """Ours without what changes a run; the files tier unless a command says otherwise, and no engine to wait for."""
    prefixes = ("DOCKERLAB_", "GITHUB_", "CI_", "PYTEST_", "LC_", "LANGUAGE", "DOCKER_", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "COLUMNS": "160",
        "DOCKERLAB_TIER": "files",
        "DOCKER_HOST": "unix:///nowhere/docker.sock",
        **more,
    }


def start(step: Step, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    program, *words = step.words
    if program == "python":
        assert words[:1] == ["-m"]
        module, words = words[1], words[2:]
    else:
        module = "pytest_dockerlab.cli" if program == "dockerlab" else "pytest"
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


Key = tuple[str, str, str]


def key(block: Block, step: Step) -> Key:
    folder = block.notes.get("in", "examples/reddit" if block.page.name in IN_A_REPOSITORY else "")
    return block.notes.get("example", "as it is"), folder, " ".join(step.words)


class Outcomes:
    """What every command leaves, run once however often it is named."""

    def __init__(self, pool: ThreadPoolExecutor, folders: dict[str, Path]) -> None:
        self._pool = pool
        self._folders = folders
        self._known: dict[Key, Future[subprocess.CompletedProcess[str]]] = {}

    def __call__(self, block: Block, step: Step) -> Future[subprocess.CompletedProcess[str]]:
        wanted = key(block, step)
        if wanted not in self._known:
            variant, folder, _words = wanted
            self._known[wanted] = self._pool.submit(start, step, self._folders[variant] / folder)
        return self._known[wanted]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    variants = {key(block, step)[0] for block, step in RUN}
    folders = {variant: workspace(tmp_path_factory.mktemp("workspace"), variant) for variant in variants}
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        found = Outcomes(pool, folders)
        if "PYTEST_XDIST_WORKER" not in os.environ:  # there the workers are what runs at the same time
            for block, step in RUN:
                found(block, step)
        yield found


@needs_compose
@pytest.mark.parametrize(("block", "step"), RUN, ids=name)
def test_a_command_runs_and_prints_what_is_shown(block: Block, step: Step, outcomes: Outcomes) -> None:
    done = outcomes(block, step).result()
    printed = done.stdout + done.stderr
    assert done.returncode == int(block.notes.get("exit", "0")), f"{block}: {step.command}\n{printed}"
    stale = is_shown(step.shown, printed)
    assert stale is None, f"{block}: {step.command} does not print\n{stale}\nbut\n{printed}"


@pytest.mark.parametrize("block", [block for block in blocks(*COMMAND_PAGES) if "gitlab" in block.notes], ids=str)
def test_a_pipeline_is_right_by_our_own_check(block: Block, tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(block.text, "utf-8")
    asked = ask(catalogue.load().items["gitlab-ci-1/pipeline-file"], Submission("shown", WorkTree(tmp_path)))
    assert asked.verdict is Verdict.PASSED, asked


def test_what_is_not_run_is_counted() -> None:
    reasons = [block.notes["not run"] for block in blocks(*COMMAND_PAGES) if "not run" in block.notes]
    assert all(reasons)
    assert len(reasons) == NOT_RUN, reasons


def test_items_are_shown_by_their_present_titles() -> None:
    items = catalogue.load().items
    shown = 0
    for block in blocks(ROOT / "README.md", ROOT / "docs" / "students.md"):
        for line in block.text.splitlines() if block.language in ("console", "text") else ():
            found = re.match(r" [✓✗!○?E] (?P<id>\S+/\S+)\s+(?P<title>.+)", line)
            if found:
                assert found["title"] == items[found["id"]].title
                shown += 1
    assert shown >= 5


# --- The pages that repeat what stands elsewhere ---


@pytest.mark.parametrize("name", tables.TABLES)
def test_a_table_is_current(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    assert text == tables.with_table(name, text), "run scripts/tables.py"


def test_every_option_has_a_row() -> None:
    text = (ROOT / "docs/options.md").read_text("utf-8")
    assert all(f"`{option.flag}" in text for option in OPTIONS)


def test_the_course_file_is_valid() -> None:
    known = catalogue.load()
    course = known.course(ROOT / "examples" / "course.toml")
    assert set(course.numbers) <= {each.slug for each in known.homeworks}
    assert catalogue.load(course.numbers).homework("18") is not None
    assert course.levels
    assert course.points
    assert course.image_sizes["ui"] == 100_000_000
    assert course.images


def test_the_course_file_in_the_docs_is_the_example() -> None:
    [shown] = [block for block in blocks(ROOT / "docs" / "instructors.md") if block.language == "toml"]
    assert shown.text == (ROOT / "examples" / "course.toml").read_text("utf-8")


BOLD = {
    "en": ("**What is checked.**", "**Why.**", "**Right:**", "**Wrong:**"),
    "ru": ("**Что проверяется.**", "**Зачем.**", "**Правильно:**", "**Неправильно:**"),
}
CATALOGUE = catalogue.load()
EXPLAINED = [
    (homework, item)
    for homework in CATALOGUE.homeworks
    if homework.package.startswith("pytest_dockerlab.")
    for item in CATALOGUE.items_of(homework)
    if not item.is_planned
]


@pytest.mark.parametrize("language", BOLD)
@pytest.mark.parametrize(("homework", "item"), EXPLAINED, ids=lambda value: getattr(value, "id", ""))
def test_every_item_is_explained(homework: object, item: object, language: str) -> None:
    path = page(homework, language)  # type: ignore[arg-type]
    assert path is not None
    assert path.name == f"{language}.md"
    text = section(homework, item.id, language)  # type: ignore[arg-type]
    assert text is not None
    places = [text.find(bold) for bold in BOLD[language]]
    assert -1 not in places, "a part is missing"
    assert places == sorted(places)
    assert all(text.count(bold) == 1 for bold in BOLD[language])


@pytest.mark.parametrize("path", ITEM_PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_section_is_left_of_an_item_that_is_gone(path: Path) -> None:
    headings = [line.removeprefix("## ") for line in path.read_text("utf-8").splitlines() if line.startswith("## ")]
    homework = CATALOGUE.homework(path.parent.parent.name.replace("_", "-"))
    assert homework is not None
    built = [f"{homework.slug}/{item}" for item in homework.items if isinstance(item, str)]
    assert headings == built, "in the order of the homework"


# --- Examples of code ---


def test_python_examples_use_what_exists() -> None:
    from pytest_dockerlab import fixtures

    names = set()
    for path in Path(fixtures.__path__[0]).glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for block in blocks(ROOT / "docs" / "fixtures.md"):
        if block.language != "python":
            continue
        for node in ast.walk(ast.parse(block.text)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert {argument.arg for argument in node.args.args} <= names, block
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("pytest_dockerlab"):
                module = importlib.import_module(str(node.module))
                assert all(hasattr(module, alias.name) for alias in node.names), block


def test_every_fixture_is_documented() -> None:
    from pytest_dockerlab import fixtures

    text = (ROOT / "docs" / "fixtures.md").read_text("utf-8")
    for path in Path(fixtures.__path__[0]).glob("[a-z]*.py"):
        module = importlib.import_module(f"pytest_dockerlab.fixtures.{path.stem}")
        assert all(f"`{each}`" in text for each in module.__all__ if each.islower()), module.__name__


@needs_compose
def test_the_submission_example_runs(tmp_path: Path) -> None:
    page = ROOT / "docs" / "fixtures.md"
    [example] = [block for block in blocks(page) if block.notes.get("file") == "test_compose.py"]
    folder = workspace(tmp_path, "as it is") / "examples" / "reddit"
    (folder / "test_compose.py").write_text(example.text, "utf-8")
    done = start(Step("pytest -q test_compose.py"), folder)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
