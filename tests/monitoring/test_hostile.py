"""What is no Prometheus, or a bad one: bounded in time and size, and told apart by its cause."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pytest_dockerlab.messages import LANGUAGES
from pytest_dockerlab.monitoring import errors
from pytest_dockerlab.monitoring.server import PrometheusServer
from pytest_dockerlab.net.deadline import Deadline
from tests.engine.servers import free_port
from tests.registry.servers import answer, hostile

JSON = {"Content-Type": "application/json"}
LONG = 30.0
"""Seconds of a client that is not expected to use them up."""


def says(data: object, status: str = "200 OK") -> bytes:
    return answer(status, JSON, json.dumps(data).encode())


def result(kind: str, entries: object) -> bytes:
    return says({"status": "success", "data": {"resultType": kind, "result": entries}})


def vector(*entries: object) -> bytes:
    return result("vector", list(entries))


def failure(
    script: bytes | Callable[[bytes], Iterator[bytes]],
    ask: Callable[[PrometheusServer], object] = lambda server: server.query("up"),
    seconds: float = LONG,
) -> errors.PrometheusError:
    """The error that a server of this script ends with; what it says can be read in every language."""
    answering = script if callable(script) else lambda head: iter([script])
    with hostile(answering) as server, pytest.raises(errors.PrometheusError) as caught:
        ask(PrometheusServer(server.url, seconds=seconds))
    for language in LANGUAGES:
        assert caught.value.render(language).isprintable()
    return caught.value


def drip(head: bytes) -> Iterator[bytes]:
    yield b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"status":"success"'
    wait = threading.Event()
    for _count in range(2000):
        wait.wait(0.01)
        yield b" "


def endless(head: bytes) -> Iterator[bytes]:
    yield b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"status":"success","data":"'
    while True:
        yield b"x" * 65536


def test_nobody_listens():
    with pytest.raises(errors.PrometheusUnreachable) as caught:
        PrometheusServer(f"http://127.0.0.1:{free_port()}").query("up")
    assert caught.value.may_pass
    assert caught.value.is_server


def test_no_such_host():
    with pytest.raises(errors.PrometheusUnknownName) as caught:
        PrometheusServer("http://prometheus.invalid:9090").query("up")
    assert not caught.value.is_server


@pytest.mark.parametrize("url", ["http://", "ftp://host/", "http://user:pa55word@host:99999/", "http://[::1"])
def test_what_is_no_url(url):
    with pytest.raises(errors.PrometheusUrlInvalid) as caught:
        PrometheusServer(url)
    assert "pa55word" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "error", "shown"),
    [
        (answer("200 OK", {"Content-Type": "text/html"}, b"<h1>Grafana</h1>"), errors.NotPrometheus, "text/html"),
        (answer("200 OK", JSON, b"{"), errors.NotPrometheus, "HTTP 200"),
        (answer("200 OK", JSON, b"[" * 100_000), errors.NotPrometheus, "HTTP 200"),
        (answer("200 OK", JSON, b'{"status": "ok"}'), errors.NotPrometheus, "ok"),
        (says({"status": "success"}), errors.NotPrometheus, "HTTP 200"),
        (says({"status": "success", "data": []}), errors.NotPrometheus, "data has no result"),
        (answer("404 Not Found", {}, b"no such page"), errors.NotPrometheus, "HTTP 404: no such page"),
        (answer("403 Forbidden", {}, b""), errors.PrometheusDenied, "HTTP 403"),
        (answer("500 Internal Server Error", {}, b"oh \x1b[31mno"), errors.PrometheusBroken, "500"),
        (answer("503 Service Unavailable", {}, b"Service Unavailable"), errors.PrometheusNotReady, "Unavailable"),
        (
            says({"status": "error", "errorType": "timeout", "error": "query timed out"}, "503 Service Unavailable"),
            errors.PrometheusNotReady,
            "query timed out",
        ),
        (
            says({"status": "error", "errorType": "execution", "error": "too many samples"}, "422 Unprocessable"),
            errors.QueryRefused,
            "too many samples",
        ),
        (
            says({"status": "error", "errorType": "internal", "error": "disk"}, "500 No"),
            errors.PrometheusBroken,
            "disk",
        ),
        (answer("200 OK", {**JSON, "Content-Length": "1000"}, b"{"), errors.PrometheusDied, "1/1000"),
        (b"", errors.PrometheusDied, ""),
        (b"SSH-2.0-OpenSSH_9.2\r\n", errors.NotPrometheus, "SSH-2.0"),
        (vector({"metric": {}, "value": [1, "one"]}), errors.NotPrometheus, "one"),
        (vector({"metric": {}, "value": [True, "1"]}), errors.NotPrometheus, "no value"),
        (vector({"metric": {}, "value": [1e999, "1"]}), errors.NotPrometheus, "no value"),
        (vector({"metric": {"job": 1}, "value": [1, "1"]}), errors.NotPrometheus, "no labels"),
        (vector({"metric": {}}), errors.NotPrometheus, "no sample"),
        (vector("x"), errors.NotPrometheus, "no sample"),
        (result("vector", {}), errors.NotPrometheus, "no result"),
        (result("matrix", []), errors.QueryRefused, "matrix"),
        (result("scalar", ["x"]), errors.NotPrometheus, "no value"),
    ],
)
def test_the_causes_are_told_apart(said, error, shown):
    caught = failure(said)
    assert type(caught) is error
    assert shown in str(caught)


@pytest.mark.parametrize(
    "data",
    [
        {"activeTargets": {}},
        {"activeTargets": [1]},
        {"activeTargets": [{"health": "fine", "labels": {}}]},
        {"activeTargets": [{"health": "up", "labels": {"job": None}}]},
        [],
    ],
)
def test_targets_that_are_none(data):
    caught = failure(says({"status": "success", "data": data}), lambda server: server.targets())
    assert type(caught) is errors.NotPrometheus


def test_ten_thousand_targets():
    labels = {"job": "many", "instance": "x" * 200}
    target = {"labels": labels, "discoveredLabels": labels, "scrapeUrl": "http://x/", "health": "up"}
    said = says({"status": "success", "data": {"activeTargets": [target] * 10_000}})
    with hostile(lambda head: iter([said])) as server:
        assert len(PrometheusServer(server.url).targets()) == 10_000


def test_an_answer_without_end():
    assert type(failure(endless)) is errors.PrometheusTooMuch
    assert type(failure(endless, lambda server: server.configuration())) is errors.PrometheusTooMuch


def test_an_answer_that_never_is_whole():
    begun = time.monotonic()
    assert type(failure(drip, seconds=0.3)) is errors.PrometheusTimeout
    assert time.monotonic() - begun < 10


def test_redirects():
    elsewhere = answer("302 Found", {"Location": "http://169.254.169.254/latest"}, b"")
    assert "169.254.169.254" in str(failure(elsewhere))
    assert type(failure(elsewhere)) is errors.PrometheusRedirects
    again = answer("302 Found", {"Location": "/api/v1/query?query=up"}, b"")
    assert type(failure(again)) is errors.PrometheusRedirects
    assert type(failure(answer("301 Moved", {"Location": "file:///etc/passwd"}, b""))) is errors.PrometheusRedirects

    def to_the_right_path(head: bytes) -> Iterator[bytes]:
        yield vector() if b"/prom/" in head else answer("307 To", {"Location": "/prom/query?query=up"}, b"")

    with hostile(to_the_right_path) as server:
        assert PrometheusServer(server.url).query("up") == []


def test_a_version_is_only_what_it_says():
    """It says it is of 1999, and has what only the newest ones have; and the other way round."""
    liar = says({"status": "success", "data": {"version": "0.0.1\x1b[31m", "activeTargets": []}})
    with hostile(lambda head: iter([liar])) as server:
        assert PrometheusServer(server.url).version() == "0.0.1 [31m"
        assert PrometheusServer(server.url).targets() == []

    def old(head: bytes) -> Iterator[bytes]:
        yield vector() if b"/query?" in head else answer("404 Not Found", {}, b"404 page not found")

    with hostile(old) as server:
        assert PrometheusServer(server.url).version() is None
        with pytest.raises(errors.PrometheusLacks, match="/api/v1/metadata"):
            PrometheusServer(server.url).metadata()


def test_what_old_and_new_versions_say_otherwise():
    """2.1 has no intervals and no scrape pool; 3 has names in UTF-8 and native histograms."""
    labels = {"job": "ui", "instance": "ui:9292"}
    target = {"discoveredLabels": {"__address__": "ui:9292", "job": "ui"}, "labels": labels, "health": "up",
              "scrapeUrl": "http://ui:9292/metrics", "lastError": "", "lastScrape": "2018-01-01T00:00:00Z"}  # fmt: skip
    configuration = "global:\n  scrape_interval: 1m30s\nscrape_configs:\n- job_name: ui\n  scrape_interval: 5s\n"

    def old(head: bytes) -> Iterator[bytes]:
        said = {"activeTargets": [target]} if b"/targets" in head else {"yaml": configuration}
        yield says({"status": "success", "data": said})

    with hostile(old) as server:
        asked = PrometheusServer(server.url)
        assert (asked.targets()[0].pool, asked.targets()[0].interval, asked.interval()) == ("ui", None, 90)
    histogram = {"metric": {"__name__": "http.время"}, "histogram": [1.5, {"count": "7", "sum": "1", "buckets": []}]}
    with hostile(lambda head: iter([vector(histogram)])) as server:
        [sample] = PrometheusServer(server.url).query('{"http.время"}')
        assert (sample.name, sample.value, sample.time) == ("http.время", 7, 1.5)


def test_waiting_outlasts_what_passes_and_nothing_else():
    asked: list[bytes] = []

    def starting(head: bytes) -> Iterator[bytes]:
        asked.append(head)
        yield vector() if len(asked) > 2 else answer("503 Service Unavailable", {}, b"starting")

    with hostile(starting) as server:
        PrometheusServer(server.url).wait_until_ready(Deadline(30))
    assert len(asked) == 3
    caught = failure(
        answer("503 Service Unavailable", {}, b"starting"), lambda server: server.wait_until_ready(Deadline(0.1))
    )
    assert type(caught) is errors.PrometheusNotReady
    html = answer("200 OK", {"Content-Type": "text/html"}, b"<p>")
    assert type(failure(html, lambda server: server.wait_until_ready(Deadline(600)))) is errors.NotPrometheus
