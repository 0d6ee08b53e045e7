"""Finding the files of the homework among others."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.findings import Mismatch
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.discovery import (
    compose_candidates,
    find_committed_env,
    find_env_example,
    find_override,
)
from pytest_dockerlab.submission.submission import Submission

APP = "services:\n  ui: {build: ui}\n  post: {build: post-py}\n  comment: {build: comment}\n  db: {image: mongo}\n"
GITLAB = "web:\n  image: gitlab/gitlab-ce\n"
MONITORING = "services:\n  prometheus: {image: prom/prometheus}\n  mongodb-exporter: {image: x/mongodb_exporter}\n"


def tree(folder: Path, files: dict[str, str]) -> WorkTree:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return WorkTree(folder)


@pytest.mark.parametrize(
    ("files", "best"),
    [
        ({"src/docker-compose.yml": APP}, "src/docker-compose.yml"),
        (
            {"reddit-microservices/docker-compose.yml": APP, "docker-compose.yml": GITLAB},
            "reddit-microservices/docker-compose.yml",
        ),
        ({"a/b/compose.yaml": APP, "docker/docker-compose.yml": MONITORING}, "a/b/compose.yaml"),
        ({"src/docker-compose_new.yml": APP, "src/docker-compose.yml": APP}, "src/docker-compose.yml"),
        ({"src/docker-compose.override.yml": APP, "src/docker-compose-app.yml": APP}, "src/docker-compose-app.yml"),
        ({"roles/x/docker-compose.yml": APP, "x/docker-compose.yml": APP}, "x/docker-compose.yml"),
        ({"a/docker-compose.yml": APP, "src/docker-compose.yml": APP}, "src/docker-compose.yml"),
        ({"src/docker-compose.yml": APP + "\n bad: [", "docker-compose.yml": GITLAB}, "src/docker-compose.yml"),
        (
            {"src/docker-compose.yml": "services:\n  ui:\n  post:\n bad: [", "docker-compose.yml": GITLAB},
            "src/docker-compose.yml",
        ),
        ({"docker-compose.yml.j2": APP, "docker-compose.example.yml": APP}, None),
    ],
)
def test_the_compose_file(tmp_path: Path, files: dict[str, str], best: str | None) -> None:
    found = compose_candidates(tree(tmp_path, files))
    assert (found[0].path if found else None) == best


def test_without_a_likely_one_the_submission_says_what_is_there(tmp_path: Path) -> None:
    submission = Submission("x", tree(tmp_path, {"docker-compose.yml": GITLAB, "b/docker-compose.yml": MONITORING}))
    for _again in range(2):
        with pytest.raises(Mismatch) as caught:
            _ = submission.compose_file
        assert caught.value.finding.found == ["docker-compose.yml", "b/docker-compose.yml"]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([".env.example", ".env"], ".env.example"),
        (["env.example", "reddit.env"], "env.example"),
        (["reddit.env", ".env"], "reddit.env"),
        ([".env"], ".env"),
        ([".env.sample", "docker_run_env.sh"], ".env.sample"),
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


@pytest.mark.parametrize(
    ("name", "merged"),
    [
        ("src/docker-compose.override.yml", True),
        ("src/docker-compose.override.yaml", True),
        ("src/compose.override.yml", True),
        ("src/docker-compose.override.yml.example", False),
        ("src/docker-compose.override.yml.old", False),
        ("src/docker-compose.override_example.yml", False),
        ("src/_notused/docker-compose.override.yml", False),
        ("docker/docker-compose.override.yml", False),
    ],
)
def test_the_override_file(tmp_path: Path, name: str, merged: bool) -> None:
    found = find_override(tree(tmp_path, {name: "services: {ui: }\n"}), "src/docker-compose.yml")
    assert found is not None
    assert (found.path, found.is_merged) == (name, merged)


def test_compose_merges_an_override_only_into_a_file_that_it_finds_itself(tmp_path: Path) -> None:
    found = find_override(tree(tmp_path, {"docker-compose.override.yml": "services: {ui: }\n"}), "app-compose.yml")
    assert found is not None and not found.is_merged


@pytest.mark.parametrize(
    "name",
    [
        "src/override.yml",
        "src/docker-compose.yml.bak",
        "docs/docker-compose.override.md",
        "gitlab-docker-compose.override.yml",
    ],
)
def test_what_is_no_override(tmp_path: Path, name: str) -> None:
    assert find_override(tree(tmp_path, {name: "x"}), "src/docker-compose.yml") is None


def test_a_committed_env(tmp_path: Path) -> None:
    here = tree(tmp_path, {"src/.env": "A=1\n"})
    assert find_committed_env(here, "src/docker-compose.yml") == "src/.env"
    assert find_committed_env(here, "other/docker-compose.yml") is None
