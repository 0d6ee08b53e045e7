"""The fake GitLab with a homework in it: its pipeline has run well, on a runner as the homework configures it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pytest_dockerlab.plans.autoscaling.reading import machine_settings
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

from .fake import FakeGitlab, fake_gitlab
from .fake_runner import FakeRunner
from .state import Project

__all__ = ["handed_in"]

_TESTS = """\
Run options: --seed 42

# Running:

.......

Finished in 0.3s, 23.3 runs/s, 46.6 assertions/s.

7 runs, 14 assertions, 0 failures, 0 errors, 0 skips
"""


@contextlib.contextmanager
def handed_in(folder: Path, release: tuple[int, ...] | None = None) -> Iterator[tuple[FakeGitlab, Project, FakeRunner]]:
    """The fake, in which the homework in ``folder`` is the project homework/example, and its runner."""
    submission = Submission("it", WorkTree(folder))
    tree = submission.tree
    files = {path: tree.text(path).content for path, entry in tree.files.items() if not entry.is_symlink}
    with fake_gitlab(release) as fake:
        project = fake.project(files=files)
        fake.commit(project, "master", {}, "the homework", tree.commit or "")
        project.integrations["slack"] = {"active": True, "push_events": True, "pipeline_events": True}
        runner = _runner(fake, project, submission)
        fake.push(project, "master")
        runner.says = {job["name"]: _TESTS for job in project.jobs.values() if job["stage"] == "test"}
        runner.run_all()
        yield fake, project, runner


def _runner(fake: FakeGitlab, project: Project, submission: Submission) -> FakeRunner:
    configuration = submission.runner_configuration
    settings = machine_settings(configuration)
    machine = configuration.runners[0].machine
    assert settings is not None
    assert machine is not None
    return FakeRunner(fake, project, settings.concurrent, settings.runners[0], machine_name=machine.machine_name)
