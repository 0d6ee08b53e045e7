from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPMessage

import pytest

from pytest_dockerlab.net.causes import Cause, Failure
from pytest_dockerlab.net.http import Answer, Request, Secret, Url
from pytest_dockerlab.net.redirects import follow, on_same_server


def answer(request: Request, location: str | None) -> Answer:
    headers = HTTPMessage()
    if location is not None:
        headers["Location"] = location
    return Answer(request.url, 200 if location is None else 302, headers, b"")


def redirects(count: int) -> Callable[[Request], Answer]:
    """Answers with this many redirects to /1, /2, and so on."""

    def ask(request: Request) -> Answer:
        number = int(request.url.target[1:] or 0)
        return answer(request, str(number + 1) if number < count else None)

    return ask


def test_redirects() -> None:
    start = Request(Url.parse("http://a/"))
    assert not follow(redirects(0), start, on_same_server, limit=2).is_redirected
    last = follow(redirects(2), start, on_same_server, limit=2)
    assert (str(last.url), last.is_redirected) == ("http://a/2", True)
    with pytest.raises(Failure) as caught:
        follow(redirects(3), start, on_same_server, limit=2)
    assert (caught.value.cause, caught.value.detail) == (Cause.REDIRECTS, "http://a/3")


@pytest.mark.parametrize("location", ["/there?a=b", "http://a/there?a=b", "there?a=b"])
def test_at_the_same_server_it_is_the_same_request(location: str) -> None:
    asked = Request(Url.parse("http://a/"), headers={"Authorization": Secret("Bearer x")})
    further = on_same_server(asked, answer(asked, location))
    assert further == Request(Url.parse("http://a/there?a=b"), headers=asked.headers)


@pytest.mark.parametrize(
    ("location", "detail"),
    [
        ("https://a/", "https://a/"),
        ("http://a:81/", "http://a:81/"),
        ("//b/x", "http://b/x"),
        ("http://user@a/", "http://user@a/"),
        ("file:///etc/passwd", "file:///etc/passwd"),
    ],
)
def test_nothing_goes_anywhere_else(location: str, detail: str) -> None:
    asked = Request(Url.parse("http://a/"))
    with pytest.raises(Failure) as caught:
        on_same_server(asked, answer(asked, location))
    assert (caught.value.cause, caught.value.detail) == (Cause.ELSEWHERE, detail)
