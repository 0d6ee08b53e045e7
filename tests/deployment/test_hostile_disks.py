"""Applications that fill the docker host's disk where no count of files sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.deployment import disk_guard
from pytest_dockerlab.deployment.builds import disk_space
from pytest_dockerlab.deployment.builds.disk_space import DiskSpace
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.probes.starting import Probes

from ..checks._app import AppChecks, said
from .test_hostile_apps import checks, run

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]
__all__ = ["checks"]  # a fixture

MB = 1000**2


@pytest.mark.parametrize(
    ("service", "path"), [("comment", "/tmp/x"), ("post_db", "/data/db/x")], ids=["container", "volume"]
)
def test_a_file_that_is_removed_while_it_is_open(
    checks: AppChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str, path: str
) -> None:
    """It is stopped; but others write on this disk too, and it is held against nobody."""
    monkeypatch.setattr(disk_space, "MARGIN", 100 * MB)
    script = f"exec 3>{path}; rm {path}; dd if=/dev/zero bs=1M count=600 >&3; sleep 1000"
    result = run(checks, tmp_path, service, f"    command: sh -c '{script}'\n")
    assert str(result.verdict) == "unverified", said(result)
    assert "the containers of the application were stopped: the docker host's disk filled up" in said(result)


def test_what_nobody_can_count(checks: AppChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where there are so many files that it takes for ever: nothing that was not counted is taken for nothing."""
    monkeypatch.setattr(disk_guard, "_DU", ("sh", "-c", "sleep 1000"))
    monkeypatch.setattr(disk_guard, "_DU_SECONDS", 1)
    result = run(checks, tmp_path, "comment", "    command: sleep 1000\n")
    assert str(result.verdict) == "unverified", said(result)
    assert "the containers of the application were stopped: what they write could not be measured" in said(result)


def test_what_others_write_within_the_margin_is_nothing(docker_host: DockerHost) -> None:
    with Probes(docker_host) as probes:
        volume = probes.volume()
        probe = probes.start(network="none", volumes={volume: "/volumes/0"})
        space = DiskSpace(probe, MB, ("/", "/volumes/0"))
        assert probe.exec(["sh", "-c", "busybox dd if=/dev/zero of=/volumes/0/x bs=1M count=100"]).returncode == 0
        assert not space.is_short()


def test_a_fall_is_seen_in_every_place(docker_host: DockerHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_space, "MARGIN", 0)
    with Probes(docker_host) as probes:
        volume = probes.volume()
        probe = probes.start(network="none", volumes={volume: "/volumes/0"})
        for place in ("/", "/volumes/0"):
            space = DiskSpace(probe, 10 * MB, (place,))
            path = f"{place.rstrip('/')}/x"
            assert probe.exec(["busybox", "dd", "if=/dev/zero", f"of={path}", "bs=1M", "count=600"]).returncode == 0
            assert space.is_short()
            probe.exec(["rm", path])


def test_the_disk_does_not_become_full(docker_host: DockerHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """A docker host that began with less than the floor goes on until half of that."""
    with Probes(docker_host) as probes:
        space = DiskSpace(probes.start(network="none"), MB)
        (free,) = space._began
        monkeypatch.setattr(disk_space, "FLOOR", 10 * free)
        assert not space.is_short()
        space._began = (free * 3,)
        monkeypatch.setattr(disk_space, "MARGIN", 10 * free)
        assert space.is_short()
