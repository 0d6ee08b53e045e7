"""docker-4/two-networks-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_4.two_networks_lab import two_networks_lab
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, Deaf, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

APART = "a container of one network cannot reach a container of another"


def stays_where_it_is(_probe, _network, aliases=()):
    """A container that is connected to nothing more."""


@pytest.mark.sample("docker-4/two-networks-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(two_networks_lab)
    assert findings == []
    assert set(evidence) == {"from the other network", "connected to both"}


@pytest.mark.sample("docker-4/two-networks-lab", "unusual")
def test_a_gap_in_the_isolation(run_lab):
    """It is reached once, as while somebody makes a network; what is a gap is closed at the next try."""

    class Gap(Probes):
        def start_all(self, *options):
            client, server, neighbour = super().start_all(*options)
            ways = iter([neighbour.reach])
            closed = client.reach
            client.reach = lambda *target, **limits: next(ways, closed)(*target, **limits)
            return [client, server, neighbour]

    findings, _evidence = run_lab(two_networks_lab, Gap)
    assert findings == []


@pytest.mark.sample("docker-4/two-networks-lab", "fails")
def test_a_probe_on_the_wrong_network(run_lab):
    class OneNetwork(Probes):
        made = None
        probe_type = type("Connected", (Probe,), {"connect": stays_where_it_is})  # it is there already

        def network(self, **options):
            self.made = self.made or super().network(**options)
            return self.made

    findings, _evidence = run_lab(two_networks_lab, OneNetwork)
    assert findings == [APART]


@pytest.mark.sample("docker-4/two-networks-lab", "fails")
def test_a_network_that_cannot_be_joined(run_lab):
    findings, _evidence = run_lab(two_networks_lab, planted_probe(connect=stays_where_it_is), patience=1)
    assert findings == ["a container connected to both networks reaches it"]


def test_a_neighbour_that_is_not_reached_proves_nothing(run_lab):
    with pytest.raises(ProbeError, match="a neighbour does not reach"):
        run_lab(two_networks_lab, Deaf)
