"""Serves the fake GitLab by hand, with a homework in it: ``python -m tests.gitlab examples/reddit``.

The homework is the project homework/example, its pipeline has run on a runner that scales, and Slack is set up. Whoever
asks it is told that it is a fake: what comes of it never counts.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from pytest_dockerlab.submission.files.worktree import WorkTree

from .fake import fake_gitlab
from .fake_runner import FakeRunner
from .state import TOKEN

_TESTS = """\
Run options: --seed 42

# Running:

.......

Finished in 0.3s, 23.3 runs/s, 46.6 assertions/s.

7 runs, 14 assertions, 0 failures, 0 errors, 0 skips
"""


def main(folder: Path) -> None:
    """Serve it until the process is ended."""
    tree = WorkTree(folder)
    files = {path: tree.text(path).content for path, entry in tree.files.items() if not entry.is_symlink}
    with fake_gitlab() as fake:
        project = fake.project(files=files)
        fake.commit(project, "master", {}, "the homework", tree.commit or "")
        project.integrations["slack"] = {"active": True, "push_events": True, "pipeline_events": True}
        runner = FakeRunner(fake, project)
        fake.push(project, "master")
        runner.says = {job["name"]: _TESTS for job in project.jobs.values() if job["stage"] == "test"}
        runner.run_all()
        print(f"export DOCKERLAB_GITLAB_TOKEN={TOKEN}")  # noqa: T201
        print(f"dockerlab check {folder} --hw 19 --hw-gitlab-url {fake.url} --hw-gitlab-project {project.path}")  # noqa: T201
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
