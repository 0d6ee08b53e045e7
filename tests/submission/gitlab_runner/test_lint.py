"""``gitlab-runner lint``, by a stand-in that says what its documentation says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.gitlab_runner import lint
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask, said

TOKEN = "glrt-canary0123456789abcd"
CONFIGURATION = f"""\
concurrent = 1

[[runners]]
  url = "http://10.0.0.2"
  token = "{TOKEN}"
  executor = "shell"
"""
REFUSES = """\
grep token "$3" >&2
echo "FATAL: 1 unknown key(s) found in $3:" >&2
echo "  unknown key: runners.buids_dir" >&2
exit 1
"""


@pytest.fixture(autouse=True)
def forget() -> None:
    lint._own_version.cache_clear()


def asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    version: str,
    *,
    runner: str,
    content: str = CONFIGURATION,
) -> ItemResult:
    """What the item says on a machine with such a program, of a homework with such a runner."""
    program = tmp_path / "bin/gitlab-runner"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\ncase "$1" in --version) echo "Version:      {version}"; exit;; esac\n'
        f'[ "$1 $2" = "lint --config" ] || exit 3\n[ -s "$3" ] || exit 4\n{script}'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    root = tmp_path / "homework"
    root.mkdir()
    (root / "config.toml").write_text(content)
    item = catalogue.load().items["gitlab-ci-1/runner-config"]
    result = ask(item, Submission("x", WorkTree(root)), hw_course=Course(runner_version=runner))
    assert "canary" not in shown(result)
    return result


def shown(result: ItemResult) -> str:
    evidence = [str(each) for each in result.evidence.values()]
    return "\n".join([*map(said, result.findings), *evidence, text(result.reason or "")])


def test_what_it_refuses_is_a_finding_without_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = asked(tmp_path, monkeypatch, REFUSES, "19.3.0", runner="19.3")
    assert result.verdict is Verdict.FAILED
    assert "runners.buids_dir" in shown(result)
    assert "/tmp" not in shown(result)


def test_what_it_refuses_is_a_remark_for_an_older_runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = asked(tmp_path, monkeypatch, REFUSES, "19.3.0", runner="18.5")
    assert result.verdict is Verdict.PASSED
    assert "runners.buids_dir" in shown(result)


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("exit 0\n", "19.3.0"),
        (REFUSES, "19.2.1"),
        (REFUSES, "development version"),
        ("kill -SEGV $$\n", "19.3.0"),
        ("echo panic: runtime >&2; exit 2\n", "19.3.0"),
        ("head -c 9000000 /dev/zero\n", "19.3.0"),
    ],
)
def test_one_that_agrees_is_too_old_or_crashes_accuses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, version: str
) -> None:
    assert asked(tmp_path, monkeypatch, script, version, runner="19.3").verdict is Verdict.PASSED


def test_it_is_not_asked_of_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = CONFIGURATION.replace("concurrent = 1", "concurrent = {{ jobs }}")
    assert asked(tmp_path, monkeypatch, REFUSES, "19.3.0", runner="19.3", content=template).verdict is Verdict.PASSED


def test_what_we_say_with_a_line_it_does_not_say_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = CONFIGURATION.replace("  url", "  buids_dir = 'x'\n  url")
    result = asked(tmp_path, monkeypatch, REFUSES, "19.3.0", runner="19.3", content=wrong)
    assert [each.at.line for each in result.findings if each.at is not None] == [4]
