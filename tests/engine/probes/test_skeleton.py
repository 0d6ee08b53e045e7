"""Skeletons on a real engine: every construct as the table has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_network

import pytest

from pytest_dockerlab.engine.owned.labels import RUN, SCOPE
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.connections import Outcome
from pytest_dockerlab.engine.probes.skeleton import start_skeleton
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.skeletons.plan import Cause, PlannedNetwork, SkeletonPlan, StandIn, plan_skeleton
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = pytest.mark.engine

ODD = """\
services:
  ui:
    image: x
    container_name: the-ui
    hostname: face
    domainname: example.test
    links: ["comment:talk"]
    extra_hosts: ["pinned:192.0.2.7", "gate:host-gateway"]
    dns: [192.0.2.53]
    dns_search: [example.test]
    volumes: ["far:/data"]
    ports: ["9292:9292", "8100-8101:8100-8101"]
    expose: ["8200"]
    depends_on: [post]
    healthcheck: {test: "false"}
    cap_add: [NET_ADMIN]
    privileged: true
    platform: linux/s390x
    networks: {front: {ipv4_address: 10.0.1.3, priority: 5, aliases: [shop]}}
  post:
    image: x
    container_name: the_post
    networks: {front: {aliases: [under_score]}, back: }
  comment: {image: x, networks: {front: {aliases: [twin]}, back: }}
  twin2: {image: x, networks: {front: {aliases: [twin]}}, deploy: {replicas: 3}}
  post_db: {image: mongo, networks: [back2], command: "true", restart: "no"}
  side: {image: x, network_mode: "service:post", expose: ["7777"]}
  alone: {image: x, network_mode: none}
  plain: {image: x, network_mode: bridge}
  plain2: {image: x, network_mode: bridge}
  onhost: {image: x, network_mode: host}
  onhost2: {image: x, networks: [hostnet]}
  foreign: {image: x, network_mode: "container:somebody"}
  quiet1: {image: x, networks: [quiet]}
  quiet2: {image: x, networks: [quiet, outside]}
  zero: {image: x, networks: [back], scale: 0}
networks:
  front: {ipam: {config: [{subnet: 10.0.1.0/24}]}, enable_ipv6: true, attachable: true}
  back: {name: common, internal: true, ipam: {config: [{subnet: 10.0.1.0/24}]}}
  back2: {name: common, internal: true}
  quiet:
    driver: overlay
    driver_opts: {com.docker.network.bridge.enable_icc: "false", com.docker.network.bridge.name: br-mine}
  outside: {external: true, name: somewhere}
  hostnet: {external: true, name: host}
volumes: {far: {external: true}}
"""


@pytest.fixture(scope="module")
def odd(docker_host, run_id, tmp_path_factory):
    """One project with every construct of the table, started once: its plan, its skeleton and what was measured."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "docker-compose.yml").write_text(ODD)
    given = Submission("odd", WorkTree(folder))
    plan = plan_skeleton(given, given.compose)
    with Probes(docker_host, run_id) as probes:
        skeleton = start_skeleton(probes, plan)
        pairs = [
            *(("ui", target) for target in ("post", "comment", "post_db", "side", "twin2", "quiet2")),
            *(("post", "post_db"), ("side", "post_db"), ("comment", "post_db"), ("post_db", "post")),
            *(("plain", "plain2"), ("quiet1", "quiet2"), ("quiet2", "quiet1"), ("comment", "twin2")),
        ]
        cells = {(cell.source, cell.target): cell for cell in skeleton.measure(pairs)}
        yield plan, skeleton, cells
    assert list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}") == []


def names(cell):
    return {each.name: each.leads_to(cell.root) for each in cell.names}


