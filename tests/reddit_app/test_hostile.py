"""Answers that no application gives: each is a finding of its step, and soon."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable

import pytest

from pytest_dockerlab.findings import Mismatch
from pytest_dockerlab.messages import text
from pytest_dockerlab.net.causes import Cause
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.net.http import Answer, Request, Url
from pytest_dockerlab.reddit_app.driver import AppDriver
from pytest_dockerlab.reddit_app.exchange import MAX_BODY, NoAnswer, exchange
from pytest_dockerlab.reddit_app.visitor import MAX_REDIRECTS, Visitor

from .servers import app, head, raw, saying

Speak = Callable[[socket.socket, threading.Event], None]


def drip(begin: bytes, byte: bytes) -> Speak:
    def speak(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(begin)
        while not ended.wait(0.05):
            connection.sendall(byte)

    return speak


def endless(begin: bytes, piece: bytes) -> Speak:
    def speak(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(begin)
        while not ended.is_set():
            connection.sendall(piece)

    return speak


def ask(url: str, seconds: float) -> Answer:
    return exchange(Request(Url.parse(url)), Deadline(seconds))


def silent(connection: socket.socket, ended: threading.Event) -> None:
    ended.wait(30)


CHUNK = b"%x\r\n%s\r\n" % (65536, b"x" * 65536)
BOMB = gzip.compress(b"\0" * 50_000_000)
HOSTILE: dict[str, tuple[Speak, Cause]] = {
    "silent": (silent, Cause.SLOW),
    "a byte of the body now and then": (drip(head(), b"x"), Cause.SLOW),
    "a byte of the head now and then": (drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"), Cause.SLOW),
    "100 Continue for ever": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Cause.SLOW),
    "a body without end": (endless(head(), b"x" * 65536), Cause.TOO_LARGE),
    "chunks without end": (endless(head("200 OK", "text/html", "Transfer-Encoding: chunked"), CHUNK), Cause.TOO_LARGE),
    "a body that is too large": (saying(head() + b"x" * (MAX_BODY + 1)), Cause.TOO_LARGE),
    "a redirect with a body without end": (
        endless(head("302 Found", "a/b", "Location: /"), b"x" * 9999),
        Cause.TOO_LARGE,
    ),
    "a decompression bomb": (saying(head("200 OK", "text/html", "Content-Encoding: gzip") + BOMB), Cause.PACKED),
    "a line of the head without end": (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536), Cause.NOT_HTTP),
    "a flood of headers": (saying(head("200 OK", "a/b", *[f"X{number}: 1" for number in range(500)])), Cause.NOT_HTTP),
    "another protocol": (saying(b"SSH-2.0-OpenSSH_9.2\r\n"), Cause.NOT_HTTP),
    "control characters": (saying(b"\x1b[31mred\x07\r\n"), Cause.NOT_HTTP),
    "a chunk that is no number": (
        saying(head("200 OK", "a/b", "Transfer-Encoding: chunked") + b"zz\r\n"),
        Cause.CLOSED,
    ),
    "nothing": (saying(b""), Cause.CLOSED),
    "half a body": (saying(head("200 OK", "text/html", "Content-Length: 100") + b"<p>"), Cause.CLOSED),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answer(name: str) -> None:
    speak, cause = HOSTILE[name]
    seconds = 0.3 if cause is Cause.SLOW else 30.0  # only where they are to be used up
    with raw(speak) as url:
        with pytest.raises(NoAnswer) as caught:
            ask(f"{url}/", seconds)
        assert caught.value.cause is cause, caught.value
        assert len(str(caught.value)) < 1000
        assert str(caught.value).isprintable()
        # and the driver makes a finding of it, at every step
        driver = AppDriver(url, timeout=seconds, patience=0.3)
        for step in (driver.health, driver.write_post, lambda: driver.wait_until_up(timeout=0.1)):
            with pytest.raises(Mismatch) as mismatch:
                step()
            assert mismatch.value.finding.expected is not None
            assert text(mismatch.value.finding.found)


def test_the_time_is_for_the_whole_answer() -> None:
    """Redirects too: each of them brings its answer within the time, and all of them do not."""

    def speak(connection: socket.socket, ended: threading.Event) -> None:
        ended.wait(0.2)
        connection.sendall(head("302 Found", "text/html", "Location: /again", "Content-Length: 0"))

    with raw(speak) as url, pytest.raises(NoAnswer) as caught:
        Visitor(url, 0.5).get(f"{url}/")
    assert caught.value.cause in (Cause.SLOW, Cause.SILENT)


def test_nobody_takes_the_connection() -> None:
    """A listener whose queue is full: the kernel leaves further connections unanswered, as a firewall does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = [socket.socket() for _number in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        with pytest.raises(NoAnswer) as caught:
            ask(f"http://127.0.0.1:{address[1]}/", 0.5)
        for each in waiting:
            each.close()
    assert caught.value.cause is Cause.SILENT


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://127.0.0.1:1/", Cause.REFUSED),
        ("http://no-such-name.invalid/", Cause.UNKNOWN_NAME),
        (f"http://{'a' * 64}.example/", Cause.UNKNOWN_NAME),
    ],
)
def test_no_connection(url: str, cause: Cause) -> None:
    with pytest.raises(NoAnswer) as caught:
        ask(url, 5)
    assert caught.value.cause is cause
    assert not caught.value.is_lost


