"""docker-4/namespaces-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import re

import pytest

from pytest_dockerlab.checks.docker_4.namespaces_lab import namespaces_lab
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, planted, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.mark.sample("docker-4/namespaces-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(namespaces_lab)
    assert findings == []
    assert len(set(evidence["namespaces"].values())) == 4


@pytest.mark.sample("docker-4/namespaces-lab", "unusual")
def test_a_network_without_a_way_out(run_lab):
    class Internal(Probes):
        def network(self, **options):
            return super().network(**{**options, "internal": True})

    findings, evidence = run_lab(namespaces_lab, Internal)
    assert findings == []
    assert len(set(evidence["namespaces"].values())) == 4


@pytest.mark.sample("docker-4/namespaces-lab", "fails")
def test_two_containers_that_share_a_namespace(run_lab):
    class Shared(Probes):
        def views(self, *probes):
            none, _bridge, *rest = super().views(*probes)
            return [none, none, *rest]

    findings, _evidence = run_lab(namespaces_lab, Shared)
    assert findings == ["three containers that are not on the host driver share no namespace"]


@pytest.mark.sample("docker-4/namespaces-lab", "fails")
def test_a_bridge_container_in_the_docker_hosts_namespace(run_lab):
    findings, _evidence = run_lab(namespaces_lab, planted(network=("none", "host")))
    assert findings == ["none of them is in the docker host's namespace"]


@pytest.mark.sample("docker-4/namespaces-lab", "fails")
def test_a_host_container_that_is_isolated(run_lab):
    class Isolated(Probes):
        def start(self, **options):
            if options.get("network") == "host" and "pid_mode" not in options:
                options["network"] = "none"
            return super().start(**options)

    findings, _evidence = run_lab(namespaces_lab, Isolated)
    shared, bridge = findings
    assert shared == "two on the host driver share one namespace"
    assert re.fullmatch(r"the host driver's is the docker host's: it has the bridge \S+", bridge)


@pytest.mark.sample("docker-4/namespaces-lab", "fails")
def test_a_removed_container_that_still_runs(run_lab):
    findings, _evidence = run_lab(namespaces_lab, planted_probe(remove=lambda _probe: None), patience=0.3)
    assert findings == ["the process of a removed container is gone"]
