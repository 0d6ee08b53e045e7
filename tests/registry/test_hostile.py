"""What is no registry, or a bad one: bounded in time and size, and told apart by its cause."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from pytest_dockerlab.registry import errors
from pytest_dockerlab.registry.client import Absent, Found, RegistryClient
from pytest_dockerlab.registry.endpoint import parse_endpoint
from pytest_dockerlab.registry.references import parse_reference

from .servers import INDEX, MANIFEST, PASSWORD, USER, answer, hostile

NAME = parse_reference("somebody/otus-reddit:1.0")
LONG = 30.0
"""Seconds of a client that is not expected to use them up."""


def look_up(url: str, seconds: float = LONG) -> Found | Absent:
    return RegistryClient(parse_endpoint(url), seconds=seconds).look_up(NAME)


def always(*pieces: bytes) -> Any:
    return lambda head: iter(pieces)


def manifest(body: bytes, media_type: str = MANIFEST, **headers: str) -> bytes:
    """The answer that this is the manifest."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer("200 OK", {"Content-Type": media_type, **given}, body)


def failure(pieces: Any, seconds: float = LONG) -> errors.RegistryError:
    """The error that a server of this script ends with."""
    with hostile(pieces) as server, pytest.raises(errors.RegistryError) as caught:
        look_up(server.url, seconds)
    assert caught.value.host is not None
    assert str(caught.value.reason).isprintable()
    return caught.value


def drip(head: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    wait = threading.Event()
    for _count in range(2000):
        wait.wait(0.01)
        yield b"x"


def drip_body(head: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n"
    wait = threading.Event()
    for _count in range(2000):
        wait.wait(0.01)
        yield b" "


def silence(head: bytes) -> Iterator[bytes]:
    threading.Event().wait(5)
    yield b""


def continues(head: bytes) -> Iterator[bytes]:
    yield from itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n", 2_000_000)


@pytest.mark.parametrize("script", [drip, drip_body, silence, continues])
def test_slow(script: Any) -> None:
    error = failure(script, seconds=0.5)
    assert type(error) is errors.RegistryTimeout
    assert error.is_error
    assert "0.5 s" in str(error)


def test_an_endless_body() -> None:
    def endless(head: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: " + MANIFEST.encode() + b"\r\n\r\n"
        if head.startswith(b"GET"):
            yield from itertools.repeat(b"{" * 65536)

    assert type(failure(endless)) is errors.RegistryTooMuch


def test_an_endless_body_in_chunks() -> None:
    def endless(head: bytes) -> Iterator[bytes]:
        yield f"HTTP/1.1 200 OK\r\nContent-Type: {MANIFEST}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        if head.startswith(b"GET"):
            yield from itertools.repeat(b"10000\r\n" + b"{" * 65536 + b"\r\n")

    assert type(failure(endless)) is errors.RegistryTooMuch


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000 + b"\r\n"],
        [b"SSH-2.0-OpenSSH_9.2\r\n"],
        [b"\x15\x03\x01\x00\x02\x02\x16"],
        [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"],
        [answer("200 OK", {}, b"{}")],
        [answer("404 Not Found", {"Content-Type": "text/html"}, b"<html>\x1b[31mno such page</html>")],
        [answer("404 Not Found", {"Content-Type": "application/json"}, b'{"errors": "none"}')],
        [answer("418 I'm a teapot")],
        [answer("204 No Content")],
        [answer("401 Unauthorized")],
        [answer("401 Unauthorized", {"WWW-Authenticate": "Digest realm=x, nonce=y"})],
        [answer("401 Unauthorized", {"WWW-Authenticate": 'Bearer realm="file:///etc/passwd"'})],
        [answer("401 Unauthorized", {"WWW-Authenticate": 'Bearer realm="http://[::1"'})],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: %s\r\n\r\nzz\r\n" % MANIFEST.encode()],
    ],
)
def test_what_is_no_registry(pieces: list[bytes]) -> None:
    error = failure(always(*pieces))
    assert type(error) in (errors.NotARegistry, errors.RegistryDied), repr(error)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b"<html>", b'{"schemaVersion": "2"}', b"[" * 200_000, b"\xff\xfe", b"{" * 1000,
        b'{"schemaVersion": 2' + b" " * 1000,
    ],
)  # fmt: skip
def test_json_that_is_no_manifest(body: bytes) -> None:
    assert type(failure(always(manifest(body)))) is errors.NotARegistry


def test_a_manifest_that_is_not_the_one_its_digest_says() -> None:
    body = b'{"schemaVersion": 2}'
    lie = manifest(body, Docker_Content_Digest=f"sha256:{'0' * 64}")
    assert "digest" in str(failure(always(lie)))
    truth = manifest(body, Docker_Content_Digest=f"sha256:{hashlib.sha256(body).hexdigest()}")
    with hostile(always(truth)) as server:
        assert isinstance(look_up(server.url), Found)


