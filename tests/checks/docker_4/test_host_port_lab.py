"""docker-4/host-port-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import random

import pytest

from pytest_dockerlab.checks.docker_4.host_port_lab import host_port_lab
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.connections import server_command
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


class Later(Probes):
    """Servers after the first one are started as :meth:`later` says."""

    servers = 0

    def later(self, number, options):
        raise NotImplementedError

    def start(self, **options):
        if "command" in options:
            self.servers += 1
            if self.servers > 1:
                options["command"] = self.later(self.servers, options)
        return super().start(**options)


@pytest.mark.sample("docker-4/host-port-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(host_port_lab)
    assert findings == []
    assert "Address already in use" in evidence["later servers"][2]
    assert "Address already in use" in evidence["later servers"][3]


@pytest.mark.sample("docker-4/host-port-lab", "unusual")
def test_a_port_that_is_taken(run_lab):
    """The first port is somebody else's: the first server picks another one."""
    ports = iter([24444, 24444, 24445, 24446])

    class Taken(Probes):
        other = None

        def start(self, **options):
            if self.other is None:
                self.other = super().start(network="host", command=server_command(next(ports), "other"))
                assert self.other.reach("127.0.0.1", 24444, patience=10).answered_by("other")
            return super().start(**options)

    findings, evidence = run_lab(host_port_lab, Taken, pick_port=lambda: next(ports))
    assert findings == []
    assert evidence["port"] == 24445


@pytest.mark.sample("docker-4/host-port-lab", "fails")
def test_later_servers_on_other_ports(run_lab):
    class Elsewhere(Later):
        def later(self, number, options):
            return server_command(random.randint(20000, 29999), options["token"])

    findings, evidence = run_lab(host_port_lab, Elsewhere, patience=1)
    assert findings == [f"server {number} on port {evidence['port']} exits" for number in (2, 3)]


@pytest.mark.sample("docker-4/host-port-lab", "fails")
def test_a_server_that_ends_as_if_all_were_well(run_lab):
    class Pleased(Later):
        def later(self, number, options):
            return ["sh", "-c", "echo Address already in use"]

    findings, _evidence = run_lab(host_port_lab, Pleased)
    assert findings == ["server 2 exits with an error", "server 3 exits with an error"]


@pytest.mark.sample("docker-4/host-port-lab", "fails")
def test_another_server_in_the_place_of_the_first(run_lab):
    """It answers on the same port, and says that it is another one."""

    class Replaced(Later):
        first = None

        def start(self, **options):
            probe = super().start(**options)
            self.first = self.first or probe
            return probe

        def later(self, number, options):
            self.first.exec(["sh", "-c", "printf another > /tmp/www/index.html"])
            return options["command"]

    findings, evidence = run_lab(host_port_lab, Replaced)
    assert findings == [f"the first server still answers on port {evidence['port']}"]


def test_a_server_that_exits_for_another_reason_is_an_error(run_lab):
    class Broken(Later):
        def later(self, number, options):
            return ["sh", "-c", "echo no memory >&2; exit 1"]

    with pytest.raises(ProbeError, match="another reason"):
        run_lab(host_port_lab, Broken)
