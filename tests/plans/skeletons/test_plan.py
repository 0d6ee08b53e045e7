"""The plan of a skeleton: every construct of a compose file as the table has it, without an engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.skeletons.limits import MAX_MEMBERS, MAX_STAND_INS
from pytest_dockerlab.plans.skeletons.plan import Cause, plan_skeleton
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


@pytest.fixture
def plan_of(tmp_path: Path):
    def plan(compose: str, **files: str):
        (tmp_path / "docker-compose.yml").write_text(compose)
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
        submission = Submission("sample", WorkTree(tmp_path))
        return plan_skeleton(submission, submission.compose)

    return plan


def service(text: str, name: str = "ui", rest: str = "") -> str:
    return f"services:\n  {name}: {{image: x, {text}}}\n  post: {{image: x}}\n{rest}"


def remarks(plan):
    return " | ".join(text(each) for each in plan.remarks)


class TestNetworks:
    def test_names_by_network(self, plan_of):
        plan = plan_of(service("networks: {front: {aliases: [a, b]}, back: }", rest="networks: {front: , back: }"))
        ui = plan.stand_in("ui")
        assert ui.networks == {"dockerlab_front": ("ui", "a", "b"), "dockerlab_back": ("ui",)}
        assert {each.name for each in plan.networks} == {"dockerlab_default", "dockerlab_back", "dockerlab_front"}
        assert not any(each.internal or each.options for each in plan.networks)

    def test_two_keys_of_one_name(self, plan_of):
        plan = plan_of(
            service("networks: {a: {aliases: [x]}, b: {aliases: [y]}}", rest="networks: {a: {name: n}, b: {name: n}}")
        )
        assert plan.stand_in("ui").networks == {"n": ("ui", "x", "y")}
        assert [each.keys for each in plan.networks if each.name == "n"] == [("a", "b")]

    def test_a_network_that_nobody_uses_is_not_made(self, plan_of):
        plan = plan_of(service("networks: [a]", rest="networks: {a: , unused: }"))
        assert "dockerlab_unused" not in {each.name for each in plan.networks}

    def test_external(self, plan_of):
        plan = plan_of(service("networks: [a]", rest="networks: {a: {external: true, name: shared}}"))
        assert plan.stand_in("ui").networks == {"shared": ("ui",)}
        assert "shared would have to exist" in remarks(plan)

    @pytest.mark.parametrize("name", ["none", "bridge"])
    def test_external_called_like_a_mode(self, plan_of, name):
        plan = plan_of(service("networks: [a]", rest=f"networks: {{a: {{external: true, name: {name}}}}}"))
        assert (plan.stand_in("ui").mode, plan.stand_in("ui").networks) == (name, {})

    def test_external_host(self, plan_of):
        plan = plan_of(service("networks: [a]", rest="networks: {a: {external: true, name: host}}"))
        assert plan.stand_in("ui") is None
        assert plan.skipped["ui"].cause is Cause.HOST_NETWORK

    def test_internal_and_icc_stay_and_the_rest_goes(self, plan_of):
        options = '{com.docker.network.bridge.enable_icc: "false", com.docker.network.bridge.name: br0}'
        plan = plan_of(
            service(
                "networks: [a]",
                rest=f"networks: {{a: {{internal: true, driver: macvlan, driver_opts: {options}, enable_ipv6: true, "
                "attachable: true, ipam: {config: [{subnet: 10.0.1.0/24}]}}}",
            )
        )
        (network,) = [each for each in plan.networks if each.name == "dockerlab_a"]
        assert (network.internal, network.options) == (True, {"com.docker.network.bridge.enable_icc": "false"})
        assert {"driver", "driver_opts", "enable_ipv6", "attachable", "ipam"} <= set(plan.dropped)
        assert "a is a bridge here, not macvlan" in remarks(plan)


class TestModes:
    def test_none_and_bridge(self, plan_of):
        for mode in ("none", "bridge"):
            stand_in = plan_of(service(f"network_mode: {mode}")).stand_in("ui")
            assert (stand_in.mode, stand_in.networks, stand_in.shares) == (mode, {}, None)

    def test_host_is_never_started(self, plan_of):
        plan = plan_of(service("network_mode: host"))
        assert plan.stand_in("ui") is None
        assert plan.skipped["ui"].cause is Cause.HOST_NETWORK

    def test_who_shares_with_one_that_is_not_started_is_not_either(self, plan_of):
        plan = plan_of(service("network_mode: host") + "  side: {image: x, network_mode: 'service:ui'}\n")
        assert set(plan.skipped) == {"ui", "side"}

    def test_a_strangers_container(self, plan_of):
        plan = plan_of(service("network_mode: 'container:abc'"))
        assert plan.skipped["ui"].cause is Cause.FOREIGN_NETWORK
        assert "outside the project (container:abc)" in text(plan.skipped["ui"].reason)

    def test_a_shared_namespace_listens_for_all(self, plan_of):
        plan = plan_of(
            "services:\n  post: {image: x, networks: [a]}\n"
            "  ui: {image: x, network_mode: 'service:post', expose: [81]}\n"
            "  comment: {image: x, network_mode: 'service:ui', hostname: h}\nnetworks: {a: }\n"
        )
        post, ui, comment = (plan.stand_in(name) for name in ("post", "ui", "comment"))
        assert (ui.shares, comment.shares) == ("post", "post")
        assert (ui.networks, ui.ports, comment.ports) == ({}, (), ())
        assert set(post.ports) == {5000, 9292, 81}
        assert comment.hostname is None

    def test_no_replicas(self, plan_of):
        for form in ("scale: 0", "deploy: {replicas: 0}"):
            assert plan_of(service(form)).skipped["ui"].cause is Cause.NO_REPLICAS
        assert plan_of(service("scale: 3")).stand_in("ui") is not None


class TestNames:
    def test_links(self, plan_of):
        plan = plan_of(service("links: ['post:letter', post]"))
        assert plan.stand_in("ui").links == {"letter": "post", "post": "post"}
        assert plan.stand_in("post").networks == {"dockerlab_default": ("post",)}

    def test_hostname_and_domainname(self, plan_of):
        ui = plan_of(service("hostname: face, domainname: example.test")).stand_in("ui")
        assert (ui.hostname, ui.domainname) == ("face", "example.test")
        assert ui.networks == {"dockerlab_default": ("ui",)}

    def test_a_hostname_that_no_kernel_takes(self, plan_of):
        assert plan_of(service(f"hostname: {'h' * 64}")).stand_in("ui").hostname is None

    def test_container_name_is_an_alias(self, plan_of):
        assert plan_of(service("container_name: the-ui")).stand_in("ui").networks == {
            "dockerlab_default": ("ui", "the-ui")
        }

    def test_extra_hosts(self, plan_of):
        plan = plan_of(service("extra_hosts: ['a:192.0.2.1', 'gate=host-gateway', 'v6:::1', 'bad name:1.2.3.4']"))
        assert plan.stand_in("ui").extra_hosts == (("a", "192.0.2.1"), ("gate", "host-gateway"), ("v6", "::1"))

    def test_duplicate_aliases_are_kept(self, plan_of):
        networks = "networks: {a: {aliases: [twin]}}"
        plan = plan_of(
            f"services:\n  ui: {{image: x, {networks}}}\n  post: {{image: x, {networks}}}\nnetworks: {{a: }}"
        )
        assert all("twin" in each.networks["dockerlab_a"] for each in plan.stand_ins)

    @pytest.mark.parametrize("alias", ["комментарий", "a" * 300, "two words", "$(reboot)", "-x", "a..b"])
    def test_an_alias_that_is_no_name(self, plan_of, alias):
        plan = plan_of(service(f"networks: {{default: {{aliases: [{alias!r}]}}}}"))
        assert plan.stand_in("ui").networks == {"dockerlab_default": ("ui",)}


class TestPorts:
    def test_whatever_a_service_or_another_says(self, plan_of):
        plan = plan_of(
            "services:\n"
            "  ui:\n    build: ./ui\n    ports: ['80:8080', '8000-8001:8000-8001', '53:53/udp', '127.0.0.1::9000']\n"
            "    expose: ['7000', '7010-7011/tcp', '7020/udp']\n"
            "    environment: {POST_SERVICE_PORT: '5005', CACHE: 'redis://cache:6379/0', COMMENT_SERVICE_PORT: none}\n"
            "  post: {image: x, env_file: [post.env]}\n"
            "  post_db: {image: mongo}\n  cache: {image: redis}\n  idle: {image: x}\n",
            ui__Dockerfile="FROM x\nENV P=9999\nEXPOSE $P 9293/tcp 53/udp\n",
            **{"post.env": "DB=mongodb://somebody:secret@post_db:27018/x\n"},
        )
        ports = {each.service: set(each.ports) for each in plan.stand_ins}
        assert ports["ui"] == {9292, 8080, 8000, 8001, 9000, 7000, 7010, 7011, 9999, 9293}
        assert ports["post"] == {5000, 5005}
        assert ports["post_db"] == {27017, 27018}
        assert ports["cache"] == {6379}
        assert ports["idle"] == {8000}

    def test_a_range_is_bounded(self, plan_of):
        plan = plan_of(service("expose: ['1-65535']"))
        assert len(plan.stand_in("ui").ports) == 16
        assert plan.stand_in("ui").ports[0] == 9292


class TestDropped:
    def test_each_key_once_with_who_has_it(self, plan_of):
        keys = (
            "dns: 192.0.2.1, dns_search: x.test, dns_opt: [debug], restart: always, init: true, stop_signal: SIGINT, "
            "command: run, entrypoint: sh, user: root, sysctls: {kernel.x: 1}, privileged: true, devices: ['/dev/x'], "
            "security_opt: [x], runtime: runc, pid: host, ipc: host, uts: host, userns_mode: host, tmpfs: /t, "
            "read_only: true, platform: linux/s390x, logging: {driver: none}, labels: {a: b}, "
            "healthcheck: {disable: true}, mac_address: '02:00:00:00:00:01'"
        )
        plan = plan_of(service(keys))
        expected = set(re.findall(r"(?:^|, )(\w+):", keys))
        assert len(expected) == 25
        assert expected <= set(plan.dropped)
        assert all(plan.dropped[key] == ("ui",) for key in expected)
        assert plan.dropped["image"] == ("post", "ui")

    def test_endpoint_settings(self, plan_of):
        plan = plan_of(
            service("networks: {default: {ipv4_address: 10.0.1.3, priority: 5, link_local_ips: [169.254.8.8]}}")
        )
        assert {"ipv4_address", "priority", "link_local_ips"} <= set(plan.dropped)

    @pytest.mark.parametrize(
        "key",
        ["cap_add: [NET_ADMIN]", "cap_add: [ALL]", "sysctls: {net.ipv4.ip_forward: 1}", "command: iptables -F",
         "entrypoint: [sh, -c, 'ip route add default via 10.0.0.1; exec app']"],
    )  # fmt: skip
    def test_what_may_change_the_network_is_said(self, plan_of, key):
        assert "ui may change its network" in remarks(plan_of(service(key)))

    def test_profiles_of_the_example_env(self, plan_of):
        compose = service("profiles: [face]")
        assert plan_of(compose).stand_in("ui") is None
        assert plan_of(compose, **{".env.example": "COMPOSE_PROFILES=face\n"}).stand_in("ui") is not None


class TestBadInput:
    def test_five_hundred_services(self, plan_of):
        others = "".join(f"  s{number}: {{image: x}}\n" for number in range(498))
        plan = plan_of(f"services:\n  ui: {{image: x}}\n  post: {{image: x}}\n{others}")
        assert {"ui", "post"} <= {each.service for each in plan.stand_ins}
        assert len(plan.stand_ins) == MAX_MEMBERS  # they are all on one network
        assert "left out to keep the skeleton small" in remarks(plan)

    def test_two_hundred_networks(self, plan_of):
        networks = [f"n{number}" for number in range(200)]
        others = "".join(f"  s{number}: {{image: x, networks: [n{number}]}}\n" for number in range(200))
        plan = plan_of(
            f"services:\n  ui: {{image: x, networks: [n0]}}\n{others}networks: {{{': , '.join(networks)}: }}\n"
        )
        assert plan.stand_in("ui") is not None
        assert len(plan.stand_ins) <= MAX_STAND_INS

    def test_a_service_on_two_hundred_networks(self, plan_of):
        networks = [f"n{number}" for number in range(200)]
        with pytest.raises(Unverified, match="more than can be measured"):
            plan_of(
                f"services:\n  ui: {{image: x, networks: [{', '.join(networks)}]}}\n"
                f"networks: {{{': , '.join(networks)}: }}\n"
            )

    def test_an_application_of_hundreds(self, plan_of):
        with pytest.raises(Unverified, match="the application alone has 200 services"):
            plan_of("services:\n" + "".join(f"  ui{number}: {{image: x}}\n" for number in range(200)))

    def test_one_that_has_a_name_in_common_is_not_left_out(self, plan_of):
        others = "".join(f"  a{number}: {{image: x}}\n" for number in range(30))
        plan = plan_of(
            f"services:\n  ui: {{image: x}}\n{others}  zz: {{image: x, networks: {{default: {{aliases: [ui]}}}}}}\n"
        )
        assert plan.stand_in("zz") is not None

    @pytest.mark.parametrize(
        "compose",
        [
            "services:\n  ui: {image: x, depends_on: [post]}\n  post: {image: x, depends_on: [ui]}\n",
            "services:\n  ui: {image: x, network_mode: 'service:post'}\n"
            "  post: {image: x, network_mode: 'service:ui'}\n",
            "services:\n  ui: {extends: {service: post}}\n  post: {extends: {service: ui}}\n",
            "services:\n  ui: {image: x, networks: [nowhere]}\n",
            "services:\n  интерфейс: {image: x}\n  ui: {image: x}\n",
            "services:\n  ui: {image: x, env_file: /proc/self/environ}\n",
            "services:\n  ui: {build: /proc}\n",
        ],
    )
    def test_what_compose_or_the_guard_refuses(self, plan_of, compose):
        with pytest.raises(Mismatch):
            plan_of(compose)

    def test_proc_as_everything(self, plan_of):
        plan = plan_of(
            service(
                "hostname: /proc, domainname: /proc, container_name: proc, working_dir: /proc, command: /proc, "
                "volumes: ['/proc:/proc'], environment: {X: /proc, POST_PORT: /proc}, dns_search: /proc"
            )
        )
        ui = plan.stand_in("ui")
        assert (ui.hostname, ui.domainname, ui.ports) == (None, None, (9292,))

    def test_long_names(self, plan_of):
        long = "ui-" + "x" * 297
        plan = plan_of(f"services:\n  {long}: {{image: x}}\n  post: {{image: x}}\n")
        assert plan.stand_in(long).networks == {"dockerlab_default": ()}

    def test_equal_subnets(self, plan_of):
        net = "{ipam: {config: [{subnet: 10.0.1.0/24}]}}"
        plan = plan_of(service("networks: [a, b]", rest=f"networks: {{a: {net}, b: {net}}}"))
        assert plan.dropped["ipam"] == ("a", "b")

    def test_a_service_called_like_ours(self, plan_of):
        plan = plan_of("services:\n  pytest-dockerlab-lab-lock: {image: x}\n  ui: {image: x}\n")
        assert plan.stand_in("pytest-dockerlab-lab-lock") is not None
