"""docker-1/inspect-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_1.inspect_lab import inspect_lab
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.mark.sample("docker-1/inspect-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(inspect_lab)
    assert findings == []
    assert all(evidence["running"].values())


@pytest.mark.sample("docker-1/inspect-lab", "unusual")
def test_an_engine_that_forgets_the_network_of_a_stopped_container(run_lab):
    def inspect(probe):
        found = Probe.inspect(probe)
        if not found["State"]["Running"]:
            found["NetworkSettings"]["Networks"] = {}
        return found

    findings, evidence = run_lab(inspect_lab, planted_probe(inspect=inspect))
    assert findings == []
    assert evidence["stopped"]["IPAddress"] is None


@pytest.mark.sample("docker-1/inspect-lab", "fails")
def test_a_container_that_keeps_its_address(run_lab):
    def inspect(probe):
        found = Probe.inspect(probe)
        first = probe.__dict__.setdefault("first", found)
        return {**found, "NetworkSettings": first["NetworkSettings"]}

    findings, _evidence = run_lab(inspect_lab, planted_probe(inspect=inspect))
    assert findings == [f"{field} of a stopped container is empty" for field in ("IPAddress", "Gateway", "MacAddress")]


@pytest.mark.sample("docker-1/inspect-lab", "fails")
def test_a_container_that_never_ran(run_lab):
    def inspect(probe):
        found = Probe.inspect(probe)
        return {**found, "State": {**found["State"], "Pid": 0, "FinishedAt": "0001-01-01T00:00:00Z"}}

    findings, _evidence = run_lab(inspect_lab, planted_probe(inspect=inspect))
    assert findings == ["State.Pid of a running container is set", "State.FinishedAt of a stopped container is set"]


@pytest.mark.sample("docker-1/inspect-lab", "fails")
def test_an_image_with_network_settings(run_lab):
    class Odd(Probes):
        def inspect_image(self, image):
            return {"NetworkSettings": {}}

    findings, _evidence = run_lab(inspect_lab, Odd)
    assert findings == [
        "Architecture of an image is set",
        "Os of an image is set",
        "RootFS.Layers of an image is set",
        "an image has no NetworkSettings",
    ]
