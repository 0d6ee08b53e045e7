"""docker-1/no-sudo, of whoever runs the tests and of other users."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_dockerlab.checks.docker_1.no_sudo import no_sudo
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.findings import Collected, collecting

from .._labs import FIXTURES

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.fixture(autouse=True)
def without_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)


@pytest.fixture
def host_of(docker_host: DockerHost) -> Callable[..., Any]:
    """The docker host as another user sees it, or with other facts."""

    def host(name: str = "student", *groups: str, **facts: Any) -> Any:
        user = SimpleNamespace(name=name, groups=list(groups))
        machine = SimpleNamespace(user=lambda: user)
        return SimpleNamespace(
            facts=replace(docker_host.facts, **facts), endpoint=docker_host.endpoint, machine=machine
        )

    return host


def said(host: Any) -> Collected:
    with collecting() as collected:
        no_sudo(host)
    return collected


@pytest.mark.sample("docker-1/no-sudo", "passes")
def test_the_user_of_these_tests(docker_host: DockerHost) -> None:
    collected = said(docker_host)
    assert collected.findings == []
    assert collected.evidence["user"]


@pytest.mark.sample("docker-1/no-sudo", "unusual")
def test_nobody_needs_sudo(host_of: Callable[..., Any]) -> None:
    assert said(host_of("student", "student", "docker")).findings == []
    assert said(host_of("student", is_rootless=True)).evidence == {"because": "rootless"}
    assert said(host_of("student", is_desktop=True)).evidence == {"because": "Docker Desktop"}


@pytest.mark.sample("docker-1/no-sudo", "fails")
def test_a_user_of_no_such_group(host_of: Callable[..., Any]) -> None:
    [finding] = said(host_of("student", "student", "users")).findings
    assert str(finding.expected) == "student is root, or a member of the group docker"
    assert finding.found == ["student", "users"]
    assert "sudo usermod -aG docker $USER" in str(finding.hint)


@pytest.mark.sample("docker-1/no-sudo", "fails")
def test_it_is_reached_by_sudo(docker_host: DockerHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "student")
    [finding] = said(docker_host).findings
    assert str(finding.expected) == "student is root, or a member of the group docker"
    assert str(finding.found) == "it is reached through sudo"
