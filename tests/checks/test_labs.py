"""The labs on a real engine: each passes, and each is seen to fail, or to be an error, on a planted misbehaviour.

What is planted is a :class:`Probes` that does something else than it is told, as a docker host that misbehaves would.
"""

from __future__ import annotations

import random
from ipaddress import ip_address

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.checks.docker_4 import bridge_dns_lab as bridge_dns_lab_module
from pytest_dockerlab.checks.docker_4 import bridge_plumbing_lab as bridge_plumbing_lab_module
from pytest_dockerlab.checks.docker_4 import host_lab as host_lab_module
from pytest_dockerlab.checks.docker_4 import host_port_lab as host_port_lab_module
from pytest_dockerlab.checks.docker_4 import namespaces_lab as namespaces_lab_module
from pytest_dockerlab.checks.docker_4 import none_lab as none_lab_module
from pytest_dockerlab.checks.docker_4 import two_networks_lab as two_networks_lab_module
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.connections import Lookup, server_command
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.homework import Kind, Need, Tier

from ._labs import FIXTURES, answers_everything, planted, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

LABS = [each for each in load().items.values() if each.kind is Kind.LAB and each.tier is Tier.ENGINE]
ELSEWHERE = ("docker-1", "docker-2", "docker-3")
"""Homeworks whose labs have tests in modules of their own."""


@pytest.mark.parametrize(
    "lab", [each.function for each in LABS if each.slug not in ELSEWHERE], ids=lambda lab: lab.__name__
)
def test_it_passes_and_leaves_nothing(run_lab, lab):
    findings, evidence = run_lab(lab)
    assert findings == []
    assert evidence


@pytest.mark.parametrize("item", LABS, ids=lambda item: item.id)
def test_every_lab_is_declared_as_one(item):
    assert not item.is_planned
    assert item.needs == (Need.ENGINE,)
    assert item.name.replace("-", "_") == item.function.__name__
    assert len(item.title) <= 80


def test_an_engine_without_linux_containers_is_unverified(docker_host, run_id, monkeypatch):
    from dataclasses import replace

    windows = replace(docker_host.facts, os_type="windows")
    monkeypatch.setattr(type(docker_host), "facts", property(lambda _host: windows))
    with pytest.raises(Unverified), Probes(docker_host, run_id):
        pass


