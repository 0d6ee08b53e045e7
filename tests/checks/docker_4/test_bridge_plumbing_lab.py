"""docker-4/bridge-plumbing-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import re

import pytest

from pytest_dockerlab.checks.docker_4.bridge_plumbing_lab import bridge_plumbing_lab
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, Deaf

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

VETHS = "a bridge has one veth per container of its network"


@pytest.mark.sample("docker-4/bridge-plumbing-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(bridge_plumbing_lab)
    assert findings == []
    assert evidence["published port"] > 0


@pytest.mark.sample("docker-4/bridge-plumbing-lab", "unusual")
def test_a_container_on_one_more_network(run_lab):
    class Both(Probes):
        def start_all(self, *options):
            found = super().start_all(*options)
            found[1].connect(self.network())
            return found

    findings, _evidence = run_lab(bridge_plumbing_lab, Both)
    assert findings == []


@pytest.mark.sample("docker-4/bridge-plumbing-lab", "fails")
def test_a_published_port_that_leads_elsewhere(run_lab):
    class Elsewhere(Probes):
        def start_all(self, *options):
            found = super().start_all(*options)
            other = self.start(network="bridge", listen=[8000], publish=[8000])
            assert other.reach("127.0.0.1", 8000, patience=10).answered_by(other.token)
            found[0].published = other.published
            return found

    findings, evidence = run_lab(bridge_plumbing_lab, Elsewhere)
    assert [re.sub(r" of \S+ ", " of HOST ", each) for each in findings] == [
        f"port {evidence['published port']} of HOST leads to the container"
    ]


@pytest.mark.sample("docker-4/bridge-plumbing-lab", "fails")
def test_a_container_without_a_veth(run_lab):
    class Shared(Probes):
        def start_all(self, server, neighbour, host):
            first = self.start(**server)
            return [first, self.start(network=first), self.start(**host)]

    findings, _evidence = run_lab(bridge_plumbing_lab, Shared)
    assert findings == [VETHS]


@pytest.mark.sample("docker-4/bridge-plumbing-lab", "fails")
def test_a_network_without_a_bridge(run_lab):
    """The host-driver probe is on a network of its own, and sees none."""

    class Blind(Probes):
        def start_all(self, server, neighbour, host):
            return super().start_all(server, neighbour, {**host, "network": "none"})

    findings, _evidence = run_lab(bridge_plumbing_lab, Blind)
    no_bridge = "every network has its bridge"
    assert findings == [no_bridge, VETHS, no_bridge]


def test_a_neighbour_that_is_not_reached_proves_nothing(run_lab):
    with pytest.raises(ProbeError, match="a neighbour does not reach"):
        run_lab(bridge_plumbing_lab, Deaf)
