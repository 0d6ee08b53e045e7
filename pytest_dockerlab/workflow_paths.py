"""Where GitHub and GitLab look for what they have to run. GitLab can be told another place, in its settings."""

from __future__ import annotations

import re

__all__ = ["is_workflow"]

_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml")


def is_workflow(path: str) -> bool:
    """Whether one of them takes the file at ``path`` of a repository for it."""
    return _WORKFLOW.fullmatch(path) is not None
