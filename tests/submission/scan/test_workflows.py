"""What counts as the same workflow, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.workflows import meaning, workflows_of
from pytest_dockerlab.submission.text.yamldoc import YamlDoc

PATH = ".github/workflows/homework.yml"
TEMPLATE = """\
# the course's
name: homework
on:
  pull_request:
permissions: {contents: read}
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: example/course@0123456789012345678901234567890123456789 # v1
        with:
          hw: auto
          strict: false
      - run: |
          echo one
          # not a comment
"""


def digest(text: str) -> str | None:
    return meaning(YamlDoc("homework.yml", text))


@pytest.mark.parametrize(
    "text",
    [
        TEMPLATE.replace("# the course's\n", "").replace(" # v1", "  # v2 of it"),
        TEMPLATE.replace("\n", "\r\n"),
        TEMPLATE.replace("\njobs:", "\n\n\njobs:"),
        TEMPLATE.replace("\non:", '\n"on":').replace("hw: auto", "hw: 'auto'").replace("homework", '"homework"'),
        TEMPLATE.replace("{contents: read}", "\n    contents: read"),
        TEMPLATE.replace("hw: auto\n          strict: false", "strict: false\n          hw: auto"),
        TEMPLATE.replace("name: homework\n", "") + "name: homework\n",
        f"---\n{TEMPLATE}...\n",
    ],
    ids=["comments", "line ends", "blank lines", "quotes", "flow", "order of keys", "order of parts", "marks"],
)
def test_it_is_the_same_to_github(text: str) -> None:
    assert text != TEMPLATE
    assert digest(text) == digest(TEMPLATE) is not None


@pytest.mark.parametrize(
    "text",
    [
        TEMPLATE.replace("strict: false", "strict: true"),
        TEMPLATE.replace("strict: false", 'strict: "false"'),
        TEMPLATE.replace("strict: false", "strict: !!str false"),
        TEMPLATE.replace("timeout-minutes: 15", 'timeout-minutes: "15"'),
        TEMPLATE.replace("          # not a comment\n", ""),
        TEMPLATE.replace("echo one\n", "echo one || true\n"),
        TEMPLATE.replace("    steps:", "    continue-on-error: true\n    steps:"),
        TEMPLATE.replace("strict: false", "strict: false\n          strict: false"),
        TEMPLATE.replace("@0123", "@1123"),
        TEMPLATE.replace("pull_request:", "pull_request: {}"),
        TEMPLATE.replace("      - uses", "      - run: echo\n      - uses"),
        "",
    ],
    ids=["value", "text", "tag", "number", "script", "command", "key", "twice", "version", "empty", "step", "nothing"],
)
def test_it_differs(text: str) -> None:
    assert text != TEMPLATE
    assert digest(text) != digest(TEMPLATE)


def test_the_order_of_steps_counts() -> None:
    assert digest("steps: [{run: a}, {run: b}]") != digest("steps: [{run: b}, {run: a}]")


def test_an_alias_is_what_it_stands_for_and_costs_what_it_is() -> None:
    assert digest("a: &x [1, 2]\nb: *x\n") == digest("a: [1, 2]\nb: [1, 2]\n")
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    with pytest.raises(LimitExceeded):
        digest(bomb)


def test_what_is_not_merged_by_github_is_not_merged() -> None:
    assert digest("a: {<<: {b: 1}}") != digest("a: {b: 1}")


def test_where_they_are_and_what_is_none(tmp_path: Path) -> None:
    folder = tmp_path / ".github/workflows"
    (folder / "below").mkdir(parents=True)
    for name, text in {
        "homework.yml": TEMPLATE,
        "other.yaml": "on: push",
        "no.yml": "a: [",
        "two.yml": "a: 1\n---\nb: 1\n",
        "deep.yml": "[" * 100 + "]" * 100,
        "large.yml": "#" * 3_000_000,
        "read.me": "no workflow",
        "below/homework.yml": TEMPLATE,
    }.items():
        (folder / name).write_text(text)
    (folder / "bytes.yml").write_bytes(b"name: \xff\xfe\xfd")
    (folder / "link.yml").symlink_to("homework.yml")
    (tmp_path / ".gitlab-ci.yml").write_text("job: {script: [echo]}")
    found = workflows_of(WorkTree(tmp_path))
    right = {PATH: digest(TEMPLATE), ".github/workflows/other.yaml": digest("on: push")}
    right[".gitlab-ci.yml"] = digest("job: {script: [echo]}")
    wrong = ("bytes", "deep", "large", "link", "no", "two")
    assert found == {**right, **{f".github/workflows/{name}.yml": None for name in wrong}}


def test_of_too_many_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    for number in range(31):
        (tmp_path / f".github/workflows/{number}.yml").write_text("on: push")
    with pytest.raises(LimitExceeded, match="more than 30 workflows"):
        workflows_of(WorkTree(tmp_path))
