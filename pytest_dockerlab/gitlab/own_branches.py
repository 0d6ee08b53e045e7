"""Branches of our own in somebody's project: how they are known again, and removed.

The name carries the run's id, and the newest commit says whose the branch is: what does not say both is never touched.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from .errors import GitlabNotFound
from .past_jobs import is_over
from .project import GitlabProject

__all__ = ["branch_name", "commit_message", "id_of", "owner_of", "remove", "sweep"]

_PREFIX = "dockerlab-burst-"
_NAME = re.compile(rf"{_PREFIX}([0-9a-z]{{8,40}})-\d{{1,3}}")
_TITLE = "pytest-dockerlab: one of a burst of pipelines"
_TRAILER = re.compile(r"^Dockerlab-(Run|Owner|Expires): (\S{1,300})$", re.MULTILINE)
_LIFETIME = 4 * 3600
_MAX_BRANCHES = 2000


def id_of(run_id: str) -> str:
    """A run's id as it may stand in a branch's name."""
    return re.sub(r"[^0-9a-z]", "", run_id.lower())[:40].ljust(8, "0")


def branch_name(id: str, number: int) -> str:
    """The name of a run's branch."""
    return f"{_PREFIX}{id}-{number}"


def commit_message(project: GitlabProject, id: str, owner: str) -> str:
    """The message of the commit that makes a branch one of the run's; ``owner`` names its process."""
    expires = int(project.instance.now().timestamp()) + _LIFETIME
    return f"{_TITLE}\n\nDockerlab-Run: {id}\nDockerlab-Owner: {owner}\nDockerlab-Expires: {expires}\n"


def owner_of(project: GitlabProject, branch: str, id: str) -> str | None:
    """Which process made a branch; ``None`` where there is none, or it is not the run's."""
    try:
        found = project.instance.get(f"/projects/{project.id}/repository/branches/{quote(branch, safe='')}")
    except GitlabNotFound:
        return None
    trailers = _trailers_of(found)
    return trailers.get("Owner", "") if trailers.get("Run") == id else None


def remove(project: GitlabProject, branch: str, id: str) -> bool:
    """Cancel what of a branch is not over, and delete it; whether it was there, and the run's."""
    if owner_of(project, branch, id) is None:
        return False
    for pipeline in project.pipelines(branch):
        if not is_over(pipeline.status):
            with contextlib.suppress(GitlabNotFound), project.instance.reading():
                project.api.pipelines.get(pipeline.id, lazy=True).cancel()
    with contextlib.suppress(GitlabNotFound), project.instance.reading():
        project.api.branches.delete(branch)
    return True


def sweep(project: GitlabProject, is_alive: Callable[[str], bool | None]) -> list[str]:
    """Remove the branches that nobody waits for any more, and name them.

    ``is_alive`` says of an owner whether it still runs, ``None`` where that cannot be known: then the time decides.
    """
    with project.instance.listing(_MAX_BRANCHES) as first:
        path = f"/projects/{project.id}/repository/branches"
        found = project.instance.api.http_list(path, iterator=True, per_page=100, query_data={"search": _PREFIX})
        listed = [(str(each["name"]), _trailers_of(each)) for each in first(found)]
    now, removed = project.instance.now().timestamp(), []
    for branch, trailers in listed:
        name = _NAME.fullmatch(branch)
        if name is None or trailers.get("Run") != name[1]:
            continue
        is_living = is_alive(trailers.get("Owner", ""))
        expires = trailers.get("Expires", "")
        is_over_time = expires.isdecimal() and int(expires) < now
        if (is_living is False or (is_living is None and is_over_time)) and remove(project, branch, name[1]):
            removed.append(branch)
    return removed


def _trailers_of(branch: Any) -> dict[str, str]:
    commit = branch.get("commit") if isinstance(branch, dict) else None
    message = str(commit.get("message", "")) if isinstance(commit, dict) else ""
    return dict(_TRAILER.findall(message[:2000])) if message.startswith(_TITLE) else {}