@pytest.mark.parametrize(
    "data",
    [
        {"manifests": [None, 1, {"platform": 3}, {"platform": {"os": "\x1b[31m", "architecture": "amd64"}}]},
        {"manifests": [{"platform": {"os": "linux", "architecture": "x" * 1000}}]},
        {"manifests": {"a": "b"}, "config": 7},
        {"config": {"digest": "../../../token"}},
        {"config": {"digest": "sha256:" + "0" * 64}},
    ],
)
def test_platforms_that_are_none(data: dict[str, Any]) -> None:
    body = json.dumps({"schemaVersion": 2, **data}).encode()
    kind = INDEX if "manifests" in data else MANIFEST
    with hostile(always(manifest(body, kind))) as server:
        found = look_up(server.url)
        assert isinstance(found, Found)
        assert found.platforms == ()
        assert not any(b"token" in head for head in server.requests)


def test_an_index_of_very_many() -> None:
    entries = [{"platform": {"os": "linux", "architecture": f"a{number}"}} for number in range(10_000)]
    body = json.dumps({"schemaVersion": 2, "manifests": entries}).encode()
    with hostile(always(manifest(body, INDEX))) as server:
        assert len(look_up(server.url).platforms) == 30  # type: ignore[union-attr]


@pytest.mark.parametrize("pieces", [[], [b"HTTP/1.1 200 OK\r\nContent-"]])
def test_it_closes_early(pieces: list[bytes]) -> None:
    assert type(failure(always(*pieces))) in (errors.RegistryDied, errors.NotARegistry)


def test_it_closes_in_the_middle_of_the_body() -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n{" % MANIFEST.encode()
    assert type(failure(always(half))) is errors.RegistryDied


def test_redirects_in_a_loop() -> None:
    with hostile(always(answer("307 Temporary Redirect", {"Location": "/v2/"}))) as server:
        with pytest.raises(errors.RedirectRefused):
            look_up(server.url)
        assert len(server.requests) == 6


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "https://127.0.0.1/", "http://127.0.0.1:1/",
        "http://[::1]/", "http://[::ffff:169.254.169.254]/", "http://localhost:2375/", "//169.254.169.254/x",
        "http://2852039166/",
    ],
)  # fmt: skip
def test_redirects_to_addresses_that_are_not_public(place: str) -> None:
    error = failure(always(answer("302 Found", {"Location": place})))
    assert type(error) in (errors.AddressRefused, errors.RegistryUnknownName)


@pytest.mark.parametrize(
    "place", ["", "file:///etc/passwd", "ftp://8.8.8.8/", "http://", "http://a:b@8.8.8.8/", "http://[x"]
)
def test_redirects_to_no_place_of_the_web(place: str) -> None:
    error = failure(always(answer("302 Found", {"Location": place})))
    assert type(error) is errors.RedirectRefused


@pytest.mark.parametrize(
    "place", ["http://169.254.169.254/token", "http://10.0.0.1:80/token", "http://localhost:1/token"]
)
def test_tokens_are_fetched_from_public_addresses_only(place: str) -> None:
    challenge = answer("401 Unauthorized", {"WWW-Authenticate": f'Bearer realm="{place}",service="x"'})
    with hostile(always(challenge)) as server, pytest.raises(errors.AddressRefused):
        look_up(server.url.replace("://", f"://{USER}:{PASSWORD}@"))


@pytest.mark.parametrize(
    "given",
    [b"", b"{}", b'{"token": 5}', b'{"token": "a b"}', b'{"token": "a\\r\\nX: y"}', b'{"token": ""}', b"[" * 100_000],
)
def test_tokens_that_are_none(given: bytes) -> None:
    def script(head: bytes) -> Iterator[bytes]:
        if b" /token" in head:
            yield answer("200 OK", {"Content-Type": "application/json"}, given)
        else:
            yield answer("401 Unauthorized", {"WWW-Authenticate": 'Bearer realm="/token"'})

    error = failure(script)
    assert type(error) is errors.NotARegistry
    assert "no token" in str(error)


