"""Asking what an option names: the answer, or the cause in words, and whether the server is at fault."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.messages import LANGUAGES
from pytest_dockerlab.net import asking
from pytest_dockerlab.net.asking import EndpointError, ask, explained, parse_endpoint
from pytest_dockerlab.net.causes import Cause, Failure
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.net.http import Answer, Request, Secret, Url
from tests.engine.servers import free_port
from tests.registry.servers import answer, front, hostile, server_certificate

OPTION = "--hw-cache-url"


def get(url: str, *, seconds: float = 10.0, max_body: int = 1000) -> Answer:
    request = Request(Url.parse(url), headers={"Authorization": Secret("mine")})
    return ask(request, OPTION, max_body=max_body, deadline=Deadline(seconds))


def refusal(url: str, **given: float) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        get(url, **given)  # type: ignore[arg-type]
    for language in LANGUAGES:
        assert caught.value.render(language).isprintable()
    return caught.value


def test_redirects_on_the_same_server_are_followed() -> None:
    def moved(head: bytes) -> Iterator[bytes]:
        yield answer("302 Found", {"Location": "/b"}) if head.startswith(b"GET /a") else answer("200 OK", {}, b"here")

    with hostile(moved) as server:
        assert get(f"{server.url}/a").body == b"here"
    assert all(b"Authorization: mine" in head for head in server.requests)


def test_no_other_redirect_is() -> None:
    with hostile(lambda head: iter([answer("200 OK")])) as other:
        for place in (
            f"http://localhost:{other.port}/",
            f"https://127.0.0.1:{other.port}/",
            "ftp://x/",
            "/\x1b[2J",
            "/again",
        ):
            with hostile(lambda head, place=place: iter([answer("307 Go", {"Location": place})])) as server:
                error = refusal(server.url)
            assert isinstance(error, asking.EndpointRedirects)
            assert error.is_server
    assert other.requests == []


def test_tls_that_cannot_be_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, pair = server_certificate(tmp_path, "127.0.0.1")
    with front(lambda: 1, tls=pair) as server:
        error = refusal(server.url)
    assert isinstance(error, asking.EndpointTls)
    assert not error.is_server
    assert "set SSL_CERT_FILE to the file of its CA" in str(error.remedy)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with front(tls=pair) as server:
        assert get(server.url).status == 404


def test_who_does_not_answer() -> None:
    refused = refusal(f"http://127.0.0.1:{free_port()}")
    assert isinstance(refused, asking.EndpointRefused)
    assert refused.is_server
    unknown = refusal("http://cache.invalid")
    assert isinstance(unknown, asking.EndpointUnknownName)
    assert not unknown.is_server
    assert "check the name in --hw-cache-url" in str(unknown.remedy)
    with socket.create_server(("127.0.0.1", 0)) as listener:  # takes the connection, and nothing more
        slow = refusal(f"http://127.0.0.1:{listener.getsockname()[1]}", seconds=0.3)
    assert isinstance(slow, asking.EndpointSlow)
    assert "within 0.3 s" in slow.message


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (Cause.SILENT, asking.EndpointUnreachable),
        (Cause.NO_ROUTE, asking.EndpointUnreachable),
        (Cause.UNREACHABLE, asking.EndpointUnreachable),
        (Cause.TLS_EXPIRED, asking.EndpointTls),
        (Cause.TLS_WRONG_NAME, asking.EndpointTls),
        (Cause.CLOSED, asking.EndpointClosed),
        (Cause.NOT_HTTP, asking.EndpointNotHttp),
    ],
)
def test_causes(cause: Cause, kind: type[EndpointError]) -> None:
    error = explained(Failure(cause, "\x1b[2J words"), Url.parse("http://h:1/x"), OPTION, seconds=5, max_body=9)
    assert type(error) is kind
    assert "h:1" in error.message
    assert "\x1b" not in error.message


@pytest.mark.parametrize(
    "text", ["http://me:hunter2@h", "me:hunter2@h", "ftp://hunter2", "http://", "http://h:port-hunter2"]
)
def test_what_is_no_url_is_not_repeated(text: str) -> None:
    with pytest.raises(asking.EndpointUrlInvalid) as caught:
        parse_endpoint(text, OPTION)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None  # no traceback shows it
