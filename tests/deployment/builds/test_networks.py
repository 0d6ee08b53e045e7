"""Networks of builds: each build is alone on one, which leads outside and is gone with it."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import RUN

from ...engine.killing import eventually
from .test_hostile_builds import Builds, builds, others

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = pytest.mark.engine
__all__ = ["builds", "others"]  # fixtures

PORT = 7777
SERVE = f"""perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => {PORT}, Listen => 5, ReuseAddr => 1); \
alarm 60; while ($c = $s->accept) {{ print $c "of-one\\n"; $c->recv($t, 4); exit if $t eq "stop" }}'"""
# "reached" where there is an answer, "no way" where there is none
ASK = f"""perl -MIO::Socket::INET -e '$c = IO::Socket::INET->new(PeerAddr => "%s:{PORT}", Timeout => 3); \
print $c ? "reached " . <$c> : "no way\\n"; print $c "%s" if $c'"""


@pytest.fixture
def another(docker_host: DockerHost, others: Callable[[], None], tmp_path: Path) -> Iterator[Builds]:
    folder = tmp_path / "another"
    folder.mkdir()
    made = Builds(docker_host, secrets.token_hex(8), folder)
    with made.images:
        yield made


def test_builds_do_not_meet(builds: Builds, another: Builds) -> None:
    """What one serves while it is built, another one cannot read; the same build can."""
    thread = threading.Thread(target=builds.build, args=(f"RUN {SERVE}",))
    thread.start()
    api = builds.host.client.api
    try:

        def step() -> str | None:
            found = api.containers(filters={"label": f"{RUN}={builds.run_id}", "status": "running"})
            steps = [each for each in found if "perl" in each["Command"]]
            return str(steps[0]["HostConfig"]["NetworkMode"]) if steps else None

        eventually(step, 60)
        mode = step()
        assert mode is not None
        kind, _colon, holder = mode.partition(":")
        assert kind == "container"
        ((name, endpoint),) = api.inspect_container(holder)["NetworkSettings"]["Networks"].items()
        assert name.startswith("pytest-dockerlab-")
        image = another.build("RUN " + ASK % (endpoint["IPAddress"], "none"))
        assert image.built is not None
        assert "no way\n" in image.built.log
        assert "reached of-one" not in image.built.log
    finally:
        container = builds.host.client.containers.run(
            "debian:bookworm-slim", ["sh", "-c", ASK % (endpoint["IPAddress"], "stop")], network=name, detach=True
        )
        try:
            container.wait(timeout=60)
            assert b"reached of-one" in container.logs()  # the control: it was there all the time
        finally:
            container.remove(force=True)
        thread.join()


def test_a_build_reaches_the_name_servers_and_what_is_outside(builds: Builds) -> None:
    """By the engine's own name server, as on every user-defined network, and over a default route."""
    image = builds.build("RUN cat /etc/resolv.conf; cat /proc/net/route")
    assert image.built is not None
    assert "nameserver 127.0.0.11" in image.built.log
    assert re.search(r"^eth0\t00000000\t", image.built.log, re.MULTILINE)


def test_a_program_names_a_container_of_somebody(builds: Builds) -> None:
    """It is not taken for a step's: else it would be limited, and removed when the build is ended."""
    client = builds.host.client
    foreign = client.containers.run("debian:bookworm-slim", ["sleep", "1000"], detach=True)
    try:
        builds.finding(f"RUN echo ' ---> Running in {foreign.id}'", f"RUN echo ' ---> Running in {foreign.id}'; yes")
        foreign.reload()
        assert foreign.status == "running"
        assert foreign.attrs["HostConfig"]["PidsLimit"] in (None, 0, -1)
    finally:
        foreign.remove(force=True)
