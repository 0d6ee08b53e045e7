"""Servers of a probe that refuse as a real program does, asked on a real engine."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.probes.pages import ASKED, METRIC, SAID_BY, Page, serve_script
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.net.client import Client
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.net.http import Answer, Request, Url

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]

PAGES = [Page(9100), Page(9115), Page(9115, "/probe", "target"), Page(27017, text="It looks like MongoDB's port.")]


@pytest.fixture(scope="module")
def ports(docker_host: DockerHost, run_id: str) -> Iterator[dict[int, str]]:
    """Where the pages are served, by their port."""
    with Probes(docker_host, run_id) as probes:
        command = ["sh", "-c", serve_script(PAGES, "the-token") + "exec sleep 600"]
        numbers = sorted({page.port for page in PAGES})
        probe = probes.start(network=probes.network(), command=command, publish=numbers)
        address = probe.address(next(iter(probe.inspect()["NetworkSettings"]["Networks"])))
        assert all(
            each.token is not None for each in probe.reach_all([(address, port) for port in numbers], patience=10)
        )
        yield {port: f"http://{docker_host.address}:{probe.published(port)}" for port in numbers}


def ask(url: str) -> Answer:
    return Client().request(Request(Url.parse(url)), Deadline(10), max_body=10_000)


@pytest.mark.engine
class TestServing:
    @pytest.mark.parametrize(
        ("port", "path", "status", "body"),
        [
            (9100, "/metrics", 200, ""),
            (9100, "/metrics?x=1&y[]=2", 200, None),
            (9100, "/", 404, "404 page not found\n"),
            (9100, "/metrics/", 404, "404 page not found\n"),
            (9100, "/metricsx", 404, "404 page not found\n"),
            (9100, "/probe?target=x", 404, "404 page not found\n"),
            (9115, "/metrics", 200, ""),
            (9115, "/probe", 400, "Target parameter is missing\n"),
            (9115, "/probe?target=", 400, "Target parameter is missing\n"),
            (9115, "/probe?module=x&target=&y=z", 400, "Target parameter is missing\n"),
            (9115, "/probe?mytarget=x", 400, "Target parameter is missing\n"),
            (9115, "/probe?module=m&target=http%3A%2F%2Fui", 200, "module=m&target=http%3A%2F%2Fui"),
            (9115, "/probe?target=x", 200, "target=x"),
            (9115, "/probe?target=x%22%7D", 200, "target=x%22%7D"),
            (27017, "/any", 200, None),
        ],
    )
    def test_what_is_answered(self, ports: dict[int, str], port: int, path: str, status: int, body: str | None) -> None:
        answer = ask(f"{ports[port]}{path}")
        assert answer.status == status
        if status == 200 and body is not None:
            body = f'{METRIC}{{{SAID_BY}="the-token",{ASKED}="{body}"}} 1\n'
        if body is not None:
            assert answer.body.decode() == body
        # Prometheus 3 takes nothing without one that it knows
        assert answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"

    def test_a_database_is_no_page_of_metrics(self, ports: dict[int, str]) -> None:
        assert ask(f"{ports[27017]}/metrics").body == b"It looks like MongoDB's port.\n"

    @pytest.mark.parametrize("query", ['x="}', "x=$(reboot)", "x=`reboot`", "x=\\", "x=\x01", "x=é"])
    def test_what_could_end_a_label_is_not_repeated(self, ports: dict[int, str], query: str) -> None:
        url = Url.parse(ports[9100])
        with socket.create_connection((url.host, url.port), 10) as connection:
            connection.sendall(f"GET /metrics?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        assert answer.endswith(f'\r\n\r\n{METRIC}{{{SAID_BY}="the-token",{ASKED}=""}} 1\n'.encode())


@pytest.mark.parametrize("path", ["", "metrics", "/x'", "/$(x)", "/x y", "/x\n", "/" + "x" * 300, "/x?y"])
def test_a_path_that_means_something_to_a_shell(path: str) -> None:
    with pytest.raises(ValueError, match="no page is served"):
        Page(80, path)


@pytest.mark.parametrize("name", ["", "x'", "Target", "x y", "x" * 30])
def test_a_parameter_likewise(name: str) -> None:
    with pytest.raises(ValueError, match="no page is served"):
        Page(80, "/probe", name)


def test_a_token_that_is_none() -> None:
    with pytest.raises(ValueError, match="is no token"):
        serve_script([], "x'; reboot")
