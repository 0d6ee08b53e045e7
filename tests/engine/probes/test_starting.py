"""Probes on a real engine: what they measure, and that a probe that misbehaves is an error."""

from __future__ import annotations

import contextlib
import io
import re
import secrets
import tarfile

import pytest
from docker.errors import APIError
from requests import ConnectionError as RequestsConnectionError
from requests import Response

from pytest_dockerlab.engine.hosts.errors import LeftBehind
from pytest_dockerlab.engine.owned import locks
from pytest_dockerlab.engine.owned import sweep as sweep_module
from pytest_dockerlab.engine.owned.labels import RUN, SCOPE
from pytest_dockerlab.engine.owned.locks import LockTimeout, lab_lock
from pytest_dockerlab.engine.owned.networks import Network
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes import image as image_module
from pytest_dockerlab.engine.probes.connections import Outcome
from pytest_dockerlab.engine.probes.image import REPOSITORY, ProbeImageMissing, find_static_busybox, probe_image
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.engine.waiting import wait_until
from pytest_dockerlab.findings import Unverified

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts", "probes")]
pytestmark = pytest.mark.engine

PORT = 8000


def test_reach_tells_who_answers_and_why_not(probes):
    network = probes.network()
    server, client, alone = probes.start_all(
        {"network": network, "aliases": ["db"], "listen": [PORT, 9000]}, {"network": network}, {"network": "none"}
    )
    address = server.address()
    first, other = client.reach_all([(address, PORT), (address, 9000)], patience=10)
    assert first.token == other.token == server.token
    by_name, second, closed, nobody = client.reach_all([("db", PORT), ("db", 9000), (address, 81), ("no-name", 80)])
    assert by_name.answered_by(server.token)
    assert second.answered_by(server.token)
    assert closed.outcome is Outcome.REFUSED
    assert nobody.outcome is Outcome.NO_SUCH_NAME
    assert alone.reach(address, PORT).outcome is Outcome.NO_ROUTE
    assert alone.reach("127.0.0.1", 1).outcome is Outcome.REFUSED


def test_a_dropped_connection_times_out(probes):
    front, back = probes.network(), probes.network()
    client, server = probes.start_all({"network": front}, {"network": back, "listen": [PORT]})
    assert client.reach(server.address(), PORT, timeout=1).outcome is Outcome.TIMED_OUT


def test_a_server_that_says_nothing_is_neither_reached_nor_unreachable(probes):
    network = probes.network()
    silent, client = probes.start_all(
        {"network": network, "command": ["nc", "-l", "-p", str(PORT), "-e", "sleep", "60"]}, {"network": network}
    )
    # by its own list, and not by trying: nc takes one connection
    wait_until(
        lambda: f":{PORT:04X} " in silent.exec(["cat", "/proc/net/tcp", "/proc/net/tcp6"]).stdout,
        timeout=30,
        error=AssertionError,
    )
    reach = client.reach(silent.address(), PORT, timeout=1)
    assert reach.outcome is Outcome.SILENT
    with pytest.raises(ProbeError):
        reach.answered_by("x")


def test_listen_is_ready_when_it_returns_and_refuses_a_taken_port(probes):
    probe = probes.start(network="none")
    assert probe.listen(PORT) == probe.token
    assert probe.reach("127.0.0.1", PORT).answered_by(probe.token)
    with pytest.raises(ProbeError, match="in use"):
        probe.listen(PORT)


def test_lookup(probes):
    network = probes.network()
    name = f"name-{secrets.token_hex(4)}"
    server, client = probes.start_all({"network": network, "name": name, "aliases": ["db"]}, {"network": network})
    by_name, by_alias, nobody, itself = client.lookup_all([name, "db", "no-such", "localhost"])
    assert [str(address) for address in by_name.addresses] == [server.address()]
    assert by_alias.addresses == by_name.addresses
    assert not nobody
    assert nobody.has_server
    assert "127.0.0.1" in [str(address) for address in itself.addresses]


def test_views(probes):
    network = probes.network()
    plain, shared, alone, host = probes.start_all(
        {"network": network}, {"network": network}, {"network": "none"}, {"network": "host", "pid_mode": "host"}
    )
    shared = probes.start(network=plain)
    views = probes.views(plain, shared, alone, host)
    assert views[0].namespace == views[1].namespace
    assert len({view.namespace for view in views}) == 3
    eth0 = views[0].interface("eth0")
    assert eth0.is_up
    assert plain.address() in [str(address) for address in eth0.addresses]
    assert network.subnet in [route.destination for route in views[0].routes]
    assert alone.network_namespace() == views[2].namespace
    assert network.bridge in views[3].names
    of_plain = host.view_of(plain.pid)
    assert of_plain.names == views[0].names
    assert of_plain.addresses == views[0].addresses


