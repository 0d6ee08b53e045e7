"""docker-2/docker-host: engines that are this machine's, and one that is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_2.docker_host import docker_host as check
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from tests.engine.servers import Sshd, TlsEngine, sshd

from .._labs import FIXTURES
from ._docker_hosts import asked, machine_folder

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.mark.sample("docker-2/docker-host", "passes")
def test_by_its_docker_machine_folder(tls_server: TlsEngine, tmp_path: Path) -> None:
    answered = asked(check, str(machine_folder(tmp_path / "docker-host", tls_server)))
    assert answered.findings == []
    assert answered.evidence["driver"] == "google"
    assert answered.evidence["project"] == "docker-182408"
    assert answered.evidence["zone"] == "europe-west1-b"


@pytest.mark.sample("docker-2/docker-host", "unusual")
def test_by_ssh_to_a_machine_whose_docker_command_leads_on(tls_server: TlsEngine, tmp_path: Path) -> None:
    given = tls_server.environ(tls_server.cert_folder(tmp_path / "certs"))
    words = " ".join(f"{name}={given[name]}" for name in ("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"))
    with sshd(tmp_path / "sshd", options=[f"SetEnv PATH={os.environ['PATH']} {words}"]) as server:
        answered = asked(check, server.url, server.environ())
    assert answered.findings == []
    assert answered.evidence["docker host"] == server.url
    assert "driver" not in answered.evidence


@pytest.mark.sample("docker-2/docker-host", "fails")
def test_the_engine_of_this_machine_by_another_name(ssh_server: Sshd, docker_host: DockerHost) -> None:
    if not docker_host.is_local_engine():
        pytest.skip("the engine of the tests is another machine's")
    for explicit in (str(docker_host.endpoint), ssh_server.url):
        [finding] = asked(check, explicit, ssh_server.environ()).findings
        assert str(finding.found) == f"{explicit} is the engine of this machine, {docker_host.facts.name}"
        assert "make a docker host on another machine and name it" in str(finding.hint)
