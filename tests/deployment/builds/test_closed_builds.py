"""Builds reach the public internet, and neither the docker host nor what lies around it; and who kills whom in one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from pytest_dockerlab.deployment.builds import surroundings
from pytest_dockerlab.deployment.builds.images import Images
from pytest_dockerlab.engine.closed.networks import why_open
from pytest_dockerlab.engine.closed.router import CLOSED_RANGES
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import Labels
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.messages import text

from ..attacks import METADATA, Listener, addresses_of, attack, listener
from .test_hostile_builds import LIMITS, Builds, builds, others

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = pytest.mark.engine
__all__ = ["builds", "listener", "others"]  # fixtures


@pytest.fixture
def addresses(docker_host: DockerHost) -> Iterator[list[str]]:
    """The docker host's, and that of a network of somebody else's."""
    with Probes(docker_host, secrets.token_hex(8)) as probes:
        if (why := why_open(probes)) is not None:
            pytest.skip(why)
        probes.network()
        yield addresses_of(probes)


def test_a_step_reaches_nothing_of_the_docker_host(builds: Builds, listener: Listener, addresses: list[str]) -> None:
    """By no route and by no frame of its own; and it is taken for no fault."""
    image = builds.build(f"RUN {attack(listener, addresses)}", "RUN cat /proc/net/if_inet6")
    assert image.built is not None
    assert "the attack is over" in image.built.log
    assert " eth0" not in image.built.log  # it has no address of IPv6
    assert listener.seen == []


def test_where_nothing_is_closed_it_does(
    builds: Builds, listener: Listener, addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the router the same step is noticed at every kind of address."""
    monkeypatch.setattr(surroundings, "why_open", lambda _probes: "not here")
    builds.build(f"RUN {attack(listener, addresses)}")
    for kind in ("tcp", f"udp {addresses[0]}", f"udp {METADATA}", "frame"):
        assert any(kind in each for each in listener.seen), (kind, listener.seen)


def test_what_the_course_allows(builds: Builds, listener: Listener, addresses: list[str]) -> None:
    """A mirror of packages may lie at a private address: that one is reached, with the answer, and no other."""
    allowed = next(each for each in addresses if IPv4Address(each).is_private and each != METADATA)
    images = Images(builds.host, Labels.of_run(builds.run_id), LIMITS, allowed=[IPv4Network(allowed)])
    with images:
        builds.images = images
        builds.build(f"RUN {attack(listener, addresses)}")
    assert any(f"tcp at {allowed}" in each for each in listener.seen), listener.seen
    assert {each.split(" from ")[0].rpartition("tcp at ")[2] for each in listener.seen if " tcp " in each} == {allowed}


@pytest.mark.parametrize(
    ("address", "is_closed"),
    [
        *((each, True) for each in ("10.0.0.1", "172.31.0.2", "192.168.1.1", METADATA, "100.100.100.200")),
        *((each, True) for each in ("168.63.129.16", "192.0.0.192", "127.0.0.1", "224.0.0.251", "255.255.255.255")),
        *((each, False) for each in ("1.1.1.1", "8.8.8.8", "151.101.2.132", "203.0.113.80")),
    ],
)
def test_the_ranges(address: str, is_closed: bool) -> None:
    assert any(IPv4Address(address) in each for each in CLOSED_RANGES) is is_closed


@pytest.mark.parametrize(
    "step", ["sleep 100 & sleep 1; kill -9 -1; wait $!", "bash -c 'trap \"\" TERM; kill -9 $$'"], ids=["all", "itself"]
)
def test_a_step_that_kills(builds: Builds, others: Callable[[], None], step: str) -> None:
    """It is the student's, and no want of memory: the kernel counts whom it kills for that."""
    for _attempt in range(5):
        before = _kills()
        try:
            finding = builds.finding("RUN true", f"RUN {step}")
        except pytest.fail.Exception:
            if _kills() == before:
                raise
            continue  # somebody else on this machine ran out of memory meanwhile
        assert str(finding.at) == "Dockerfile:3"
        assert "the step ended with exit code 137" in text(finding.found)
        return
    pytest.skip("this machine is short of memory all the time")


def _kills() -> str:
    return next(line for line in Path("/proc/vmstat").read_text().splitlines() if line.startswith("oom_kill "))
