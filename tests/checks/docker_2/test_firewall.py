"""docker-2/firewall: the app's port at a docker host's own address, with real containers that publish it, or do not."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.checks.docker_2 import firewall as firewall_module
from pytest_dockerlab.checks.docker_2.firewall import Publisher
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.probes.image import probe_image
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Collected, Mismatch, Unverified, collecting
from pytest_dockerlab.messages import text
from tests.engine.servers import free_port, tls_engine
from tests.reddit_app.servers import app, has_ipv6, head, raw, saying

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts", "probes")]
pytestmark = pytest.mark.engine

OPEN = [Publisher("reddit", "0.0.0.0")]
SERVE = ["sh", "-c", "mkdir /www && echo '<title>App</title>' > /www/index.html && httpd -f -p 9292 -h /www"]


def judged(address: str, port: int, published: list[Publisher]) -> Collected:
    with collecting() as collected:
        try:
            firewall_module.judge(address, port, published)
        except Mismatch as mismatch:
            collected.findings.append(mismatch.finding)
    return collected


def said(collected: Collected) -> str:
    (finding,) = collected.findings
    return " | ".join(text(part) for part in (finding.expected, finding.found, finding.hint) if part is not None)


@contextlib.contextmanager
def container(host: DockerHost, image: str, labels: dict[str, str], **words: Any) -> Iterator[str]:
    """A running container of the engine for the block: its name."""
    made = host.client.containers.run(image, SERVE, detach=True, labels=labels, **words)
    try:
        yield str(made.name)
    finally:
        made.remove(force=True)


@pytest.mark.sample("docker-2/firewall", "passes")
def test_an_application_answers() -> None:
    with app() as application:
        port = int(application.url.rpartition(":")[2])
        collected = judged("127.0.0.1", port, OPEN)
        assert collected.findings == []
        assert collected.evidence == {"published by": ["reddit (0.0.0.0)"], "answer": "HTTP 200", "title": "Reddit"}
        # it answers, whoever it is by whom
        assert judged("127.0.0.1", port, []).findings == []
        application.has |= {"empty"}
        assert judged("127.0.0.1", port, OPEN).findings == []


@pytest.mark.sample("docker-2/firewall", "unusual")
def test_any_answer_in_http_is_one() -> None:
    for answer in (
        head("500 Internal Server Error"),
        head("302 Found", "text/html", "Location: http://example.com/"),
        head("200 OK", "text/html", "Content-Encoding: gzip"),
        head() + b"x" * 2_000_000,
    ):
        with raw(saying(answer)) as url:
            assert judged("127.0.0.1", int(url.rpartition(":")[2]), OPEN).findings == []


def test_an_address_of_ipv6() -> None:
    if not has_ipv6():
        pytest.skip("IPv6 cannot be had by name")
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        port = probe.getsockname()[1]
        collected = judged("::1", port, OPEN)
    assert f"http://[::1]:{port}/ answers in HTTP | [::1]:{port} refuses the connection" in said(collected)


@pytest.mark.sample("docker-2/firewall", "fails")
def test_what_does_not_answer_in_http() -> None:
    with raw(saying(b"SSH-2.0-OpenSSH_9.2\r\n")) as url:
        found = said(judged("127.0.0.1", int(url.rpartition(":")[2]), OPEN))
        assert "not in HTTP: SSH-2.0-OpenSSH_9.2; reddit publishes it | see docker logs reddit" in found
    with raw(saying(b"")) as url:  # as the engine's proxy does when nobody listens in the container
        found = said(judged("127.0.0.1", int(url.rpartition(":")[2]), OPEN))
        assert "closed the connection" in found
        assert "listen on 0.0.0.0:9292" in found


@pytest.mark.sample("docker-2/firewall", "fails")
def test_a_firewall(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener whose queue is full leaves connections unanswered, as a firewall that drops them."""
    monkeypatch.setattr(firewall_module, "_SECONDS", 0.5)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _number in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        dropped = said(judged("127.0.0.1", port, OPEN))
        unpublished = said(judged("127.0.0.1", port, []))
        for each in waiting:
            each.close()
    assert "reddit publishes it, so the firewall drops it | open tcp 9292 in the firewall: gcloud compute" in dropped
    assert "no running container publishes the port | start the app on the docker host" in unpublished


