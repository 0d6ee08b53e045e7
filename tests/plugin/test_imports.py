"""Only what is asked for is imported: which modules a command, and a run of the files tier, have in the end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "reddit"
CLIENTS = {
    "docker", "dockerfile", "dotenv", "filelock", "gitlab", "jinja2", "markdown_it", "requests", "rich", "tenacity",
    "testinfra", "tree_sitter", "urllib3", "yaml",
}  # fmt: skip
"""Other people's, which take long to import."""
OF_HIGHER_TIERS = {
    "deployment", "engine.compose", "engine.hosts", "engine.images", "engine.probes", "plans", "reddit_app", "registry",
}  # fmt: skip
"""Our rooms that no check of the files tier needs."""
OF_SUBMISSIONS = {"submission.compose", "submission.dockerfiles", "submission.scan", "submission.text"}


def modules_after(words: list[str], code: int, start: str = "pytest_dockerlab.cli") -> set[str]:
    """The names of all modules that are imported when ``main(words)`` of the module ``start`` has ended."""
    source = (
        "import sys\n"
        f"from {start} import main\n"
        "try:\n"
        f"    code = main({words!r})\n"
        "except SystemExit as stop:\n"
        "    code = stop.code\n"
        f"assert code == {code}, code\n"
        "print('\\n' + ' '.join(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return set(done.stdout.splitlines()[-1].split())


def ours_of(modules: set[str], rooms: set[str]) -> set[str]:
    prefixes = tuple(f"pytest_dockerlab.{room}" for room in rooms)
    return {each for each in modules if each.startswith(prefixes)}


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["check", "--help"]], ids=" ".join)
def test_a_command_that_only_speaks_of_itself_has_nothing_else(words: list[str]) -> None:
    found = modules_after(words, 0)
    assert not found & CLIENTS
    ours = {each for each in found if each.startswith("pytest_dockerlab.")}
    assert ours <= {
        f"pytest_dockerlab.{name}"
        for name in (
            "cli",
            "command_line",
            "errors",
            "findings",
            "grading",
            "grading.commands",
            "messages",
            "option_table",
        )
    }, "of the commands of grading only their names"


def test_list_has_the_items_and_nothing_that_they_work_with() -> None:
    found = modules_after(["list"], 0)
    assert found & CLIENTS == {"rich"}, "which draws the table"
    assert not ours_of(found, OF_HIGHER_TIERS | {"fixtures", "run"})


def run_words(homework: str) -> list[str]:
    words = ["--noconftest", "-p", "no:cacheprovider", "-p", "pytest_dockerlab.plugin", "-c", "/dev/null"]
    return [*words, "--rootdir=/", f"--hw={homework}", "--hw-tier=files", f"--hw-submission={EXAMPLE}"]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No plugin but ours: testinfra is one, and loads itself; so is this session's coverage."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.usefixtures("alone")
def test_an_unknown_homework_is_refused_without_them() -> None:
    found = modules_after(run_words("docker-44"), 4, "pytest")
    assert "pytest_dockerlab.run.run" in found
    assert not found & CLIENTS
    assert not ours_of(found, OF_HIGHER_TIERS | OF_SUBMISSIONS | {"fixtures", "checks.docker_4."})


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("homework", ["docker-1", "docker-2", "docker-3", "docker-4"])
def test_the_files_tier_has_nothing_of_the_higher_ones(homework: str) -> None:
    found = modules_after(run_words(homework), 0, "pytest")
    assert f"pytest_dockerlab.checks.{homework.replace('-', '_')}" in found
    assert not ours_of(found, OF_HIGHER_TIERS | {"digests"}), "digests are for results.json, which nobody asked for"
    assert not found & {"docker", "filelock", "gitlab", "jinja2", "requests", "rich", "tenacity", "testinfra"}
    others = {"docker_1", "docker_2", "docker_3", "docker_4"} - {homework.replace("-", "_")}
    packages = {f"pytest_dockerlab.checks.{each}" for each in others}
    assert not {each for each in found if each.rpartition(".")[0] in packages}, "items of other homeworks"
