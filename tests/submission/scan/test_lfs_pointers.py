"""A file that Git LFS has taken away leaves a pointer: it is called that, and its lines are nobody's mistakes."""

from __future__ import annotations

import pytest

from pytest_dockerlab import catalogue, tools
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask
from pytest_dockerlab.testing.homeworks import write_homework
from tests.checks.docker_3._homework import BASE

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 120\n"


@pytest.mark.parametrize(
    ("file", "item"),
    [
        ("src/ui/Dockerfile", "docker-3/services"),
        ("README.md", "docker-3/build-answers"),
        ("docker-1.log", "docker-1/log-file"),
        ("docker-compose.yml", "docker-4/compose-file"),
    ],
)
def test_a_pointer_is_called_one(tmp_path, file, item):
    if item == "docker-4/compose-file" and tools.compose_command() is None:
        pytest.skip("no Docker Compose")
    write_homework(tmp_path, BASE | {file: POINTER}, [])
    result = ask(catalogue.load().items[item], Submission("me", WorkTree(tmp_path)))
    assert result.verdict in (Verdict.UNVERIFIED, Verdict.FAILED)
    assert "a pointer of Git LFS" in " ".join([text(result.reason or ""), *(text(f.found) for f in result.findings)])
    assert not any("YAML" in text(finding.expected) for finding in result.findings)