def test_no_tls() -> None:
    with raw(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url, pytest.raises(NoAnswer) as caught:
        ask(url.replace("http:", "https:"), 5)
    assert caught.value.cause is Cause.TLS


# Redirects


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://example.com/",
        "//example.com/",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[::1",
        "http://127.0.0.1.example.com/",
        "/" + "a" * 9000,
    ],
)
def test_redirect_to_another_host(location: str) -> None:
    answer = head("302 Found", "text/html", f"Location: {location}", "Content-Length: 0")
    with raw(saying(answer)) as url, pytest.raises(NoAnswer) as caught:
        Visitor(url, 5).get(f"{url}/")
    assert caught.value.cause is Cause.ELSEWHERE
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("/new", "/new"),
        ("new?a=b c", "/post/new?a=b%20c"),
        ("?x", "/post/1?x"),
        ("http://app.example:9292/post/2", "/post/2"),
        ("http://app.example/", "/"),
        ("http://127.0.0.1:9292/a#b", "/a"),
        ("http://localhost/a", "/a"),
        ("http://[::]:9292/a", "/a"),
        ("http://0a1b2c3d4e5f:9292/a", "/a"),
        ("/пост", "/%D0%BF%D0%BE%D1%81%D1%82"),
        ("/a\r\nX: y", "/aX:%20y"),
    ],
)
def test_own_references(reference: str, expected: str) -> None:
    visitor = Visitor("http://app.example:30080", 1)
    assert visitor.resolve("http://app.example:30080/post/1", reference) == f"http://app.example:30080{expected}"


def test_redirects_end() -> None:
    count = 0

    def speak(connection: socket.socket, ended: threading.Event) -> None:
        nonlocal count
        count += 1
        connection.sendall(head("302 Found", "text/html", f"Location: /{count}", "Content-Length: 0"))

    with raw(speak) as url, pytest.raises(NoAnswer) as caught:
        Visitor(url, 5).get(f"{url}/")
    assert caught.value.cause is Cause.REDIRECTS
    assert count == MAX_REDIRECTS + 1


# Cookies


def test_cookies_are_kept_and_bounded() -> None:
    more = [f"Set-Cookie: c{number}=1" for number in range(60)]

    def speak(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(head("200 OK", "text/html", "Content-Length: 0", *cookies))

    cookies = ["Set-Cookie: session=abc; path=/; HttpOnly", f"Set-Cookie: big={'x' * 5000}"]
    with raw(speak) as url:
        visitor = Visitor(url, 5)
        for _number in range(2):
            visitor.get(f"{url}/")
        assert [cookie.name for cookie in visitor._jar] == ["session"]
        cookies = more
        visitor.get(f"{url}/")
        assert len(visitor._jar) == 0


def test_environment_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither proxies nor passwords of the user go to an application."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with app() as application:
        assert AppDriver(application.url).health().status == 1


# Pages


@pytest.mark.parametrize(
    "page",
    [
        b"<div>" * 200_000,
        b"<form action=/a><input name=a></form>" * 10_000,
        b"<form>" * 150_000,
        b"<" * 1_000_000,
        b"<!--" * 250_000,
        b"<![CDATA[" * 100_000,
        b"<![if" * 100_000,
        b"<a " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">",
        b"<a " * 300_000,
        b"</" * 500_000,
        b"&" * 1_000_000,
        b"<script>" + b"</" * 500_000,
        b"<form>" + b"<input name=a>" * 70_000,
        b"<form><select name=a>" + b"<option>" * 100_000,
        b"<label>a" * 100_000,
        bytes(range(256)) * 4000,
    ],
    ids=lambda page: page[:12].decode("ascii", "replace"),
)
def test_hostile_page(page: bytes) -> None:
    """Each of these takes some reader minutes, or more memory than there is; here it is a finding like any other."""
    with raw(saying(head() + page)) as url:
        driver = AppDriver(url, timeout=30, patience=0)
        with pytest.raises(Mismatch) as caught:
            driver.write_post()
        assert len(text(caught.value.finding.found)) < 2000
