"""GitLab's template: what its jobs do in a repository, by their own scripts, and what GitLab is handed afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_dockerlab import catalogue
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask
from tests.checks.docker_4._homework import BASE
from tests.docs.markdown import ROOT, blocks
from tests.submission.files._repository import Repository

TEMPLATE = ROOT / "examples/workflows/gitlab-ci.yml"
JOBS: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text("utf-8"))
BROKEN = BASE | {"src/docker-compose.yml": BASE["src/docker-compose.yml"].replace("      - front_net\n", "", 1)}


def run(job: str, repository: Path, branch: str) -> subprocess.CompletedProcess[str]:
    """A job's script as a runner has the shell run it, with the variables of a merge request; pip asks no index."""
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(repository.parent),
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": str(repository),
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": branch,
        "CI_COMMIT_REF_NAME": branch,
        "PIP_NO_INDEX": "1",
    }
    given = {name: value.replace("$CI_PROJECT_DIR", str(repository)) for name, value in variables(job).items()}
    script = "\n".join(JOBS[job]["script"])
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=repository, env={**env, **given}, capture_output=True, text=True
    )


def variables(job: str) -> dict[str, str]:
    return JOBS[job].get("variables", {})  # type: ignore[no-any-return]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A homework with a mistake, as a merge request's job has it."""
    folder = tmp_path / "homework"
    for path, text in BROKEN.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    Repository(folder).commit()
    return folder


def test_gitlab_would_take_it() -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(TEMPLATE)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_right_by_our_own_check(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(TEMPLATE.read_text("utf-8"), "utf-8")
    asked = ask(catalogue.load().items["gitlab-ci-1/pipeline-file"], Submission("template", WorkTree(tmp_path)))
    assert asked.verdict is Verdict.PASSED, asked


def test_the_readme_shows_it() -> None:
    (shown,) = (block for block in blocks(ROOT / "README.md") if "gitlab" in block.notes)
    assert TEMPLATE.read_text("utf-8").endswith(shown.text)
    assert yaml.safe_load(shown.text) == JOBS


def test_a_merge_request_has_every_finding_and_every_item(repository: Path) -> None:
    done = run("homework", repository, "docker-4")
    assert done.returncode == 1, done.stdout + done.stderr
    artifacts = JOBS["homework"]["artifacts"]
    assert artifacts["when"] == "always"
    (results,) = artifacts["paths"]
    items = json.loads((repository / results).read_text("utf-8"))["submissions"][0]["items"]
    findings = Counter(
        (item["id"], each["file"] or ".", each["line"] or 1)
        for item in items
        if item["verdict"] in ("failed", "advised")
        for each in item["findings"]
    )
    assert findings
    reported = json.loads((repository / artifacts["reports"]["codequality"]).read_bytes())
    assert (
        Counter((e["check_name"], e["location"]["path"], e["location"]["lines"]["begin"]) for e in reported) == findings
    )
    assert len({entry["fingerprint"] for entry in reported}) == len(reported), "GitLab keeps one of each"
    assert {entry["severity"] for entry in reported} <= {"info", "minor", "major", "critical", "blocker"}
    cases = list(ElementTree.parse(repository / artifacts["reports"]["junit"]).iter("testcase"))
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names) == len(items), "of those with one name GitLab keeps the first"
    failing = [item["id"] for item in items if item["verdict"] == "failed" and item["level"] == "required"]
    assert sum(case.find("failure") is not None for case in cases) == len(failing) > 0


def test_a_branch_that_names_no_homework_fails(repository: Path) -> None:
    done = run("homework", repository, "main")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "docker-4" in done.stderr


def test_what_a_merge_request_is_compared_with_is_empty(repository: Path) -> None:
    job = "nothing found yet"
    assert run(job, repository, "main").returncode == 0
    assert json.loads((repository / JOBS[job]["artifacts"]["reports"]["codequality"]).read_bytes()) == []
