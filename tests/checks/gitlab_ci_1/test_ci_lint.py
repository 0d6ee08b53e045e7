"""gitlab-ci-1/ci-lint: what GitLab's own lint says, and where that is."""

from __future__ import annotations

import subprocess

import pytest

from pytest_dockerlab.results import Verdict
from pytest_dockerlab.testing import replace
from tests.gitlab.state import CURRENT, SEED, Fault

from ._gitlab import READER, Site, words
from ._homework import CI

ID = "gitlab-ci-1/ci-lint"


def judge(site: Site):
    return site.judge(ID, "gitlab_project")


@pytest.mark.sample(ID, "passes")
@pytest.mark.parametrize("release", [CURRENT, pytest.param(SEED, marks=pytest.mark.sample(ID, "unusual"))])
def test_it_accepts_the_file(site: Site, release):
    site.fake.release = release
    seen = []
    site.project.lint_errors = lambda content: seen.append(content) or []
    assert judge(site).verdict is Verdict.PASSED
    assert seen == [(site.folder / CI).read_text()]


@pytest.mark.sample(ID, "fails")
@pytest.mark.parametrize("release", [CURRENT, SEED])
@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("jobs:test_unit_job:script config should be a string or a nested array of strings", "  script:"),
        ("test_unit_job job: chosen stage does not exist; available stages are .pre, build", "test_unit_job:"),
        ("test_integration_job job: undefined need: build_job", "test_integration_job:"),
        ("(<unknown>): did not find expected key while parsing a block mapping at line 3 column 1", "stages:"),
        ("root config contains unknown keys: x", None),
    ],
)
def test_it_refuses_the_file(site: Site, error: str, line: str | None, release):
    site.fake.release = release
    site.project.lint_errors = lambda content: [error]
    result = judge(site)
    assert result.verdict is Verdict.UNVERIFIED
    assert result.because_of == "gitlab-ci-1/pipeline-file"  # which tells it, where it is in the run and has failed
    [finding] = site.findings(ID, "gitlab_project")
    assert finding.found == error
    lines = (site.folder / CI).read_text().splitlines()
    assert finding.at is not None
    assert (finding.at.line and lines[finding.at.line - 1]) == line
    if line == "  script:":
        assert lines[finding.at.line - 5] == "test_unit_job:"


def test_a_token_that_may_only_read(site: Site):
    """What the project has of the same commit is linted: reading suffices for that."""
    site.token = READER
    result = judge(site)
    assert result.verdict is Verdict.UNVERIFIED
    assert "api" in words(result)
    git = ["git", "-C", str(site.folder), "-c", "user.name=s", "-c", "user.email=s@s"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], check=True)
    sha = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert judge(site).verdict is Verdict.UNVERIFIED  # it was not pushed
    site.fake.commit(site.project, "gitlab-ci-1", {CI: "of this commit"}, "all", sha)
    seen = []
    site.project.lint_errors = lambda content: seen.append(content) or []
    assert judge(site).verdict is Verdict.PASSED
    assert seen == ["of this commit"]
    site.fake.release = (16, 4)
    assert judge(site).verdict is Verdict.UNVERIFIED


def test_there_is_no_file(site: Site):
    (site.folder / CI).unlink()
    result = judge(site)
    assert (result.verdict, result.because_of) == (Verdict.UNVERIFIED, "gitlab-ci-1/pipeline-file")


def test_an_error_that_is_hostile(site: Site):
    site.project.lint_errors = lambda content: ["evil \x1b[2J " + "x" * 10_000] * 200
    findings = site.findings(ID, "gitlab_project")
    assert len(findings) == 100
    assert all(str(each.found).isprintable() and len(str(each.found)) <= 300 for each in findings)


def test_a_server_that_breaks_is_an_error(site: Site):
    site.fake.faults = [Fault(where="POST", status=500)]
    site.edit(replace(CI, "image: ruby:2.4.2\n", ""))
    assert judge(site).verdict is Verdict.ERROR
