"""One request and its answer: what is sent, what is read of it, and the cause where there is none."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.net.causes import Cause, Failure
from pytest_dockerlab.net.client import Client, connect, exchange, secure
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.net.http import Request, Secret, Url
from tests.certificates import Authority

SAYS = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
Behaviour = Callable[[socket.socket], None]


@contextlib.contextmanager
def server(behave: Behaviour) -> Iterator[tuple[str, int]]:
    """A server of one thread for the block, which does this to every connection; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def serve() -> None:
            listener.settimeout(0.02)
            while not stop.is_set():
                with contextlib.suppress(OSError):
                    connection, _address = listener.accept()
                    connection.settimeout(10)
                    with connection:
                        behave(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            stop.set()
            thread.join(20)


def head_of(connection: socket.socket) -> bytes:
    """What was sent until the empty line, and what came with it."""
    data = b""
    while b"\r\n\r\n" not in data and (piece := connection.recv(65536)):
        data += piece
    return data


def url(address: tuple[str, int], scheme: str = "http", path: str = "/") -> Url:
    return Url.parse(f"{scheme}://{address[0]}:{address[1]}{path}")


def test_what_is_sent() -> None:
    heads: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        heads.append(head_of(connection))
        connection.sendall(SAYS)

    with server(behave) as address:
        asked = Request(
            url(address, path="/a?b=c d"), "POST", {"X-Token": Secret("abc"), "Connection": "close"}, b"x=1"
        )
        answer = Client().request(asked, Deadline(30), max_body=2)
    assert (answer.status, answer.body, answer.header("content-length"), answer.header("X")) == (200, b"hi", "2", "")
    lines = heads[0].decode().split("\r\n")
    assert lines[0] == "POST /a?b=c%20d HTTP/1.1"
    assert lines[-1] == "x=1"
    for line in (f"Host: 127.0.0.1:{address[1]}", "X-Token: abc", "Content-Length: 3", "Accept-Encoding: identity"):
        assert lines.count(line) == 1
    assert [line for line in lines if line.startswith("Connection")] == ["Connection: close"]


@pytest.mark.parametrize("headers", [{"X": "a\r\nY: b"}, {"X": "a\nb"}, {"X": "\u044f"}])
def test_headers_that_cannot_be_sent(headers: dict[str, str]) -> None:
    first, second = socket.socketpair()
    with first, second, pytest.raises(Failure) as caught:
        exchange(first, Request(Url.parse("http://a/"), headers=headers), Deadline(30), max_body=1)
    assert caught.value.cause is Cause.NOT_HTTP


def test_several_requests_over_one_connection() -> None:
    def behave(connection: socket.socket) -> None:
        while head_of(connection):
            connection.sendall(SAYS)

    asked = Request(Url.parse("http://a/"), headers={"Connection": "keep-alive"})
    with server(behave) as address, connect(*address, Deadline(30)) as connection:
        for _number in range(3):
            answer = exchange(connection, asked, Deadline(30), max_body=9)
            assert (answer.body, answer.keeps_open) == (b"hi", True)


def test_who_refuses_before_it_has_read_is_heard() -> None:
    """The other end has closed before anything is sent: writing fails, and what it said is there."""
    first, second = socket.socketpair()
    with first:
        with second:
            second.sendall(SAYS)
        answer = exchange(first, Request(Url.parse("http://a/")), Deadline(30), max_body=9)
    assert answer.body == b"hi"


def test_secrets_are_in_no_traceback() -> None:
    headers = {"Authorization": Secret("swordfish")}
    with server(lambda connection: head_of(connection) and None) as address, pytest.raises(Failure) as caught:
        Client().request(Request(url(address), headers=headers), Deadline(30), max_body=1)
    shown = str(caught.getrepr(style="long", showlocals=True)).partition(Path(__file__).name)[2]  # after this frame
    assert "exchange" in shown
    assert "swordfish" not in shown
    failure = caught.value
    assert (failure.cause, failure.is_sent) == (Cause.CLOSED, True)
    assert failure.error is not None
    assert failure.error.__traceback__ is None


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with pytest.raises(Failure) as caught:
        Client().request(Request(url(address)), Deadline(30), max_body=1)
    assert caught.value.cause is Cause.REFUSED
    assert not caught.value.is_sent


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def over_tls(authority: Authority, *names: str, is_expired: bool = False) -> Behaviour:
    pair = authority.issue(*names, is_expired=is_expired)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            head_of(secured)
            secured.sendall(SAYS)

    return behave


def test_tls(authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with server(over_tls(authority, "127.0.0.1")) as address:
        with pytest.raises(Failure) as caught:
            Client().request(Request(url(address, "https")), Deadline(30), max_body=9)
        assert (caught.value.cause, caught.value.is_sent) == (Cause.TLS_UNTRUSTED, False)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.pair.cert))
        assert Client().request(Request(url(address, "https")), Deadline(30), max_body=9).body == b"hi"


def silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def test_causes_of_tls(authority: Authority) -> None:
    context = ssl.create_default_context(cafile=authority.pair.cert)
    for behave, cause in [
        (over_tls(authority, "other.example"), Cause.TLS_WRONG_NAME),
        (over_tls(authority, "127.0.0.1", is_expired=True), Cause.TLS_EXPIRED),
        (lambda connection: connection.sendall(SAYS), Cause.TLS_NOT_SPOKEN),
        (lambda connection: connection.recv(1) and None, Cause.CLOSED),
        (silent, Cause.SLOW),
    ]:
        with server(behave) as address:
            deadline = Deadline(0.3 if cause is Cause.SLOW else 30)
            with pytest.raises(Failure) as caught:
                secure(connect(*address, deadline), context, "127.0.0.1", deadline)
        assert (caught.value.cause, caught.value.is_sent) == (cause, False), caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://A.example", "http://a.example/"),
        ("http://a:80/b", "http://a/b"),
        ("https://a:80/b?c=d#e", "https://a:80/b?c=d"),
        ("http://[::1]:9292/a b", "http://[::1]:9292/a%20b"),
        ("//b/c", "https://b/c"),
        ("c", "https://base/a/c"),
    ],
)
def test_urls(text: str, expected: str) -> None:
    assert str(Url.parse(text, Url.parse("https://base/a/b"))) == expected


@pytest.mark.parametrize("text", ["ftp://a/", "http://", "http://a:b@c/", "http://[x", "http://a:99999/", "a"])
def test_what_is_no_url(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Url.parse(text)