def test_our_own_trouble_is_no_finding() -> None:
    with pytest.raises(Unverified, match="does not resolve"):
        judged("no-such-name.invalid", 9292, OPEN)


def eventually(host: DockerHost, address: str, port: int, name: str) -> Collected:
    """What is found once the server in the container listens, or what is found at last."""
    deadline = time.monotonic() + 60
    while True:
        published = [
            each for each in firewall_module.publishers(host.client.api.containers(), port) if each.name == name
        ]
        collected = judged(address, port, published)
        if not collected.findings or time.monotonic() > deadline:
            return collected
        time.sleep(0.05)


def host_port(host: DockerHost, name: str) -> int:
    return int(host.client.api.port(name, 9292)[0]["HostPort"])


def test_published_by_real_containers(docker_host: DockerHost, probes: Probes) -> None:
    """What the engine's own list says of each way to publish a port, and that the answer goes with it."""
    labels = probes.labels.make("container", "test")

    def found(name: str, port: int) -> list[Publisher]:
        return [
            each for each in firewall_module.publishers(docker_host.client.api.containers(), port) if each.name == name
        ]

    with container(docker_host, probes.image, labels, ports={"9292/tcp": ("127.0.0.1", None)}) as name:
        port = host_port(docker_host, name)
        assert found(name, port) == [Publisher(name, "127.0.0.1")]
        refused = said(judged("127.0.0.2", port, found(name, port)))
        assert f"{name} publishes it to the docker host alone, on 127.0.0.1 | publish it on all addresses" in refused
        assert found(name, port + 1) == []
    with container(docker_host, probes.image, labels, ports={"9292/tcp": None, "9292/udp": None}) as name:
        port = host_port(docker_host, name)
        assert {each.address for each in found(name, port)} <= {"0.0.0.0", "::"}
        assert all(each.is_open for each in found(name, port))
        collected = eventually(docker_host, "127.0.0.1", port, name)
        assert collected.findings == []
        assert collected.evidence["title"] == "App"
    probe = probes.start(network="host")
    assert found(probe.name, 9292) == [Publisher(probe.name, "")]


def test_the_engine_of_this_machine(docker_host: DockerHost) -> None:
    if not docker_host.is_local_engine():
        pytest.skip("the engine of the tests is another machine's")
    with pytest.raises(Unverified, match="nothing here can look at it from outside"):
        firewall_module.firewall(docker_host)


@pytest.mark.sample("docker-2/firewall", "passes")
def test_another_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The item on a second engine, by an address that is its own: that of its bridge."""
    port = free_port()
    monkeypatch.setattr(firewall_module, "_PORT", port)
    with tls_engine(tmp_path) as engine:
        environ = engine.environ(engine.cert_folder(tmp_path / "certs"))
        with resolve_docker_host(None, environ) as host, pytest.raises(Unverified, match="there is a tunnel"):
            firewall_module.firewall(host)
        with resolve_docker_host(None, environ) as host:
            address = host.client.networks.get("bridge").attrs["IPAM"]["Config"][0]["Gateway"]
        with resolve_docker_host(None, environ, address=address) as host:
            with pytest.raises(Mismatch) as caught:
                firewall_module.firewall(host)
            assert "no running container publishes the port" in str(caught.value)
            with container(host, probe_image(host), {}, ports={"9292/tcp": ("127.0.0.1", port)}):
                with pytest.raises(Mismatch) as caught:
                    firewall_module.firewall(host)
                assert "to the docker host alone" in str(caught.value)
            with container(host, probe_image(host), {}, ports={"9292/tcp": port}) as name:
                assert eventually(host, address, port, name).findings == []
                with collecting() as collected:
                    firewall_module.firewall(host)
                assert collected.findings == []
                assert collected.evidence["answer"] == "HTTP 200"
