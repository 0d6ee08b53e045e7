"""monitoring-1/pushed: what is asked of a registry, and what its answers make of the item."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.messages import text
from pytest_dockerlab.options import Settings
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, ask, replace, write_homework

from ...registry.servers import answer, hostile, push, registry
from ._homework import BASE, needs_compose

pytestmark = needs_compose

NAMES = ("ui", "post", "comment", "prometheus")


def check(folder: Path, endpoint: str, *edits: Edit) -> ItemResult:
    """What the check says of a homework with these edits."""
    write_homework(folder / "homework", BASE, edits)
    submission = Submission("sample", WorkTree(folder / "homework"))
    return ask(load().items["monitoring-1/pushed"], submission, hw_settings=Settings(endpoints={"registry": endpoint}))


def said(result: ItemResult) -> str:
    parts = [result.reason, result.remedy, *(part for each in result.findings for part in (each.found, each.hint))]
    return " | ".join(text(part) for part in parts if part is not None)


@pytest.fixture
def plain(start: Callable[[Any], Any], tmp_path: Path) -> Any:
    return start(registry(tmp_path / "registry"))


@pytest.mark.sample("monitoring-1/pushed", "passes")
def test_they_are_there(plain: Any, tmp_path: Path) -> None:
    for name in NAMES:
        push(plain.port, f"somebody/{name}", "latest")
    result = check(tmp_path, plain.url)
    assert result.verdict == "passed", said(result)
    assert sorted(result.evidence["found"]) == sorted(f"somebody/{name}" for name in NAMES)


@pytest.mark.sample("monitoring-1/pushed", "unusual")
def test_another_user_than_in_the_example_env_file_and_another_version(plain: Any, tmp_path: Path) -> None:
    for name in NAMES:
        push(plain.port, f"another/{name}", "logging")
    result = check(tmp_path, plain.url, replace("README.md", "/u/somebody", "/u/another"))
    assert result.verdict == "passed", said(result)


@pytest.mark.sample("monitoring-1/pushed", "fails")
def test_one_is_missing(plain: Any, tmp_path: Path) -> None:
    for name in NAMES[:-1]:
        push(plain.port, f"somebody/{name}", "1.0")
    result = check(tmp_path, plain.url)
    assert result.verdict == "advised"
    [finding] = result.findings
    assert str(finding.at) == "README.md:5"
    assert "somebody/prometheus: " in said(result)
    assert "docker push somebody/prometheus" in said(result)
    assert "somebody/ui" not in said(result)


def test_no_link_is_told_by_the_item_of_the_link(tmp_path: Path) -> None:
    result = check(tmp_path, "public", replace("README.md", "<https://hub.docker.com/u/somebody>", "on Docker Hub"))
    assert result.verdict == "unverified"
    assert result.because_of == "monitoring-1/hub-link"


def test_a_registry_that_is_down_is_an_error(tmp_path: Path) -> None:
    with hostile(lambda head: iter([answer("503 Service Unavailable")])) as server:
        result = check(tmp_path, server.url)
    assert result.verdict == "error"
    assert result.findings == []


def test_another_registry_than_the_named_one(plain: Any, tmp_path: Path) -> None:
    result = check(tmp_path, plain.url, replace("README.md", "hub.docker.com/u/somebody", "ghcr.io/somebody/ui"))
    assert result.verdict == "unverified"
    assert "--hw-registry public" in said(result)
