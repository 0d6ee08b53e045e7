"""The linters of workflows look at all of them, and what they say names the place."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.lint_workflows import AS_WORKFLOW, ROOT, files, lint, shown

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


PLANTED = [
    (".github/workflows/ci.yml", "- run: " + INJECTION, "untrusted"),
    (".github/workflows/ci.yml", "- uses: actions/checkout@v7", "[unpinned-uses]"),
    (".github/workflows/ci.yml", "- run: echo $HOME/*.txt", "SC2086"),
    (".github/workflows/ci.yml", "on: pull_request_target", "dangerous-triggers"),
    ("examples/workflows/student.yml", "runs-on: ubuntu-newest", "ubuntu-newest"),
    ("examples/workflows/student.yml", "- uses: somebody/action@v1", "[unpinned-uses]"),
    ("docs/gate.md", "- run: " + INJECTION, "untrusted"),
    ("README.md", "persist-credential: false", '"persist-credential" is not defined'),
    ("README.md", "- uses: somebody/action@v1", "[unpinned-uses]"),
    ("action.yml", "${{ inputs.homework }}", '"homework" is not defined'),
    ("action.yml", "${{ steps.gates.outputs.score }}", '"gates" is not defined'),
    ("action.yml", "echo score=$HW", "SC2086"),
    ("action.yml", "echo ${{ inputs.hw }}", "template-injection"),
]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which each of them is."""
    folder = repository(tmp_path_factory.mktemp("planted"))
    for name, right, wrong in [
        (".github/workflows/ci.yml", "on: pull_request", "on: pull_request_target"),
        ("examples/workflows/student.yml", "ubuntu-latest", "ubuntu-newest"),
        ("README.md", "persist-credentials", "persist-credential"),
        ("action.yml", "steps.gate.", "steps.gates."),
        ("action.yml", "HW: ${{ inputs.hw }}", "HW: ${{ inputs.homework }}"),
        ("action.yml", 'echo "score=$HW"', "echo score=$HW"),
    ]:
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(right, wrong), "utf-8")
    for name, step, _said in PLANTED:
        path = folder / name
        text, last = path.read_text("utf-8"), re.search(r"( *)- run: echo hello\n", path.read_text("utf-8"))
        if step.startswith("- "):
            assert last
            path.write_text(text.replace(last[0], f"{last[1]}{step}\n{last[0]}"), "utf-8")
    with (folder / "action.yml").open("a", encoding="utf-8") as stream:
        stream.write("    - run: echo ${{ inputs.hw }}\n      shell: bash\n")
    return folder


@pytest.fixture(scope="module")
def said_of_planted(planted: Path) -> str:
    """What is said of it."""
    script = [sys.executable, "-c", "import sys; from pathlib import Path; from scripts.lint_workflows import lint;"
              "sys.exit(not lint(Path(sys.argv[1])))", str(planted)]  # fmt: skip
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    return done.stdout + done.stderr


@pytest.mark.parametrize(("name", "words", "said"), PLANTED)
def test_what_is_wrong_is_said_with_its_place(
    planted: Path, said_of_planted: str, name: str, words: str, said: str
) -> None:
    lines = (planted / name).read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, 1) if words in line)
    # a block of a page has a name of its own, and so has an action as a workflow: there its lines are others
    in_action = name == "action.yml"
    place = rf"{re.escape(name)}({re.escape(AS_WORKFLOW)})?:" if in_action else rf"{re.escape(name)}(\.\d\.yml)?:{at}:"
    # as actionlint writes, or as zizmor does
    finding = rf"^{place}.*{re.escape(said)}|{re.escape(said)}.*\n +--> {place}"
    assert re.search(finding, said_of_planted, re.MULTILINE), said_of_planted


def test_a_linter_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not lint(repository(tmp_path))
    assert "actionlint is not installed" in capfd.readouterr().err
