"""Metrics as services write them, and what is none: bounded in time and size, with the line at fault."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pytest_dockerlab.messages import LANGUAGES
from pytest_dockerlab.monitoring.answers import Sample
from pytest_dockerlab.monitoring.exposition import NoExposition, read_exposition
from tests.engine.servers import free_port
from tests.registry.servers import answer, hostile

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def read(body: str | bytes, kind: str | None = TEXT, status: str = "200 OK") -> list[Sample]:
    data = body.encode() if isinstance(body, str) else body
    said = answer(status, {} if kind is None else {"Content-Type": kind}, data)
    with hostile(lambda head: iter([said])) as server:
        return read_exposition(f"{server.url}/metrics")


def problem(ask: Callable[[], object]) -> tuple[str, int | None]:
    with pytest.raises(NoExposition) as caught:
        ask()
    assert all(caught.value.reason.render(language).isprintable() for language in LANGUAGES)
    return str(caught.value.reason), caught.value.line


def test_samples():
    body = "# HELP ui_health x\n# TYPE ui_health gauge\nui_health 1\n"
    body += 'requests_total{path="/a b"} 3 1600000000000\nodd NaN\n'
    first, second, third = read(body)
    assert (first.name, first.value) == ("ui_health", 1)
    assert abs(first.time - time.time()) < 60
    assert (second.labels, second.time) == ({"__name__": "requests_total", "path": "/a b"}, 1.6e9)
    assert math.isnan(third.value)


def test_what_prometheus_takes_too():
    assert len(read("a 1\na 1\na 2\n")) == 3
    assert len(read("a 1\n", kind=None)) == 1
    assert read("", kind="text/plain") == []
    assert len(read("# TYPE a counter\na_total 1\n# EOF\n", "application/openmetrics-text; version=1.0.0")) == 1


@pytest.mark.parametrize(
    ("body", "kind", "said", "line"),
    [
        ("a 1\nb\nc 1\n", TEXT, "the line 2 is no metric: b", 2),
        ("a 1\n\n# x\nui_health one\n", TEXT, "the line 4 is no metric: ui_health one", 4),
        ('a{b="c} 1\n', TEXT, "the line 1 is no metric", 1),
        ("<html>\n<body>", TEXT, "the line 1 is no metric: <html>", 1),
        ("a 1\nb \x1b[2J\n", TEXT, "the line 2 is no metric: b [2J", 2),
        ("<html>", "text/html", "its Content-Type is text/html: Prometheus 3 does not read that", None),
        ("a 1\n", "application/openmetrics-text", "it is not in the format of Prometheus: Missing # EOF at end", None),
        (b"a 1\nb\xff 1\n", TEXT, "it is not UTF-8", 2),
        ("a 1\n" + "x" * 20_000 + " 1\n", TEXT, "the line 2 is longer than 16384 characters", 2),
    ],
)
def test_what_is_none(body, kind, said, line):
    reason, number = problem(lambda: read(body, kind))
    assert said in reason
    assert number == line


def test_another_status():
    assert problem(lambda: read("", status="404 Not Found"))[0] == "it answers with HTTP 404"


def drip(head: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    wait = threading.Event()
    for _count in range(2000):
        wait.wait(0.01)
        yield b"a 1\n"


def endless(head: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    while True:
        yield b"a 1\n" * 16384


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (drip, "its answer is not complete within 0.5 s"),
        (
            lambda head: iter([answer("302 Found", {"Location": "http://169.254.169.254/"}, b"")]),
            "it redirects to http://169",
        ),
        (lambda head: iter([answer("302 Found", {"Location": "file:///etc/passwd"}, b"")]), "it redirects to"),
        (lambda head: iter([answer("200 OK", {"Content-Length": "99"}, b"a 1\n")]), "it closes the connection"),
        (lambda head: iter([b"SSH-2.0\r\n"]), "not HTTP"),
    ],
)
def test_servers_that_keep_no_rules(script, said):
    with hostile(script) as server:
        assert said in problem(lambda: read_exposition(server.url, seconds=0.5))[0]


def test_one_without_end():
    with hostile(endless) as server:
        assert problem(lambda: read_exposition(server.url, seconds=60))[0] == "its answer is larger than 1048576 bytes"


def test_nobody():
    assert problem(lambda: read_exposition(f"http://127.0.0.1:{free_port()}"))[0] == "nothing listens there"


@pytest.mark.parametrize(
    "line", ['a{b="' + '\\"' * 8000 + '"} 1', "a{" + ",".join(f'l{at}="x"' for at in range(1600)) + "} 1"]
)
def test_lines_for_which_the_parser_takes_long(line):
    """As many as fit: unbounded, one of a mebibyte takes the parser minutes."""
    body = f"{line}\n" * (1024 * 1024 // (len(line) + 1))
    begun = time.process_time()
    assert len(read(body)) > 40
    assert time.process_time() - begun < 30