def test_no_end_of_logging_in() -> None:
    def script(head: bytes) -> Iterator[bytes]:
        if b" /token" in head:
            yield answer("200 OK", {}, b'{"access_token": "abc"}')
        else:
            yield answer("401 Unauthorized", {"WWW-Authenticate": 'Bearer realm="/token"'})

    with hostile(script) as server:
        with pytest.raises(errors.RegistryDenied):
            look_up(server.url)
        assert len(server.requests) == 3


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "90"}, 90, 90),
        ({"Retry-After": format_datetime(NOW + timedelta(hours=2), usegmt=False)}, 3000, 7200),
        ({"Retry-After": format_datetime(NOW - timedelta(hours=2))}, 0, 0),
        ({"X-Retry-After": str(int(NOW.timestamp()) + 7200)}, 3000, 7200),
        ({"Retry-After": "999999999"}, 86400, 86400),
    ],
)
def test_too_many_requests(headers: dict[str, str], least: int, most: int) -> None:
    error = failure(always(answer("429 Too Many Requests", headers)))
    assert type(error) is errors.RateLimited
    assert error.is_error
    assert error.retry_after is not None
    assert least <= error.retry_after <= most
    remedy = str(error.remedy)
    assert "not the student's fault" in remedy
    assert f"in {-(-error.retry_after // 60)} min" in remedy


@pytest.mark.parametrize("text", ["", "soon", "-5", "9" * 40, "Mon, 99 Foo 20xx", "\x1b[31m"])
def test_too_many_requests_without_a_time(text: str) -> None:
    error = failure(always(answer("429 Too Many Requests", {"Retry-After": text})))
    assert type(error) is errors.RateLimited
    assert error.retry_after is None
    assert "360 min" in str(error.remedy)


def test_too_many_requests_for_tokens() -> None:
    def script(head: bytes) -> Iterator[bytes]:
        if b" /token" in head:
            yield answer("429 Too Many Requests", {"Retry-After": "60"})
        else:
            yield answer("401 Unauthorized", {"WWW-Authenticate": 'Bearer realm="/token"'})

    assert type(failure(script)) is errors.RateLimited


def test_few_pulls_left_are_not_used_up() -> None:
    body = b'{"schemaVersion": 2}'
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    for left, requests in (("5;w=21600", 1), ("76;w=21600", 2), ("many", 2)):
        headers = {"Docker_Content_Digest": digest, "RateLimit_Remaining": left}
        with hostile(always(manifest(body, **headers))) as server:
            assert look_up(server.url).digest == digest  # type: ignore[union-attr]
            assert len(server.requests) == requests


@pytest.mark.parametrize("status", ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable"])
def test_trouble_of_the_registry(status: str) -> None:
    error = failure(always(answer(status, {}, b"<h1>\x1b[2Jsorry</h1>" + b"x" * 5000)))
    assert type(error) is errors.RegistryBroken
    assert error.status == int(status[:3])
    assert len(str(error)) < 500


def test_forbidden() -> None:
    said = json.dumps({"errors": [{"code": "DENIED", "message": "not\n for \x1b[31myou"}]}).encode()
    error = failure(always(answer("403 Forbidden", {}, said)))
    assert type(error) is errors.RegistryDenied
    assert not error.is_error


def test_the_tags_are_no_list() -> None:
    def script(head: bytes) -> Iterator[bytes]:
        if b"/tags/list" in head:
            yield answer("200 OK", {}, b'{"tags": "1.0"}')
        else:
            yield answer("404 Not Found", {}, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')

    with hostile(script) as server, pytest.raises(errors.NotARegistry):
        RegistryClient(parse_endpoint(server.url)).look_up(parse_reference("somebody/otus-reddit"))


def test_tags_that_are_none() -> None:
    tags = [None, 5, "../../x", "a b", "x" * 200, "\x1b", "1.0"]

    def script(head: bytes) -> Iterator[bytes]:
        if b"/tags/list" in head:
            yield answer("200 OK", {}, json.dumps({"tags": tags}).encode())
        elif b"manifests/1.0" in head:
            yield manifest(b'{"schemaVersion": 2}')
        else:
            yield answer("404 Not Found", {}, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')

    with hostile(script) as server:
        client = RegistryClient(parse_endpoint(server.url))
        assert isinstance(client.look_up(parse_reference("somebody/otus-reddit")), Found)


def test_neither_proxies_nor_netrc_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with hostile(always(manifest(b'{"schemaVersion": 2}'))) as server:
        assert isinstance(look_up(server.url), Found)
        assert not any(b"Authorization" in head for head in server.requests)


def test_no_traceback_shows_the_password() -> None:
    def script(head: bytes) -> Iterator[bytes]:
        if b"Authorization" not in head:
            yield answer("401 Unauthorized", {"WWW-Authenticate": 'Basic realm="x"'})

    with hostile(script) as server, pytest.raises(errors.RegistryDied) as caught:
        look_up(server.url.replace("://", f"://{USER}:{PASSWORD}@"))
    shown = str(caught.getrepr(style="long", showlocals=True, funcargs=True))
    assert "RegistryDied" in shown
    # The test's own frame is the only one that knows it.
    frames = shown.partition("client.py")[2]
    assert frames
    assert PASSWORD not in frames
    assert "Basic " not in frames.replace("Basic realm", "")
