"""The linters of workflows look at all of them, and what they say names the place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.lint_workflows import ROOT, files, lint, shown

WORKFLOW = """\
name: demo
on: pull_request
permissions: {}
jobs:
  demo:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello
"""
STEPS = "- uses: actions/checkout@v7\n  with:\n    persist-credentials: false\n- run: echo hello\n"
ACTION = """\
name: demo
description: a demo
inputs:
  hw:
    description: the homework
outputs:
  score:
    description: points
    value: ${{ steps.gate.outputs.score }}
runs:
  using: composite
  steps:
    - id: gate
      shell: bash
      env:
        HW: ${{ inputs.hw }}
      run: echo "score=$HW" >> "$GITHUB_OUTPUT"
"""
INJECTION = "echo ${{ github.event.pull_request.title }}"


def repository(folder: Path) -> Path:
    for name, text in {
        ".github/workflows/ci.yml": WORKFLOW,
        "examples/workflows/student.yml": WORKFLOW,
        "examples/workflows/gitlab-ci.yml": "demo:\n  script: [echo hello]\n",
        "action.yml": ACTION,
        "README.md": f"# Demo\n\nA demo.\n\nIts steps:\n\n```yaml\n{STEPS}```\n",
        "docs/gate.md": f"# Gate\n\n```yaml\nservices: {{}}\n```\n\n```yaml\n{WORKFLOW}```\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_all_of_this_project_are_looked_at() -> None:
    ours, examples = files(ROOT)
    assert {path.name for path in ours} >= {"ci.yml"}
    assert {path.name for path in examples} >= {"student.yml", "course.yml", "of-a-course.yml", "github-actions.yml"}
    assert [name for name, _text in shown(ROOT) if name.startswith("README.md")]


def test_nothing_is_said_of_what_is_right(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert lint(repository(tmp_path)), capfd.readouterr()
    assert "2 of ours, 1 examples, 2 in pages" in capfd.readouterr().out


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        (".github/workflows/ci.yml", "echo hello", INJECTION, "untrusted"),
        (".github/workflows/ci.yml", "run: echo hello", "uses: actions/checkout@v7", "not pinned to a hash"),
        (".github/workflows/ci.yml", "on: pull_request", "on: pull_request_target", "dangerous-triggers"),
        (".github/workflows/ci.yml", "echo hello", "echo $HOME/*.txt", "SC2086"),
        ("examples/workflows/student.yml", "ubuntu-latest", "ubuntu-newest", "ubuntu-newest"),
        ("examples/workflows/student.yml", "run: echo hello", "uses: somebody/action@v1", "not pinned to a hash"),
        ("docs/gate.md", "echo hello", INJECTION, "untrusted"),
        ("README.md", "persist-credentials", "persist-credential", "persist-credential"),
        ("README.md", "actions/checkout@v7", "somebody/action@v1", "not pinned to a hash"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, right: str, wrong: str, said: str
) -> None:
    path = repository(tmp_path) / name
    text = path.read_text("utf-8").replace(right, wrong)
    path.write_text(text, "utf-8")
    assert not lint(tmp_path)
    out = "".join(capfd.readouterr())
    assert said in out
    # its page and block, where it is in one
    assert re.search(rf"{re.escape(name)}(\.\d\.yml)?:{line_of(text, wrong)}:", out), out


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("inputs.hw ", "inputs.homework ", '"homework" is not defined'),
        ("steps.gate.outputs", "steps.gates.outputs", '"gates" is not defined'),
        ('"score=$HW"', "score=$HW", "SC2086"),
        ("echo", "${{ inputs.hw }}", "template-injection"),
    ],
)
def test_an_action_is_linted_too(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], right: str, wrong: str, said: str
) -> None:
    path = repository(tmp_path) / "action.yml"
    path.write_text(ACTION.replace(right, wrong), "utf-8")
    assert not lint(tmp_path)
    assert said in "".join(capfd.readouterr())
