"""What a service finds in its environment: its image, its env files, its own settings, in this order."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.submission.compose.environment import variables_of
from pytest_dockerlab.submission.compose.services import EnvSource
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

COMPOSE = """\
services:
  ui:
    build: .
    env_file: [ui.env, .env]
    environment:
      OWN: own
      UNSET:
"""


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    files = {
        "docker-compose.yml": COMPOSE,
        "Dockerfile": "FROM x\nENV IMAGE=image FILE=image OWN=image\n",
        "ui.env": "\nFILE=file\nOWN=file\n",
        ".env.example": "EXAMPLE=example\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return Submission("sample", WorkTree(tmp_path))


def test_the_nearest_wins_and_says_where_it_stands(submission: Submission) -> None:
    found = submission.environment_of(submission.compose, submission.compose.services["ui"])
    assert {name: (each.value, str(each.at)) for name, each in found.items()} == {
        "IMAGE": ("image", "Dockerfile:2"),
        "FILE": ("file", "ui.env:2"),
        "OWN": ("own", "docker-compose.yml:6"),
        "EXAMPLE": ("example", ".env.example:1"),
    }


@pytest.mark.parametrize("path", ["none.env", ".git/ui.env", "../ui.env"])
def test_what_cannot_be_read_is_none(submission: Submission, path: str) -> None:
    assert variables_of(submission.tree, submission.compose, EnvSource(path)) is None


def test_values_may_use_those_of_the_project_and_a_raw_file_takes_them_as_they_stand(submission: Submission) -> None:
    folder = submission.tree
    assert isinstance(folder, WorkTree)
    (folder.root / "more.env").write_text("A=${EXAMPLE}-a\nEXAMPLE\nQUOTED='q' # c\nUNKNOWN\n")

    def read(source: EnvSource) -> dict[str, str]:
        found = variables_of(submission.tree, submission.compose, source)
        return {name: each.value for name, each in (found or {}).items()}

    assert read(EnvSource("more.env")) == {"A": "example-a", "EXAMPLE": "example", "QUOTED": "q"}
    assert read(EnvSource("more.env", is_raw=True)) == {"A": "${EXAMPLE}-a", "QUOTED": "'q' # c"}


def test_a_file_that_is_a_copy_of_its_example(submission: Submission) -> None:
    folder = submission.tree
    assert isinstance(folder, WorkTree)
    (folder.root / "later.env.example").write_text("A=1\n")
    found = variables_of(submission.tree, submission.compose, EnvSource("later.env"))
    assert found is not None
    assert str(found["A"].at) == "later.env.example:1"
