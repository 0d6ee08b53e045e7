"""Networks of ours on a real engine: many more than the engine's own pools hold, and never on a taken subnet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network

import pytest
from docker.types import IPAMConfig, IPAMPool

from pytest_dockerlab.engine.owned import networks as module
from pytest_dockerlab.engine.owned.networks import NoSubnetLeft, create_network

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts", "probes")]
pytestmark = pytest.mark.engine


def test_more_networks_than_the_engines_pools_hold(probes):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _number: probes.network(), range(40)))
    assert all(network.subnet.prefixlen == 28 for network in made)
    assert len({network.subnet for network in made}) == len({network.name for network in made}) == 40


def test_taken_subnets_are_left_out_and_a_full_range_says_so(docker_host, probes, monkeypatch):
    monkeypatch.setenv("DOCKERLAB_SUBNETS", "10.214.77.0/27")
    route = IPv4Network("10.214.77.16/30")
    network = create_network(docker_host, probes.labels, routes=[route])
    assert str(network.subnet) == "10.214.77.0/28"
    with pytest.raises(NoSubnetLeft, match="DOCKERLAB_SUBNETS"):
        create_network(docker_host, probes.labels, routes=[route])


def test_a_subnet_that_was_taken_meanwhile_is_not_tried_again(docker_host, probes, monkeypatch):
    """As when another machine's run, which does not see our lock, was quicker."""
    monkeypatch.setenv("DOCKERLAB_SUBNETS", "10.214.78.0/27")
    ipam = IPAMConfig(pool_configs=[IPAMPool(subnet="10.214.78.0/28")])
    docker_host.client.networks.create("theirs", ipam=ipam, labels=probes.labels.make("network", "test"))
    monkeypatch.setattr(module, "_networks_of", lambda _networks: [])
    monkeypatch.setattr(module, "_local_routes", lambda _host: [])
    monkeypatch.setattr(module.random, "randrange", lambda _stop: 0)
    assert str(create_network(docker_host, probes.labels).subnet) == "10.214.78.16/28"


def test_a_route_of_the_docker_host_is_left_out(docker_host, probes, monkeypatch):
    monkeypatch.setattr(module, "_local_routes", lambda _host: [IPv4Network("10.214.79.0/28")])
    monkeypatch.setenv("DOCKERLAB_SUBNETS", "10.214.79.0/27")
    assert str(create_network(docker_host, probes.labels).subnet) == "10.214.79.16/28"


def test_routes_of_a_host_elsewhere_are_read_by_a_probe(docker_host, run_id, monkeypatch):
    from pytest_dockerlab.engine.hosts.hosts import DockerHost
    from pytest_dockerlab.engine.probes.starting import Probes

    monkeypatch.setattr(DockerHost, "is_local", property(lambda _host: False))
    with Probes(docker_host, run_id) as probes:
        network = probes.network()
        assert network.bridge
        assert probes._remote_routes()
