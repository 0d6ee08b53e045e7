"""Serves the fake GitLab by hand, with a homework in it: ``python -m tests.gitlab examples/reddit``.

Whoever asks it is told that it is a fake: what comes of it never counts.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from .homework import handed_in
from .state import TOKEN


def main(folder: Path) -> None:
    """Serve it until the process is ended."""
    with handed_in(folder) as (fake, project, _runner):
        print(f"export DOCKERLAB_GITLAB_TOKEN={TOKEN}")  # noqa: T201
        options = f"--hw 19 --hw-gitlab-url {fake.url} --hw-gitlab-project {project.path} --hw-allow-push"
        print(f"dockerlab check {folder} {options}", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
