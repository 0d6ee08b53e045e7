"""Which compose file is the application's, and which its override."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.submission.scan.compose_candidates import compose_candidates, find_override

from .test_discovery import tree

APP = "services:\n  ui: {build: ui}\n  post: {build: post-py}\n  comment: {build: comment}\n  db: {image: mongo}\n"
GITLAB = "web:\n  image: gitlab/gitlab-ce\n"
THREE = APP.replace("  comment: {build: comment}\n", "")
PARTS = "docker-compose.services.yml"
MONITORING = "services:\n  prometheus: {image: prom/prometheus}\n  mongodb-exporter: {image: x/mongodb_exporter}\n"


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
        ({"src/docker-compose.yml": THREE, "src/docker-compose.backup.yml": APP}, "src/docker-compose.yml"),
        ({"src/docker-compose.yml": THREE, "app/docker-compose.prod.yml": APP}, "src/docker-compose.yml"),
        ({"src/docker-compose.yml": THREE, "compose/docker-compose.yml": APP}, "compose/docker-compose.yml"),
        ({"src/docker-compose.yml": THREE, "src/compose.yaml": APP}, "src/compose.yaml"),
        ({"src/docker-compose.yml": GITLAB, "src/docker-compose-app.yml": APP}, "src/docker-compose-app.yml"),
        ({"docker-compose.yml": f"include: [src/{PARTS}]\n", f"src/{PARTS}": APP}, "docker-compose.yml"),
        (
            {"a/docker-compose.yml": "include:\n  - path: b.yml\n", "a/b.yml": "include: [c.yml]\n", "a/c.yml": APP},
            "a/docker-compose.yml",
        ),
        ({"docker-compose.yml": "include: [docker-compose.yml, no.yml]\n" + APP}, "docker-compose.yml"),
        ({"docker-compose.yml.j2": APP, "docker-compose.example.yml": APP}, None),
    ],
)
def test_the_compose_file(tmp_path: Path, files: dict[str, str], best: str | None) -> None:
    found = compose_candidates(tree(tmp_path, files))
    assert (found[0].path if found else None) == best


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
