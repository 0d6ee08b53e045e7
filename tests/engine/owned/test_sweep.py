"""Sweeping: a run's own things and those of the dead, and never anything else."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from pytest_dockerlab.engine.owned import labels, sweep
from pytest_dockerlab.engine.owned.labels import PROBE_IMAGE, SCOPE, Labels, Owner
from pytest_dockerlab.engine.owned.sweep import KINDS, list_ours, renew, sweep_dead, sweep_run
from pytest_dockerlab.engine.probes.image import probe_image
from pytest_dockerlab.engine.probes.starting import Probes

from ..killing import foreign_network

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts", "probes")]
pytestmark = pytest.mark.engine

# A process that makes one thing of each kind, says so, and waits to be killed.
VICTIM = """
import json, sys
from pytest_dockerlab.engine.hosts.hosts import resolve_docker_host
from pytest_dockerlab.engine.owned import labels
from pytest_dockerlab.engine.probes.starting import Probes
labels._boot = lambda: sys.argv[3]
with resolve_docker_host(sys.argv[1]) as host, Probes(host, sys.argv[2], is_exclusive=True) as probes:
    network, volume = probes.network(), probes.volume()
    probe = probes.start(network=network, volumes={volume: "/data"})
    image = probes.commit(probe)
    print(json.dumps([probe.id, network.id, volume, image]), flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def boot(monkeypatch):
    """A machine of our own, as it were: another worker's run does not see whether our processes live, and leaves what
    the dead of them left to us; no more do we see its processes."""
    name = f"boot-{secrets.token_hex(4)}"
    monkeypatch.setattr(labels, "_boot", lambda: name)
    return name


@pytest.fixture
def foreign(boot, docker_host):
    """A container, network, volume and image with names like ours, and an image and a container made of one of ours."""
    client, mark = docker_host.client, secrets.token_hex(4)
    image = probe_image(docker_host)
    with Probes(docker_host, f"inherited-{mark}") as probes:
        # Labels are inherited from the image: what is made of ours carries them, and is not ours.
        base = probes.commit(probes.start(network="none"))
        child = client.images.build(fileobj=_dockerfile(f"FROM {base}\nENV a=b\n"), tag=f"theirs-{mark}:1", rm=True)[0]
        heir = client.containers.create(base, ["sleep", "600"], name=f"heir-{mark}")
        container = client.containers.run(image, ["sleep", "600"], name=f"pytest-dockerlab-{mark}", detach=True)
        network = foreign_network(docker_host, f"pytest-dockerlab-net-{mark}", internal=True)
        volume = client.volumes.create(f"pytest-dockerlab-vol-{mark}", labels={"pytest-dockerlab": "run"})
        container.commit(f"pytest-dockerlab-lab-{mark}", "1")
        named = client.images.get(f"pytest-dockerlab-lab-{mark}:1")

        def survive():
            client.api.inspect_container(heir.id)
            assert client.containers.get(container.id).status == "running"
            client.networks.get(network.id)
            client.volumes.get(volume.id)
            for one in (child, named):
                client.images.get(one.tags[0])
            return True

        try:
            yield survive
            assert survive()
        finally:
            for one in (heir, container):
                one.remove(force=True)
            network.remove()
            volume.remove()
            for one in (child, named):
                client.images.remove(one.tags[0])


def _dockerfile(text):
    import io

    return io.BytesIO(text.encode())


def _victim(docker_host, run_id, boot):
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(docker_host.endpoint), run_id, boot],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return process, json.loads(process.stdout.readline())


def _end(process, how=signal.SIGKILL):
    process.send_signal(how)
    process.communicate(timeout=30)


def _ours(docker_host, run_id):
    return [thing for thing in list_ours(docker_host.client) if thing.run_id == run_id]


@pytest.fixture
def other_run():
    return f"test-{secrets.token_hex(6)}"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_process_left_is_swept_by_the_next_and_nothing_else(docker_host, foreign, other_run, boot, how):
    process, made = _victim(docker_host, other_run, boot)
    assert {thing.kind for thing in _ours(docker_host, other_run)} == set(KINDS)
    sweep_dead(docker_host.client)
    assert {thing.id for thing in _ours(docker_host, other_run)} >= set(made), "it lives"
    _end(process, how)
    removed = sweep_dead(docker_host.client)
    assert {thing.id for thing in removed} >= set(made)
    assert _ours(docker_host, other_run) == []
    assert foreign()