def test_connect_disconnect_and_address(probes):
    first, second = probes.network(), probes.network()
    probe = probes.start(network=first)
    probe.connect(second, aliases=["x"])
    assert probe.address(first)
    assert probe.address(second)
    with pytest.raises(ValueError):
        probe.address()
    probe.disconnect(first)
    assert probe.address(first) == ""
    assert probe.address() == probe.address(second)


def test_exec_keeps_streams_apart_and_ends(probes):
    probe = probes.start(network="none")
    executed = probe.exec(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (executed.returncode, executed.stdout, executed.stderr) == (3, "out\n", "err\n")
    assert probe.exec(["sleep", "60"], timeout=1).returncode == 137


@pytest.mark.parametrize("script", ["echo half", "kill -SEGV $$", "exit 1", "echo .; exit 2", "echo .; echo more"])
def test_a_probe_that_breaks_off_is_an_error(probes, script):
    probe = probes.start(network="none")
    with pytest.raises(ProbeError):
        probe.measure(f"{script}\n")


def test_a_probe_that_is_gone_is_an_error(probes):
    probe = probes.start(network="none", command=["true"])
    assert probe.wait_exit() == 0
    with pytest.raises(ProbeError, match="does not run"):
        probe.view()
    with pytest.raises(ProbeError, match="still runs"):
        probes.start(network="none").wait_exit(timeout=0.1)


def test_a_probe_that_ends_between_two_requests(probes, monkeypatch):
    probe = probes.start(network="none")
    api = probe.host.client.api
    create = api.exec_create

    def create_and_end(*told):
        created = create(*told)
        probe.kill()
        return created

    monkeypatch.setattr(api, "exec_create", create_and_end)
    with pytest.raises(ProbeError, match="does not run"):
        probe.exec(["true"])


def test_published_ports_are_the_engines_choice(probes):
    network = probes.network()
    one, two = probes.start_all(*[{"network": network, "listen": [PORT], "publish": [PORT]}] * 2)
    assert one.published(PORT) != two.published(PORT)
    with pytest.raises(ProbeError):
        one.published(81)


def test_a_probe_that_sees_other_peoples_files_is_confined(docker_host, probes):
    probe = probes.start(network="none", volumes={probes.volume(): "/data"})
    said = probe.exec(["sh", "-c", "grep -E 'NoNewPrivs|CapEff' /proc/self/status; touch /data/x && chown 1:1 /data/x"])
    assert said.returncode == 0, said.stderr
    assert re.search(r"NoNewPrivs:\s*1", said.stdout)
    assert re.search(r"CapEff:\s*000000000000000b\b", said.stdout)  # CHOWN, DAC_OVERRIDE, FOWNER
    inspected = docker_host.client.api.inspect_container(probe.id)["HostConfig"]
    if docker_host.facts.limits_pids:
        assert inspected["PidsLimit"] == 64


def test_what_was_made_is_gone_at_the_end_also_after_an_error(docker_host, run_id):
    with contextlib.suppress(ZeroDivisionError), Probes(docker_host, run_id) as probes:
        network = probes.network()
        probe = probes.start(network=network, volumes={probes.volume(): "/data"})
        probes.commit(probe)
        probes.build(f"FROM {probes.image}\nRUN true\nRUN echo > /x\n")
        kinds = [thing.kind for thing in list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}")]
        assert set(kinds) == {"container", "network", "volume", "image"}
        raise ZeroDivisionError
    assert list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}") == []


def test_an_interrupt_while_a_probe_starts_leaves_nothing(docker_host, run_id):
    class Interrupted(Probes):
        def _start(self, image, options):
            super()._start(image, options)
            raise KeyboardInterrupt  # the engine has made it, and nobody heard of it

    with Interrupted(docker_host, run_id) as probes:
        probes._image = probe_image(docker_host)
        with pytest.raises(KeyboardInterrupt):
            probes.start(network="none")
    assert list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}") == []


class TestImage:
    def test_it_is_made_once_and_kept(self, docker_host):
        first = probe_image(docker_host)
        assert probe_image(docker_host) == first
        inspected = docker_host.client.images.get(first)
        assert inspected.tags[0].startswith(f"{REPOSITORY}:")
        assert RUN not in inspected.labels

    def test_the_users_own(self, docker_host):
        own = probe_image(docker_host)
        name = docker_host.client.images.get(own).tags[0]
        assert probe_image(docker_host, name) == own

    def test_one_that_cannot_be_had(self, docker_host):
        with pytest.raises(ProbeImageMissing, match="--hw-probe-image"):
            probe_image(docker_host, "registry.invalid/none:1")

    def test_our_name_on_somebody_elses_image(self, docker_host, monkeypatch):
        api = docker_host.client.api
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("theirs"))
        digest = secrets.token_hex(32)
        name = f"{REPOSITORY}:{digest[:16]}"
        api.import_image_from_data(content.getvalue(), REPOSITORY, digest[:16])
        try:
            monkeypatch.setattr(image_module, "_digest", lambda _content: digest)
            with pytest.raises(ProbeError, match="not ours"):
                probe_image(docker_host)
        finally:
            api.remove_image(name)

    def test_an_image_that_is_no_probe_fails_its_self_test(self, docker_host, run_id):
        """Here: one that says somebody else answers. Single applets cannot be replaced: the shell has its own."""
        script = b"#!/bin/busybox sh\nshift 3\n\"$@\" | sed 's/^B .*/B liar/'\n"
        with Probes(docker_host, run_id) as probes:
            liar = probes.build(
                f"FROM {probes.image}\nRUN rm /bin/timeout\nCOPY timeout /bin/timeout\nRUN chmod 755 /bin/timeout\n",
                {"timeout": script},
            )
            with (
                Probes(docker_host, run_id, image=liar.id) as misled,
                pytest.raises(ProbeError, match=r"self-test: not so: a server is reached$"),
            ):
                misled.start(network="none")

    def test_no_busybox_for_another_architecture(self):
        assert find_static_busybox("riscv64") is None


