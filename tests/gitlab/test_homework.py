"""The example homework on the fake GitLab: all that is asked of a GitLab passes, and only as a rehearsal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .homework import handed_in
from .state import CURRENT, SEED, TOKEN

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "reddit"
OF_GITLAB = {
    "address", "instance", "runner-online", "pipeline-passed", "ci-lint", "scale-up", "scale-history", "slack-live",
}  # fmt: skip


@pytest.mark.parametrize("release", [CURRENT, SEED], ids=["current", "seed"])
def test_the_example_passes_all_that_is_asked_of_a_gitlab(tmp_path, release):
    results = tmp_path / "results.json"
    with handed_in(EXAMPLE, release) as (fake, project, _runner):
        branches = dict(project.branches)
        asked = [f"--hw-gitlab-url={fake.url}", f"--hw-gitlab-project={project.path}", "--hw-allow-push"]
        options = [*asked, f"--hw-results={results}", "--hw-tier=files"]
        argv = [sys.executable, "-m", "pytest_dockerlab.cli", "check", str(EXAMPLE), "--hw=19", *options]
        environ = {**os.environ, "DOCKERLAB_GITLAB_TOKEN": TOKEN}
        ended = subprocess.run(argv, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=240)
        assert project.branches == branches
    [submission] = json.loads(results.read_text())["submissions"]
    items = {each["id"].partition("/")[2]: each for each in submission["items"]}
    assert {name: items[name]["verdict"] for name in OF_GITLAB} == dict.fromkeys(OF_GITLAB, "passed"), ended.stdout
    assert {name for name, each in items.items() if "rehearsal" in each} == OF_GITLAB
    assert not submission["score"]["final"]
    assert TOKEN not in ended.stdout + ended.stderr + results.read_text()
