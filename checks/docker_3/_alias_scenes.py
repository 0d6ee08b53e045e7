"""The ``docker run`` lines that give the services other names than their images ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import parsed
from pytest_dockerlab.submission.scan.dockerruns import scenes
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_dockerlab.submission.scan.dockerruns import DockerRun
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["HOST", "Defaults", "alias_scenes", "host_defaults"]

Defaults = Mapping[Role, Mapping[str, str]]
"""The environment that each service's image gives it."""

HOST = re.compile(r"\w+_HOST(NAME)?", re.IGNORECASE)
"""The variables that name another container."""


def host_defaults(submission: Submission) -> Defaults:
    """What the images say, by the Dockerfiles that are in use."""
    found = {}
    for role, files in submission.service_files.items():
        dockerfile = parsed(submission, files.in_use) if files.in_use is not None else None
        if dockerfile is not None:
            found[role] = {name: setting.value for name, setting in dockerfile.image().environment.items()}
    return found


def alias_scenes(runs: Iterable[DockerRun], defaults: Defaults) -> list[list[DockerRun]]:
    """The groups of lines in which services have other names than those that the images have by default."""
    usual = {host for hosts in defaults.values() for host in hosts.values()} | {str(role) for role in Role}
    usual |= {"post_db", "comment_db"}
    found = []
    for scene in scenes(runs):
        ours = [run for run in scene if run.role is not None]
        is_told = any(HOST.fullmatch(name) for run in ours if run.role in APPLICATION for name in run.environment)
        is_other = any(set(run.aliases) - usual for run in ours if run.role is not Role.UI)
        if is_told or is_other:
            found.append(ours)
    return found
