"""docker-4/project-name-lab, on the compose of this machine and on programs in its place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue, tools
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask, said

from ._homework import needs_compose

pytestmark = needs_compose

ID = "docker-4/project-name-lab"
ITEM = catalogue.load().items[ID]

ALWAYS_THE_SAME = "import json; print(json.dumps({'name': 'folder', 'services': {}}))\n"
NOISY = """\
import subprocess, sys
print("warning: this program talks", file=sys.stderr)
sys.exit(subprocess.run([{compose!r}, *sys.argv[1:]]).returncode)
"""


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    """An empty one: the lab asks for nothing of it."""
    return Submission("sample", WorkTree(tmp_path))


@pytest.fixture
def put_in_place_of_compose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Make a Python program what is found as the docker CLI's compose plugin; ``{compose!r}`` in it is the real one."""
    real = tools.compose_command()
    assert real is not None

    def put(program: str) -> None:
        plugin = tmp_path / "docker" / "cli-plugins" / "docker-compose"
        plugin.parent.mkdir(parents=True)
        plugin.write_text(f"#!{sys.executable}\n{program.replace('{compose!r}', repr(real[0]))}")
        plugin.chmod(0o755)
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
        tools.compose_command.cache_clear()

    yield put
    tools.compose_command.cache_clear()


@pytest.mark.sample(ID, "passes")
def test_the_compose_of_this_machine(submission: Submission) -> None:
    result = ask(ITEM, submission)
    assert result.verdict is Verdict.PASSED, [*map(said, result.findings)]
    assert result.evidence == {
        "directory": "folder",
        "name:": "fromkey",
        "COMPOSE_PROJECT_NAME (.env)": "fromdotenv",
        "COMPOSE_PROJECT_NAME": "fromvariable",
        "-p": "fromoption",
    }


@pytest.mark.sample(ID, "fails")
def test_a_compose_that_always_says_the_same(
    submission: Submission, put_in_place_of_compose: Callable[[str], None]
) -> None:
    put_in_place_of_compose(ALWAYS_THE_SAME)
    result = ask(ITEM, submission)
    assert result.verdict is Verdict.FAILED
    assert [said(each) for each in result.findings] == [
        f"{situation}: the project is called {name} | folder | "
        "this compose does not follow its documentation: use another version"
        for situation, name in [
            ("name:", "fromkey"),
            ("COMPOSE_PROJECT_NAME (.env)", "fromdotenv"),
            ("COMPOSE_PROJECT_NAME", "fromvariable"),
            ("-p", "fromoption"),
        ]
    ]


@pytest.mark.sample(ID, "unusual")
def test_a_compose_that_writes_warnings(submission: Submission, put_in_place_of_compose: Callable[[str], None]) -> None:
    put_in_place_of_compose(NOISY)
    result = ask(ITEM, submission)
    assert result.verdict is Verdict.PASSED, [*map(said, result.findings)]
