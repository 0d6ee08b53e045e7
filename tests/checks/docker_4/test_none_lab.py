"""docker-4/none-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_dockerlab.checks.docker_4.none_lab import none_lab
from pytest_dockerlab.engine.network_view import Interface
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, Deaf, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.mark.sample("docker-4/none-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(none_lab)
    assert findings == []
    assert "lo" in evidence["interfaces"]
    assert len(evidence["from the none driver"]) == 1


@pytest.mark.sample("docker-4/none-lab", "unusual")
def test_fallback_devices(run_lab):
    """tunl0, sit0 and the like are in every namespace where the kernel has them: there, and down."""

    def view(probe):
        found = Probe.view(probe)
        return replace(found, interfaces=(*found.interfaces, Interface("tunl0", False)))

    findings, evidence = run_lab(none_lab, planted_probe(view=view))
    assert findings == []
    assert "tunl0" in evidence["interfaces"]


@pytest.mark.sample("docker-4/none-lab", "fails")
def test_none_that_is_a_bridge(run_lab):
    class Wrong(Probes):
        def network(self, **options):
            self.made = super().network(**options)
            return self.made

        def start(self, **options):
            if options["network"] == "none":
                options["network"] = self.made
            return super().start(**options)

    findings, _evidence = run_lab(none_lab, Wrong)
    assert findings == [
        "no interface but lo is up",
        "no interface but lo has an address",
        "the routing table is empty",
        "the address of another container is not reachable",
    ]


def test_a_neighbour_that_is_not_reached_proves_nothing(run_lab):
    with pytest.raises(ProbeError, match="a neighbour does not reach"):
        run_lab(none_lab, Deaf)
