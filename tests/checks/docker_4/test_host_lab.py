"""docker-4/host-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_address

import pytest

from pytest_dockerlab.checks.docker_4.host_lab import host_lab
from pytest_dockerlab.engine.network_view import Interface
from pytest_dockerlab.engine.owned.networks import Network
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.findings import Unverified

from .._labs import FIXTURES, planted, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.mark.sample("docker-4/host-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(host_lab)
    assert findings == []
    assert "lo" in evidence["interfaces and addresses"]


@pytest.mark.sample("docker-4/host-lab", "unusual")
def test_by_the_list_of_process_1(run_lab):
    """As from a machine elsewhere, whose own list says nothing."""
    findings, evidence = run_lab(host_lab, own_view=lambda: None)
    assert findings == []
    assert str(evidence["compared with"]) == "the network of process 1"


@pytest.mark.sample("docker-4/host-lab", "fails")
@pytest.mark.parametrize("instead", ["bridge", "none"])
def test_host_that_is_another_network(run_lab, instead):
    findings, _evidence = run_lab(host_lab, planted(network=("host", instead)))
    (text,) = findings
    assert re.fullmatch(r"the bridge of a new network, br-[0-9a-f]{12}, is among the container's interfaces", text)


@pytest.mark.sample("docker-4/host-lab", "fails")
def test_another_list(run_lab):
    def view(probe):
        found = Probe.view(probe)
        return replace(found, interfaces=(*found.interfaces, Interface("eth7", True, (ip_address("192.0.2.77"),))))

    findings, evidence = run_lab(host_lab, planted_probe(view=view))
    (text,) = findings
    assert text.startswith("the container has the interfaces and addresses ")
    assert "lo: " in text
    assert "eth7" not in text
    assert evidence["interfaces and addresses"]["eth7"] == ["192.0.2.77"]


@pytest.mark.sample("docker-4/host-lab", "fails")
def test_a_bridge_that_stays(run_lab, monkeypatch):
    monkeypatch.setattr(Network, "remove", lambda _network: None)
    findings, _evidence = run_lab(host_lab, patience=0.3)
    assert findings == ["the bridge of a removed network goes with it"]


def test_no_list_to_compare_with_is_unverified(run_lab):
    """As on a rootless engine, whose network is not that of process 1."""

    def view_of(probe, pid):
        return probe.view()  # its own: without the canary

    with pytest.raises(Unverified, match="not that of process 1"):
        run_lab(host_lab, planted_probe(view_of=view_of), own_view=lambda: None)
