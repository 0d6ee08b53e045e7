"""The item docker-1/no-sudo."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.hosts.hosts import DockerHost


@check(
    "docker-1/no-sudo",
    "this user reaches the engine without sudo",
    level="advisory",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def no_sudo(docker_host: DockerHost) -> None:
    """Read on the docker host itself, by testinfra over the same connection."""
    if docker_host.facts.is_desktop:
        note("because", "Docker Desktop")
        return
    if docker_host.facts.is_rootless:
        note("because", "rootless")
        return
    user = docker_host.machine.user()
    name, groups = str(user.name), [str(group) for group in user.groups]
    note("user", name)
    note("groups", groups)
    by_sudo = docker_host.endpoint.scheme == "unix" and os.environ.get("SUDO_USER")
    expect(
        ("docker" in groups or name == "root") and not by_sudo,
        _("{user} is root, or a member of the group docker", user=by_sudo or name),
        found=_("it is reached through sudo") if by_sudo else groups,
        hint=_("join the group: sudo usermod -aG docker $USER, then log out and in again"),
    )
