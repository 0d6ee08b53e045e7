"""docker-1/engine, of the engine that is there and of what others say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_dockerlab.checks.docker_1.engine import engine
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.findings import Mismatch, collecting

from .._labs import FIXTURES

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.fixture
def host_with(docker_host: DockerHost) -> Callable[..., Any]:
    """The docker host, with other facts."""
    return lambda **facts: SimpleNamespace(facts=replace(docker_host.facts, **facts))


@pytest.mark.sample("docker-1/engine", "passes")
def test_the_engine_that_is_there(docker_host: DockerHost) -> None:
    with collecting() as collected:
        engine(docker_host)
    assert collected.findings == []
    assert collected.evidence["engine"] == f"{docker_host.facts.engine} {docker_host.facts.version}"


@pytest.mark.sample("docker-1/engine", "unusual")
@pytest.mark.parametrize(
    "facts",
    [
        {"engine": "Podman Engine", "version": "4.9.3", "version_numbers": (4, 9, 3), "api_version": "1.41"},
        {"version": "dev", "version_numbers": (), "api_version": "1.43"},
        {"version": "17.06.0-ce", "version_numbers": (17, 6, 0)},
    ],
    ids=["Podman", "a build of one's own", "the oldest"],
)
def test_engines_that_few_have(host_with: Callable[..., Any], facts: dict[str, Any]) -> None:
    engine(host_with(**facts))


@pytest.mark.sample("docker-1/engine", "fails")
@pytest.mark.parametrize(
    "facts",
    [
        {"version": "1.13.1", "version_numbers": (1, 13, 1)},
        {"engine": "Podman Engine", "version": "1.0", "version_numbers": (1, 0), "api_version": "1.24"},
    ],
    ids=["Docker", "Podman"],
)
def test_it_is_too_old_for_the_course(host_with: Callable[..., Any], facts: dict[str, Any]) -> None:
    with pytest.raises(Mismatch) as caught:
        engine(host_with(**facts))
    finding = caught.value.finding
    assert str(finding.expected) == "the engine is 17.06 or newer"
    assert finding.found == facts["version"]
    assert str(finding.hint) == "install Docker Engine from Docker's own package repository"
