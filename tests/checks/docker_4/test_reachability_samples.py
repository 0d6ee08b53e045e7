"""Every sample of docker-4/reachability gets the verdict it should on a real engine, for the reason it should."""

from __future__ import annotations

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.messages import text
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from tests.samples import build

from . import skeletons
from .reachability_samples import BASE, ENGINE_SAMPLES
from .skeletons import said

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]


@pytest.mark.parametrize("sample", ENGINE_SAMPLES, ids=lambda each: f"{each.kind}-{each.title}")
def test_sample(docker_host, run_id, tmp_path, sample):
    build(tmp_path, BASE, sample.edits)
    result = skeletons.run(docker_host, run_id, Submission("sample", WorkTree(tmp_path)))
    shown = "\n".join([*said(result), str(result.reason), str(result.details)])
    assert str(result.verdict) == (sample.verdict or ("failed" if sample.kind == "fails" else "passed")), shown
    if sample.kind != "fails":
        return
    assert sample.expect_text in shown
    if sample.verdict == "unverified":
        assert text(result.reason)
        return
    assert len(result.findings) == sample.findings, shown
    (at,) = [each.at for each in result.findings]
    assert at.file == sample.expect_file
    assert sample.expect_line_contains in (tmp_path / at.file).read_text().splitlines()[at.line - 1]


def test_there_is_one_of_each_kind():
    assert {sample.kind for sample in ENGINE_SAMPLES} == {"passes", "fails", "unusual"}