class TestConstructs:
    def test_names_and_aliases_on_their_networks(self, odd):
        _plan, _skeleton, cells = odd
        assert names(cells["ui", "post"]) == {"post": True, "the_post": True, "under_score": True}
        assert names(cells["post", "post_db"]) == {"post_db": True}
        assert [each.network for each in cells["ui", "post"].by_address if each.answered == "post"] == [
            "dockerlab_front"
        ]

    def test_another_network_is_not_reached(self, odd):
        cell = odd[2]["ui", "post_db"]
        assert cell.is_controlled
        assert not cell.is_reached
        assert [str(each.reach) for each in cell.by_address] == ["timed out"]

    def test_networks_are_ours_and_small(self, odd, docker_host):
        plan, skeleton, _cells = odd
        assert {each.name for each in plan.networks} == {"common", "dockerlab_front", "dockerlab_quiet", "somewhere"}
        for network in skeleton.networks.values():
            inspected = docker_host.client.api.inspect_network(network.id)
            assert inspected["Labels"][RUN]
            assert inspected["Driver"] == "bridge"
            assert not inspected["EnableIPv6"]
            assert ip_network(inspected["IPAM"]["Config"][0]["Subnet"]).prefixlen == 28
            assert "com.docker.network.bridge.name" not in inspected["Options"]

    def test_two_keys_of_one_name_are_one_network(self, odd):
        plan, _skeleton, cells = odd
        assert [each.keys for each in plan.networks if each.name == "common"] == [("back", "back2")]
        assert cells["comment", "post_db"].is_reached

    def test_internal_stays_internal(self, odd, docker_host):
        networks = odd[1].networks
        inspect = docker_host.client.api.inspect_network
        assert {name for name in networks if inspect(networks[name].id)["Internal"]} == {"common"}

    def test_enable_icc_keeps_neighbours_apart(self, odd):
        cell = odd[2]["quiet1", "quiet2"]
        assert not cell.is_reached
        assert not cell.is_controlled
        assert [each.owners for each in cell.names] == [{"quiet2"}]  # the name is found

    def test_an_external_network_is_one_of_ours(self, odd):
        plan, skeleton, _cells = odd
        assert "somewhere" in skeleton.networks
        assert any("would have to exist" in text(each) for each in plan.remarks)

    def test_a_network_of_another_driver_is_a_bridge_and_said(self, odd):
        assert any("quiet is a bridge here, not overlay" in text(each) for each in odd[0].remarks)

    def test_none_has_no_network(self, odd):
        _plan, skeleton, _cells = odd
        alone = skeleton.members["alone"]
        assert not alone.addresses
        assert not [each for each in alone.probe.view().interfaces if each.name.startswith("eth")]

    def test_the_engines_own_bridge_has_no_names(self, odd):
        _plan, skeleton, cells = odd
        cell = cells["plain", "plain2"]
        assert cell.is_reached
        assert names(cell) == {"plain2": False}
        assert skeleton.members["plain"].probe.inspect()["HostConfig"]["NetworkMode"] == "bridge"

    def test_the_docker_hosts_network_and_a_strangers_are_never_used(self, odd):
        plan, skeleton, _cells = odd
        assert not {"onhost", "onhost2", "foreign", "zero"} & set(skeleton.members)
        assert {name: each.cause for name, each in plan.skipped.items()} == {
            "onhost": Cause.HOST_NETWORK,
            "onhost2": Cause.HOST_NETWORK,
            "foreign": Cause.FOREIGN_NETWORK,
            "zero": Cause.NO_REPLICAS,
        }

    def test_a_shared_namespace(self, odd):
        """It is where the other one is, which listens for both; it has no name of its own."""
        _plan, skeleton, cells = odd
        side, post = skeleton.members["side"], skeleton.members["post"]
        assert side.probe.network_namespace() == post.probe.network_namespace()
        assert cells["side", "post_db"].is_reached
        assert names(cells["ui", "side"]) == {"side": False}
        address = post.addresses["dockerlab_front"]
        assert skeleton.members["ui"].probe.reach(address, 7777, patience=5).answered_by(post.probe.token)

    def test_a_link_is_a_name_for_the_linking_service_only(self, odd):
        _plan, skeleton, cells = odd
        assert names(cells["ui", "comment"])["talk"] is True
        assert not skeleton.members["twin2"].probe.lookup("talk")

    def test_a_hostname_is_kept_and_the_engines_business(self, odd):
        """We make no alias of it. The engine does, in the skeleton as for compose: the skeleton shows what is so."""
        plan, skeleton, _cells = odd
        inspected = skeleton.members["ui"].probe.inspect()
        config, (endpoint,) = inspected["Config"], inspected["NetworkSettings"]["Networks"].values()
        assert (config["Hostname"], config["Domainname"]) == ("face", "example.test")
        assert plan.stand_in("ui").networks == {"dockerlab_front": ("ui", "the-ui", "shop")}
        by_engine = "face" in (endpoint["Aliases"] or ()) or "face" in (endpoint.get("DNSNames") or ())
        assert bool(skeleton.members["post"].probe.lookup("face")) is by_engine

    def test_a_container_name_is_an_alias_and_not_the_containers_name(self, odd):
        _plan, skeleton, _cells = odd
        assert skeleton.members["post"].probe.lookup("the-ui")
        assert skeleton.members["ui"].probe.inspect()["Name"].startswith("/pytest-dockerlab-")

    def test_extra_hosts_are_kept(self, odd):
        _plan, skeleton, _cells = odd
        pinned, gate = skeleton.members["ui"].probe.lookup_all(["pinned", "gate"])
        assert [str(each) for each in pinned.addresses] == ["192.0.2.7"]
        assert gate

    def test_dns_settings_and_the_rest_are_dropped_and_said_once(self, odd):
        plan, skeleton, _cells = odd
        inspected = skeleton.members["ui"].probe.inspect()
        host = inspected["HostConfig"]
        assert not host["Dns"]
        assert not host["DnsSearch"]
        assert not host["Privileged"]
        assert not host["CapAdd"]
        assert not host["PortBindings"]
        assert not inspected["Mounts"]
        assert not inspected["Config"].get("Healthcheck")
        assert {"dns", "dns_search", "privileged", "cap_add", "ports", "volumes", "platform", "depends_on",
                "healthcheck", "ipv4_address", "priority", "ipam", "enable_ipv6", "attachable", "restart",
                "command", "deploy"} <= set(plan.dropped)  # fmt: skip
        assert any("ui may change its network" in text(each) for each in plan.remarks)

    def test_ports_are_listened_on_and_not_published(self, odd):
        plan, skeleton, _cells = odd
        assert plan.stand_in("ui").ports == (9292, 8100, 8101, 8200)
        post, ui = skeleton.members["post"].probe, skeleton.members["ui"]
        targets = [("the-ui", port) for port in ui.ports]
        assert all(each.answered_by(ui.probe.token) for each in post.reach_all(targets, patience=5))

    def test_one_shots_stay_and_replicas_are_one(self, odd):
        _plan, skeleton, _cells = odd
        assert skeleton.members["post_db"].probe.inspect()["State"]["Running"]
        assert len([each for each in odd[0].stand_ins if each.service == "twin2"]) == 1

    def test_an_alias_of_two_is_shared(self, odd):
        shared = {each.name: each.owners for each in odd[2]["ui", "comment"].names}
        assert shared["twin"] == {"comment", "twin2"}
        assert names(odd[2]["ui", "comment"]) == {"comment": True, "twin": False, "talk": True}


