"""What makes a release: its workflow gives the right to publish to one job, which runs nothing of ours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.check_release import ROOT, missing

WORKFLOW = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    return yaml.safe_load(WORKFLOW)["jobs"]


def test_only_a_tag_of_a_version_starts_it() -> None:
    # "on" is a truth to YAML 1.1
    assert yaml.safe_load(WORKFLOW)[True] == {"push": {"tags": ["v*"]}}


def test_one_job_may_publish_and_it_runs_nothing_of_ours(jobs: dict[str, Any]) -> None:
    assert yaml.safe_load(WORKFLOW)["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "build": {"contents": "read"},
        "publish": {"id-token": "write"},
    }
    publish = jobs["publish"]
    assert (publish["needs"], publish["environment"]) == ("build", "pypi")
    assert [step.get("uses", "").partition("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]


def test_every_action_is_named_by_its_commit() -> None:
    uses = re.findall(r"uses: (.+)", WORKFLOW)
    assert len(uses) == 5
    assert [each for each in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


def test_it_is_built_and_tried_as_the_tests_do(jobs: dict[str, Any]) -> None:
    scripts = [step["run"] for step in jobs["build"]["steps"] if "run" in step]
    assert 'scripts/check_release.py "$GITHUB_REF_NAME"' in scripts[0]
    assert "scripts/try-package dist/*.whl" in scripts[-1]


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A commit that may be released as 1.2.3."""
    for name, text in {
        "pytest_dockerlab/__init__.py": '"""A package."""\n\n__version__ = "1.2.3"\n',
        "CHANGELOG.md": "# Changelog\n\n## [1.2.3] - 2026-12-01\n",
        "changelog.d/template.md": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_nothing_is_missing_of_a_release(released: Path) -> None:
    assert list(missing("v1.2.3", released)) == []


@pytest.mark.parametrize("tag", ["v1.2.4", "1.2.3", "v1.2.3rc1"])
def test_a_tag_that_is_not_the_version_is_refused(released: Path, tag: str) -> None:
    [said] = missing(tag, released)
    assert tag in said


def test_changes_that_nobody_reads_of_are_missing(released: Path) -> None:
    shutil.copy(released / "changelog.d" / "template.md", released / "changelog.d" / "gate.added.md")
    (released / "CHANGELOG.md").write_text("# Changelog\n\n## [1.2.2] - 2026-11-01\n", "utf-8")
    assert [said.split()[0] for said in missing("v1.2.3", released)] == ["CHANGELOG.md", "changelog.d"]
