"""Finding the files of the homework among others."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.discovery import find_committed_env, find_env_example


def tree(folder: Path, files: dict[str, str]) -> WorkTree:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return WorkTree(folder)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([".env.example", ".env"], ".env.example"),
        (["env.example", "reddit.env"], "env.example"),
        (["reddit.env", ".env"], "reddit.env"),
        ([".env"], ".env"),
        ([".env.sample", "docker_run_env.sh"], ".env.sample"),
        (["app.env.example", "app.env"], "app.env.example"),
        (["app.env.example", ".env.example"], ".env.example"),
        (["compose-env.sample", "a.env"], "compose-env.sample"),
        (["environment.example", "a.env"], "a.env"),
        ([], None),
    ],
)
def test_the_example_env_file(tmp_path: Path, names: list[str], found: str | None) -> None:
    files = {f"src/{name}": "A=1\n" for name in names} | {"other/.env.example": "A=1\n"}
    env = find_env_example(tree(tmp_path, files), "src/docker-compose.yml")
    assert (env and env.path) == (f"src/{found}" if found else None)


def test_an_example_above_the_compose_file_counts_too(tmp_path: Path) -> None:
    env = find_env_example(tree(tmp_path, {".env.example": "A=1\n"}), "src/docker-compose.yml")
    assert env is not None
    assert env.path == ".env.example"


def test_a_committed_env(tmp_path: Path) -> None:
    here = tree(tmp_path, {"src/.env": "A=1\n"})
    assert find_committed_env(here, "src/docker-compose.yml") == "src/.env"
    assert find_committed_env(here, "other/docker-compose.yml") is None