def test_an_interrupted_process_cleans_up_by_itself(docker_host, other_run, boot):
    process, _made = _victim(docker_host, other_run, boot)
    _end(process, signal.SIGINT)
    assert _ours(docker_host, other_run) == []


def test_a_run_is_swept_whoever_made_its_things_and_a_live_other_runs_stay(
    docker_host, foreign, run_id, other_run, boot
):
    process, made = _victim(docker_host, other_run, boot)
    try:
        with Probes(docker_host, run_id) as probes:
            probe = probes.start(network="none")
            removed = sweep_run(docker_host.client, other_run)
            assert {thing.id for thing in removed} >= set(made)
            assert probe.inspect()["State"]["Running"]
        assert foreign()
    finally:
        _end(process)


def test_what_expired_out_of_sight_is_swept_unless_its_run_was_renewed(docker_host, other_run, monkeypatch):
    """It is never expired for another worker's run, which would sweep it too."""
    elsewhere = replace(Owner.of(), host="another-machine")
    client = docker_host.client
    expired = Labels(other_run, elsewhere, lifetime=-10)
    renew(client, replace(expired, lifetime=100))
    client.api.create_volume(labels=expired.make("volume", "test"))
    renew(client, replace(expired, lifetime=100))
    assert len(_ours(docker_host, other_run)) == 2, "one thing and one lease"
    sweep_dead(client)
    assert len(_ours(docker_host, other_run)) == 2
    later = time.time() + 200
    monkeypatch.setattr(sweep, "time", SimpleNamespace(time=lambda: later))  # the newest lease has expired then
    assert {thing.run_id for thing in sweep_dead(client)} >= {other_run}
    assert _ours(docker_host, other_run) == []


def test_what_somebody_else_still_uses_is_left_and_what_is_gone_is_no_error(docker_host, other_run):
    """A foreign container has joined a network of ours: both stay, the rest goes.

    Of a run of its own: xdist gives all of its workers one, and this would sweep what another worker uses.
    """
    client = docker_host.client
    with Probes(docker_host, other_run) as probes:
        network = probes.network()
        probe = probes.start(network=network)
        guest = client.containers.run(probes.image, ["sleep", "600"], network=network.name, detach=True)
        things = list_ours(client, label=f"org.pytest-dockerlab.scope={probes.scope}")
        probe.remove()
        removed = sweep_run(client, other_run)
        try:
            assert [thing.id for thing in things if thing in removed] == []
            assert client.containers.get(guest.id).status == "running"
            assert client.networks.get(network.id)
        finally:
            guest.remove(force=True)


def test_the_probe_image_belongs_to_no_run(docker_host, run_id, other_run):
    image = probe_image(docker_host)
    sweep_run(docker_host.client, other_run)
    assert image in [thing.id for thing in list_ours(docker_host.client, label=PROBE_IMAGE)]
    assert image not in [thing.id for thing in list_ours(docker_host.client)]


def test_a_step_in_the_network_namespace_of_ours(docker_host):
    """Of a build: it has the labels of its image, as a container that somebody made of that image has."""
    run_id = f"step-{secrets.token_hex(4)}"
    client = docker_host.client
    with Probes(docker_host, run_id) as probes:
        holder = probes.start(network="none")
        image = probes.commit(holder)
        step = client.containers.create(image, ["true"], network_mode=f"container:{holder.id}")
        theirs = client.containers.create(image, ["true"], network_mode="none")
        try:
            listed = {each.id for each in list_ours(client, label=f"{labels.RUN}={run_id}", kinds=["container"])}
            assert listed == {holder.id, step.id}
        finally:
            theirs.remove()


def test_an_image_that_is_listed_before_its_children_goes_too(docker_host, other_run):
    """As those of one second are, by chance: the engine says only in which second an image was made."""
    with Probes(docker_host, other_run) as probes:
        parent = probes.build(f"FROM {probes.image}\nENV A=1\n").id
        child = probes.build(f"FROM {parent}\nENV B=1\n").id
        things = {thing.id: thing for thing in list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}")}
        sweep.remove(docker_host.client, [things[parent], things[child]])
        left = {thing.id for thing in list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}")}
        assert not left & {parent, child}