class TestLabLock:
    @pytest.fixture(autouse=True)
    def lock_name(self, monkeypatch, tmp_path):
        """A lock of our own: another run on this engine may hold the real one at this moment."""
        name = f"pytest-dockerlab-lab-lock-{secrets.token_hex(4)}"
        monkeypatch.setattr(locks, "LAB_LOCK_NAME", name)
        monkeypatch.setattr(locks, "user_folder", lambda: tmp_path)
        return name

    def test_it_keeps_others_out_and_is_given_back(self, docker_host, run_id, lock_name):
        with Probes(docker_host, run_id, is_exclusive=True) as probes:
            image, client = probes.image, docker_host.client
            assert client.containers.get(lock_name).status == "created"
            with pytest.raises(LockTimeout), lab_lock(docker_host, image, probes.labels, timeout=0.2):
                pass
        assert lock_name not in [thing.name for thing in list_ours(client)]

    def test_another_machines_lock_holds_too(self, docker_host, probes, lock_name):
        """Without the file that only our own processes on this machine see."""
        client = docker_host.client
        foreign = client.containers.create(probes.image, ["true"], name=lock_name, labels={"whose": "theirs"})
        try:
            with (
                pytest.raises(LockTimeout, match="not ours"),
                lab_lock(docker_host, probes.image, probes.labels, timeout=0.2),
            ):
                pass
            assert client.containers.get(lock_name).id == foreign.id
        finally:
            foreign.remove()

    def test_a_dead_holders_lock_is_taken_away(self, docker_host, probes, lock_name):
        from dataclasses import replace

        dead = replace(probes.labels, owner=replace(probes.labels.owner, start="1"))
        docker_host.client.containers.create(
            probes.image, ["true"], name=lock_name, labels=dead.make("container", "lab-lock")
        )
        with lab_lock(docker_host, probes.image, probes.labels, timeout=10):
            pass


def test_types_are_what_tests_import(probes):
    assert isinstance(probes.network(), Network)
    assert isinstance(probes.start(network="none"), Probe)


class TestTrouble:
    """What an engine may do to a lab: its own error comes through, and nothing of ours stays."""

    def test_a_name_that_is_taken(self, docker_host, run_id, probes):
        taken = probes.start(network="none")
        with pytest.raises(APIError, match="409"), Probes(docker_host, run_id) as others:
            others.start(network="none", name=taken.name)
        assert list_ours(docker_host.client, label=f"{SCOPE}={others.scope}") == []
        assert taken.inspect()["State"]["Running"]

    def test_one_of_several_that_cannot_start(self, docker_host, run_id):
        with pytest.raises(APIError), Probes(docker_host, run_id) as probes:
            probes.start_all({"network": "none"}, {"network": "none", "command": ["/no/such/program"]})
        assert list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}") == []

    def test_an_engine_that_goes_away_under_a_lab(self, docker_host, run_id, monkeypatch):
        def gone(_client, **_words):
            raise RequestsConnectionError("refused")

        monkeypatch.setattr(sweep_module, "list_ours", gone)
        with pytest.raises(ProbeError, match="first") as caught, Probes(docker_host, run_id):
            raise ProbeError("first")
        assert "could not be removed" in caught.value.__notes__[0]
        with pytest.raises(LeftBehind, match="refused"), Probes(docker_host, run_id):
            pass

    def test_a_policy_that_forbids_the_docker_hosts_namespaces(self, docker_host, run_id, monkeypatch):
        """As Enhanced Container Isolation does, or an authorization plugin."""
        with Probes(docker_host, run_id) as probes:
            assert probes.image
            answer = Response()
            answer.status_code = 403

            def refuse(*_args, **_words):
                raise APIError("forbidden", answer, "authorization denied by plugin")

            monkeypatch.setattr(docker_host.client.api, "create_container", refuse)
            with pytest.raises(Unverified):
                probes.start(network="host")
            with pytest.raises(APIError):
                probes.start(network="none")
