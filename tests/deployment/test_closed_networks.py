"""Services of an application do not reach the docker host, nor what lies behind it; ui is reached all the same."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.checks.docker_4.app import app
from pytest_dockerlab.deployment import preparation
from pytest_dockerlab.deployment.builds import surroundings
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.engine.closed import networks as closed_networks
from pytest_dockerlab.engine.closed.networks import closed_network, why_open
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.probes.connections import Outcome
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.plans.applications.of_compose import plan_of_compose
from pytest_dockerlab.reddit_app.driver import AppDriver
from pytest_dockerlab.submission.scan.roles import Role

from ..checks._app import AppChecks, require_image, said
from ..engine.killing import eventually
from .attacks import METADATA, Listener, addresses_of, attack, listener
from .test_hostile_apps import LIMITS, given
from .test_hostile_disks import checks

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]
__all__ = ["checks", "listener"]  # fixtures


@pytest.fixture
def probes(docker_host: DockerHost) -> Iterator[Probes]:
    with Probes(docker_host, secrets.token_hex(8)) as found:
        yield found


@pytest.fixture
def closed(probes: Probes) -> None:
    """Most engines can; one that cannot says so."""
    if (why := why_open(probes)) is not None:
        pytest.skip(why)


def test_a_service_reaches_nothing_of_the_docker_host(
    checks: AppChecks, closed: None, probes: Probes, listener: Listener, tmp_path: Path
) -> None:
    """Of every network it is on; and it still serves and is served."""
    homework = given(tmp_path, "ui", "")
    plan = plan_of_compose(homework, homework.compose, {})
    with Deployment(probes, checks.images, homework, plan, limits=LIMITS) as up:
        AppDriver(up.url(Role.UI)).wait_until_up(timeout=60, watch=up.watch)
        addresses = addresses_of(probes)
        for name in ("ui", "post", "post_db"):
            assert "the attack is over" in _in(up, name, attack(listener, addresses))
        assert listener.seen == []
        container = probes.host.client.api.inspect_container(up.container("post"))
        for endpoint in container["NetworkSettings"]["Networks"].values():
            assert not endpoint["Gateway"]


def test_where_the_engine_cannot(checks: AppChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application works all the same, and it is said that it was not closed."""
    for module in (closed_networks, preparation, surroundings):
        monkeypatch.setattr(module, "why_open", lambda _probes: "macvlan: operation not supported")
    result = checks.run(app, given(tmp_path, "ui", ""))
    assert str(result.verdict) == "passed", said(result)
    assert "macvlan: operation not supported" in str(result.evidence["not closed here"])


@pytest.mark.parametrize("is_closed", [True, False])
def test_what_a_closed_network_closes(
    probes: Probes, listener: Listener, monkeypatch: pytest.MonkeyPatch, is_closed: bool, closed: None
) -> None:
    """Where the engine cannot keep the docker host off, the same is seen: docker's ``internal`` is not enough."""
    require_image(probes.host, "debian:bookworm-slim")
    if not is_closed:
        monkeypatch.setattr(closed_networks, "why_open", lambda _probes: "not here")
    network = closed_network(probes)
    assert network.is_closed is is_closed
    holder = probes.start(network=network.under)
    addresses = addresses_of(probes)
    assert METADATA in addresses
    attacker = probes.start(
        network=network.network, image="debian:bookworm-slim", command=["sh", "-c", attack(listener, addresses)]
    )
    assert attacker.wait_exit() == 0
    assert "the attack is over" in attacker.logs()
    if is_closed:
        assert listener.seen == []
    else:
        gateway = network.under.gateway
        eventually(lambda: any(f"tcp at {gateway}" in each for each in listener.seen), 10, lambda: str(listener.seen))
        assert any(f"udp {METADATA}" in each for each in listener.seen)
        assert any("frame" in each for each in listener.seen)
    assert holder.address()


def test_members_see_each_other_and_no_other_network(probes: Probes, closed: None) -> None:
    """By name and by address; with icc off, not each other either."""
    here, there = closed_network(probes), closed_network(probes)
    apart = closed_network(probes, options={"com.docker.network.bridge.enable_icc": "false"})
    probes.start(network=here.under, also_on=[there.under, apart.under], is_net_admin=True)
    server = probes.start(network=here.network, aliases=["server"], listen=(8000,))
    neighbour, stranger = probes.start(network=here.network), probes.start(network=there.network)
    address = neighbour.control(server, 8000)
    assert neighbour.reach("server", 8000, patience=5).answered_by(server.token)
    assert stranger.reach(address, 8000).outcome in (Outcome.NO_ROUTE, Outcome.TIMED_OUT)
    lonely = probes.start(network=apart.network, listen=(8000,))
    other = probes.start(network=apart.network)
    assert other.reach(lonely.address(), 8000).outcome in (Outcome.NO_ROUTE, Outcome.TIMED_OUT)


def _in(up: Deployment, service: str, script: str) -> str:
    api = up.host.client.api
    made = api.exec_create(up.container(service), ["sh", "-c", script])
    said: bytes = api.exec_start(made["Id"])
    return said.decode("utf-8", "replace")
