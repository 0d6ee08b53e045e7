"""Profiles: which the files name, and a project with them on."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.submission.compose.loading import load
from pytest_dockerlab.submission.files.worktree import WorkTree


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
def test_services_are_there_where_their_profiles_are_on(tmp_path: Path) -> None:
    text = "services:\n  a: {image: a}\n  b: {image: b, profiles: [x, y]}\n  c: {image: c, profiles: [y]}\n"
    (tmp_path / "docker-compose.yml").write_text(text)
    tree = WorkTree(tmp_path)
    off = load(tree, ["docker-compose.yml"], None)
    assert (list(off.services), off.profiles) == (["a"], ("x", "y"))
    assert set(load(tree, ["docker-compose.yml"], None, profiles=["x"]).services) == {"a", "b"}