def tiny(number):
    """A plan of two networks and one stand-in."""
    networks = tuple(PlannedNetwork(name, (name,), False, {}) for name in ("a", "b"))
    stand_in = StandIn("ui", {"a": ("ui",), "b": ("ui",)}, None, None, (8000 + number,), {}, None, None, ())
    return SkeletonPlan(networks, (stand_in,), {}, {}, ())


def test_twenty_at_once_have_subnets_enough(docker_host, run_id):
    """The engine's own pools end at about 30 networks: these are 40, all there at the same time."""
    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        probes = [stack.enter_context(Probes(docker_host, run_id)) for _ in range(20)]
        assert probes[0].image
        skeletons_ = list(pool.map(lambda pair: start_skeleton(pair[1], tiny(pair[0])), enumerate(probes)))
        subnets = {network.subnet for each in skeletons_ for network in each.networks.values()}
        assert len(subnets) == 40
        scopes = list(pool.map(lambda each: each.__exit__(None, None, None), probes))
    assert len(scopes) == 20


def test_a_stand_in_that_does_not_listen_is_our_error(docker_host, run_id):
    """A port given twice cannot be had twice: what it says is in the error, and it is never taken for unreachable."""
    plan = tiny(0)
    broken = replace(plan, stand_ins=(replace(plan.stand_ins[0], ports=(8000, 8000)),))
    with Probes(docker_host, run_id) as probes, pytest.raises(ProbeError):
        start_skeleton(probes, broken).measure({("ui", "ui")})


class TestIsolation:
    """What an engine does wrong for a moment is nobody's fault."""

    @staticmethod
    def leaking(times, outcome):
        """Probes whose connections that should not come do come, so many times; the answer too, or not any more."""
        from pytest_dockerlab.engine.probes import matrix

        parse, left = matrix.parse_reaches, [times]

        def planted(output):
            found = parse(output)
            if len(found) == 1 and found[0].outcome is matrix.Outcome.TIMED_OUT and left[0]:
                left[0] -= 1
                return [matrix.Reach(outcome, planted.token if outcome is Outcome.ANSWERED else None)]
            return found

        return planted

    @pytest.mark.parametrize(
        ("times", "outcome", "seen"),
        [
            (1, Outcome.ANSWERED, Outcome.TIMED_OUT),
            (1, Outcome.SILENT, Outcome.TIMED_OUT),
            (9, Outcome.ANSWERED, Outcome.ANSWERED),
        ],
    )
    def test_a_moment_without_isolation_is_not_reachability(
        self, docker_host, run_id, monkeypatch, times, outcome, seen
    ):
        plan = tiny(0)
        one, two = (
            replace(plan.stand_ins[0], service=name, networks={net: (name,)}) for name, net in (("x", "a"), ("y", "b"))
        )
        third = replace(one, service="z", networks={"b": ("z",)})
        planted = self.leaking(times, outcome)
        with Probes(docker_host, run_id) as probes:
            assert probes.image
            skeleton = start_skeleton(probes, replace(plan, stand_ins=(one, two, third)))
            planted.__dict__["token"] = skeleton.members["y"].probe.token
            monkeypatch.setattr("pytest_dockerlab.engine.probes.matrix.parse_reaches", planted)
            cells = {(cell.source, cell.target): cell for cell in skeleton.measure([("x", "y"), ("z", "y")])}
        assert [each.reach.outcome for each in cells["x", "y"].by_address] == [seen]
        assert cells["x", "y"].is_reached is (seen is Outcome.ANSWERED)
        assert cells["x", "y"].is_controlled
