"""docker-2/app over ssh, and the control that tells a closed firewall from an application that does not work."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.checks.docker_2.app import app
from pytest_dockerlab.deployment.patience import Patience
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.engine.hosts.hosts import resolve_docker_host
from pytest_dockerlab.engine.owned.labels import RUN
from pytest_dockerlab.engine.owned.sweep import list_ours

from ...deployment.small_app import MONOLITH
from ...engine.killing import eventually
from ...engine.servers import Sshd
from .._app import app_checks, require_image, said, submission

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]

BRIEF = Patience(up=1.0, answer=1.0, shown=1.0, way_in=1.0)
"""Nothing ever comes back from behind a firewall, so nothing is missed."""


@pytest.fixture
def firewall() -> Iterator[str]:
    """An address at which published ports are dropped: beyond an interface of our own that leads nowhere."""
    name = f"dl{secrets.token_hex(5)}"
    made = subprocess.run(["ip", "link", "add", name, "type", "bridge"], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("no interface can be made here (ip link, root)")
    begin, last = f"10.254.{secrets.randbelow(256)}", secrets.randbelow(64) * 4
    try:
        subprocess.run(["ip", "address", "add", f"{begin}.{last + 1}/30", "dev", name], check=True)
        subprocess.run(["ip", "link", "set", name, "up"], check=True)
        yield f"{begin}.{last + 2}"
    finally:
        subprocess.run(["ip", "link", "delete", name], check=True)


def test_over_ssh(ssh_server: Sshd, tmp_path: Path) -> None:
    """The context goes through the tunnel, and so does everything that compose is asked."""
    run_id = secrets.token_hex(6)
    with resolve_docker_host(ssh_server.url, ssh_server.environ()) as host:
        require_image(host, "mongo:7.0")
        with app_checks(host, run_id) as checks:
            assert not host.is_local
            result = checks.run(app, submission(tmp_path, MONOLITH))
            assert result.verdict == "passed", said(result)
        assert list_ours(host.client, label=f"{RUN}={run_id}") == []


def test_a_published_port_that_cannot_be_reached_from_here(ssh_server: Sshd, firewall: str, tmp_path: Path) -> None:
    """The application answers beside its container, so it is the way from here that is closed."""
    with resolve_docker_host(ssh_server.url, ssh_server.environ(), address=firewall) as host:
        require_image(host, "mongo:7.0")
        with app_checks(host, secrets.token_hex(6)) as checks:
            checks.patience = BRIEF

            def listens(up: Deployment) -> None:
                """Its own log says so: until then there is nothing to be seen."""
                eventually(lambda: b"listens on" in host.client.api.logs(up.container("reddit")), 60)

            checks.is_started = listens
            result = checks.run(app, submission(tmp_path, MONOLITH))
    assert result.verdict == "unverified", said(result)
    assert firewall in said(result)
    assert "firewall" in said(result)


def test_an_application_that_does_not_listen_is_no_firewall(ssh_server: Sshd, firewall: str, tmp_path: Path) -> None:
    """The control fails too, so the finding stands."""
    broken = {**MONOLITH, "docker-monolith/start.sh": "#!/bin/sh\nexec sleep 600\n"}
    with resolve_docker_host(ssh_server.url, ssh_server.environ(), address=firewall) as host:
        require_image(host, "mongo:7.0")
        with app_checks(host, secrets.token_hex(6)) as checks:
            checks.patience = BRIEF
            result = checks.run(app, submission(tmp_path, broken))
    assert result.verdict == "failed", said(result)