class TestDocker4:
    def test_none_that_is_a_bridge(self, run_lab):
        class Wrong(Probes):
            def network(self, **options):
                self.made = super().network(**options)
                return self.made

            def start(self, **options):
                if options["network"] == "none":
                    options["network"] = self.made
                return super().start(**options)

        findings, _evidence = run_lab(none_lab_module.none_lab, Wrong)
        assert findings == [
            "no interface but lo is up",
            "no interface but lo has an address",
            "the routing table is empty",
            "an address of another container is not reached",
        ]

    def test_none_with_fallback_devices_passes(self, run_lab):
        """tunl0, sit0 and the like are in every namespace where the kernel has them: there, and down."""

        def view(probe):
            from dataclasses import replace

            from pytest_dockerlab.engine.network_view import Interface

            found = Probe.view(probe)
            return replace(found, interfaces=(*found.interfaces, Interface("tunl0", False)))

        findings, _evidence = run_lab(none_lab_module.none_lab, planted_probe(view=view))
        assert findings == []

    def test_a_neighbour_that_is_not_reached_proves_nothing(self, run_lab):
        """No positive control: an error, not a pass, and not a failure."""

        def control(probe, server, port, network=""):
            return Probe.control(probe, server, port, network, patience=1)

        class Deaf(planted_probe(control=control)):
            def start(self, **options):
                options.pop("listen", None)
                return super().start(**options)

        for lab in (
            none_lab_module.none_lab,
            two_networks_lab_module.two_networks_lab,
            bridge_plumbing_lab_module.bridge_plumbing_lab,
        ):
            with pytest.raises(ProbeError, match="a neighbour does not reach"):
                run_lab(lab, Deaf)

    @pytest.mark.parametrize("instead", ["bridge", "none"])
    def test_host_that_is_another_network(self, run_lab, instead):
        findings, _evidence = run_lab(host_lab_module.host_lab, planted(network=("host", instead)))
        assert len(findings) == 1
        assert "the bridge of a new network" in findings[0]

    def test_host_by_the_list_of_process_1(self, run_lab, monkeypatch):
        """As from a machine elsewhere, whose own list says nothing."""
        monkeypatch.setattr(host_lab_module, "own_view", lambda: None)
        findings, evidence = run_lab(host_lab_module.host_lab)
        assert findings == []
        assert evidence["compared with"] == "process 1"

    def test_host_with_another_list(self, run_lab):
        def view(probe):
            from dataclasses import replace

            from pytest_dockerlab.engine.network_view import Interface

            found = Probe.view(probe)
            return replace(found, interfaces=(*found.interfaces, Interface("eth7", True, (ip_address("192.0.2.77"),))))

        findings, _evidence = run_lab(host_lab_module.host_lab, planted_probe(view=view))
        assert len(findings) == 1
        assert "the container has the interfaces and addresses" in findings[0]

    def test_no_list_to_compare_with_is_unverified(self, run_lab, monkeypatch):
        """As on a rootless engine, whose network is not that of process 1."""

        def view_of(probe, pid):
            return probe.view()  # its own: without the canary

        monkeypatch.setattr(host_lab_module, "own_view", lambda: None)
        with pytest.raises(Unverified):
            run_lab(host_lab_module.host_lab, planted_probe(view_of=view_of))

    def test_a_second_server_on_another_port(self, run_lab):
        """It is waited for but shortly, and the third one as long as it takes."""
        elsewhere = []

        def wait_exit(probe, timeout):
            return Probe.wait_exit(probe, timeout=1 if probe.token in elsewhere else timeout)

        class Elsewhere(planted_probe(wait_exit=wait_exit)):
            servers = 0

            def start(self, **options):
                if "command" in options:
                    self.servers += 1
                    if self.servers == 2:
                        port = random.randint(20000, 29999)
                        elsewhere.append(options["token"])
                        options["command"] = server_command(port, options["token"])
                return super().start(**options)

        findings, _evidence = run_lab(host_port_lab_module.host_port_lab, Elsewhere)
        assert len(findings) == 1
        assert findings[0].startswith("server 2 on port")

    def test_a_server_that_exits_for_another_reason_is_an_error(self, run_lab):
        class Broken(Probes):
            servers = 0

            def start(self, **options):
                if "command" in options:
                    self.servers += 1
                    if self.servers > 1:
                        options["command"] = ["sh", "-c", "echo no memory >&2; exit 1"]
                return super().start(**options)

        with pytest.raises(ProbeError, match="another reason"):
            run_lab(host_port_lab_module.host_port_lab, Broken)

    def test_a_taken_port_is_not_the_end(self, run_lab, monkeypatch):
        """The first port is somebody else's: the first server picks another one."""
        ports = iter([24444, 24444, 24445, 24446])

        class Taken(Probes):
            def start(self, **options):
                if not hasattr(self, "other"):
                    self.other = None
                    self.other = super().start(network="host", command=server_command(next(ports), "other"))
                    assert self.other.reach("127.0.0.1", 24444, patience=10).answered_by("other")
                return super().start(**options)

        monkeypatch.setattr(host_port_lab_module.random, "randint", lambda _low, _high: next(ports))
        findings, evidence = run_lab(host_port_lab_module.host_port_lab, Taken)
        assert findings == []
        assert evidence["port"] == 24445

    def test_two_containers_that_share_a_namespace(self, run_lab):
        class Shared(Probes):
            def views(self, *probes):
                none, _bridge, *rest = super().views(*probes)
                return [none, none, *rest]

        findings, _evidence = run_lab(namespaces_lab_module.namespaces_lab, Shared)
        assert findings == ["three containers that are not on the host driver share no namespace"]

    def test_a_bridge_container_in_the_docker_hosts_namespace(self, run_lab):
        findings, _evidence = run_lab(namespaces_lab_module.namespaces_lab, planted(network=("none", "host")))
        assert findings == ["none of them is in the docker host's namespace"]

    def test_a_host_container_that_is_isolated(self, run_lab):
        class Isolated(Probes):
            def start(self, **options):
                if options.get("network") == "host" and "pid_mode" not in options:
                    options["network"] = "none"
                return super().start(**options)

        findings, _evidence = run_lab(namespaces_lab_module.namespaces_lab, Isolated)
        assert findings[0] == "two on the host driver share one namespace"
        assert "that one is the docker host's" in findings[1]

    def test_a_removed_container_that_still_runs(self, run_lab, monkeypatch):
        monkeypatch.setattr(namespaces_lab_module, "_GONE", 0.3)
        findings, _evidence = run_lab(namespaces_lab_module.namespaces_lab, planted_probe(remove=lambda _probe: None))
        assert findings == ["the process of a removed container is gone"]

    def test_a_bridge_that_stays(self, run_lab, monkeypatch):
        monkeypatch.setattr(host_lab_module, "_GONE", 0.3)
        monkeypatch.setattr("pytest_dockerlab.engine.owned.networks.Network.remove", lambda _network: None)
        findings, _evidence = run_lab(host_lab_module.host_lab)
        assert findings == ["the bridge of a removed network goes with it"]

    def test_a_resolver_that_knows_every_name(self, run_lab):
        findings, _evidence = run_lab(
            bridge_dns_lab_module.bridge_dns_lab, planted_probe(lookup_all=answers_everything)
        )
        assert len(findings) == 2
        assert all(text.endswith("does not resolve before it is given") for text in findings)

    def test_a_resolver_with_one_answer_for_all(self, run_lab):
        """As some providers have: for what is not known, the address of a search page."""

        def lookup_all(probe, names):
            found = Probe.lookup_all(probe, names)
            return [each if each else Lookup(each.name, (ip_address("192.0.2.80"),), True) for each in found]

        findings, _evidence = run_lab(bridge_dns_lab_module.bridge_dns_lab, planted_probe(lookup_all=lookup_all))
        assert findings == []

    def test_a_name_that_is_lost(self, run_lab):
        class Nameless(Probes):
            def start(self, **options):
                options.pop("name", None)
                return super().start(**options)

        findings, _evidence = run_lab(bridge_dns_lab_module.bridge_dns_lab, Nameless)
        assert len(findings) == 1
        assert "name-" in findings[0]

    def test_a_probe_on_the_wrong_network(self, run_lab):
        class OneNetwork(Probes):
            made = None

            def network(self, **options):
                self.made = self.made or super().network(**options)
                return self.made

        class Connected(OneNetwork):  # it is there already
            probe_type = type("Planted", (Probe,), {"connect": lambda _probe, _network, aliases=(): None})

        findings, _evidence = run_lab(two_networks_lab_module.two_networks_lab, Connected)
        assert findings == ["a container of one network does not reach one of another"]

    def test_a_network_that_cannot_be_joined(self, run_lab, monkeypatch):
        monkeypatch.setattr(two_networks_lab_module, "_PATIENCE", 1)
        lost = planted_probe(connect=lambda _probe, _network, aliases=(): None)
        findings, _evidence = run_lab(two_networks_lab_module.two_networks_lab, lost)
        assert findings == ["connected to both networks it does"]

    def test_a_published_port_that_leads_elsewhere(self, run_lab):
        class Elsewhere(Probes):
            def start_all(self, *options):
                found = super().start_all(*options)
                other = self.start(network="bridge", listen=[8000], publish=[8000])
                found[0].published = other.published
                return found

        findings, _evidence = run_lab(bridge_plumbing_lab_module.bridge_plumbing_lab, Elsewhere)
        assert len(findings) == 1
        assert "leads to the container" in findings[0]

    def test_a_container_without_a_veth(self, run_lab):
        class Shared(Probes):
            def start_all(self, server, neighbour, host):
                first = self.start(**server)
                return [first, self.start(network=first), self.start(**host)]

        findings, _evidence = run_lab(bridge_plumbing_lab_module.bridge_plumbing_lab, Shared)
        assert findings == ["a bridge has one veth per container of its network"]
