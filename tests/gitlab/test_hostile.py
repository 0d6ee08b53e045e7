"""What is no GitLab, or a bad one: bounded in time and size, told apart by its cause, and never told the token."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import pytest

from pytest_dockerlab.gitlab import errors, transport
from pytest_dockerlab.gitlab.instance import GitlabInstance
from pytest_dockerlab.messages import LANGUAGES
from tests.engine.servers import free_port
from tests.registry.servers import answer, front, hostile, server_certificate

from .fake import FakeGitlab
from .state import TOKEN, Fault

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
LONG = 30.0
"""Seconds of a client that is not expected to use them up."""


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between two tries."""
    monkeypatch.setattr(transport, "_PAUSE", 0.01)


def says(data: object, status: str = "200 OK", headers: dict[str, str] | None = None) -> bytes:
    return answer(status, {**JSON, **(headers or {})}, json.dumps(data).encode())


def failure(
    url: str, ask: Callable[[GitlabInstance], object] = GitlabInstance.version, seconds: float = LONG
) -> errors.GitlabError:
    """The error of a question; it can be read in every language, and the token stands nowhere in it."""
    with pytest.raises(errors.GitlabError) as caught:
        ask(GitlabInstance(url, TOKEN, seconds=seconds))
    for language in LANGUAGES:
        assert caught.value.render(language).isprintable()
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True, compact=True)
    assert TOKEN not in "".join(shown.format())
    return caught.value


def of(script: bytes, ask: Callable[[GitlabInstance], object] = GitlabInstance.version) -> errors.GitlabError:
    """The error that a server ends with that always says the same."""
    with hostile(lambda head: iter([script])) as server:
        return failure(server.url, ask)


def test_nobody_listens():
    error = failure(f"http://127.0.0.1:{free_port()}")
    assert type(error) is errors.GitlabUnreachable
    assert error.is_server


def test_no_such_host():
    error = failure("http://gitlab.invalid")
    assert type(error) is errors.GitlabUnknownName
    assert not error.is_server


@pytest.mark.parametrize(
    "url", ["http://", "ftp://host/", "http://user:pa55word@host/", "http://[::1", "http://h/?private_token=pa55word"]
)
def test_what_is_no_url(url):
    with pytest.raises(errors.GitlabUrlInvalid) as caught:
        GitlabInstance(url, "of the user")
    frames = [frame for frame, _line in traceback.walk_tb(caught.tb)][1:]
    assert frames
    assert all("of the user" not in frame.f_locals.values() for frame in frames)
    assert "pa55word" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "error", "shown"),
    [
        (answer("200 OK", HTML, b"<h1>Sign in</h1>"), errors.NotGitlab, "text/html"),
        (answer("404 Not Found", HTML, b"<h1>nginx</h1>"), errors.NotGitlab, "nginx"),
        (answer("404 Not Found", {}, b"404 page not found"), errors.NotGitlab, "page not found"),
        (answer("200 OK", JSON, b"{"), errors.NotGitlab, "HTTP 200"),
        (answer("200 OK", JSON, b"[" * 100_000), errors.NotGitlab, "HTTP 200"),
        (answer("200 OK", JSON, b"7"), errors.NotGitlab, "HTTP 200"),
        (says([]), errors.NotGitlab, "no object"),
        (says({}), errors.NotGitlab, "no version"),
        (says({"version": 18}), errors.NotGitlab, "no version"),
        (says({"message": "401 Unauthorized"}, "401 Unauthorized"), errors.GitlabTokenRefused, "401"),
        (answer("403 Forbidden", {"Content-Type": "text/plain"}, b"Forbidden\n"), errors.GitlabDenied, "Forbidden"),
        (answer("403 Forbidden", HTML, b"<p>Cloudflare</p>"), errors.NotGitlab, "Cloudflare"),
        (says({"error": "insufficient_scope"}, "403 Forbidden"), errors.GitlabScope, "insufficient_scope"),
        (says({"message": "Not Found"}, "404 Not Found"), errors.NotGitlab, "HTTP 404: /api/v4/version"),
        (says({"message": {"base": ["no \x1b[31m"]}}, "400 Bad Request"), errors.GitlabRefuses, "base"),
        (says({"message": "500"}, "500 Internal Server Error"), errors.GitlabBroken, "500"),
        (answer("502 Bad Gateway", HTML, b"<p>Waiting for GitLab to boot</p>"), errors.GitlabNotReady, "to boot"),
        (answer("503 Service Unavailable", {}, b"down"), errors.GitlabNotReady, "down"),
        (answer("200 OK", {**JSON, "Content-Length": "1000"}, b"{"), errors.GitlabDied, "1/1000"),
        (b"", errors.GitlabDied, ""),
        (b"SSH-2.0-OpenSSH_9.2\r\n", errors.NotGitlab, "SSH-2.0"),
    ],
)  # fmt: skip
def test_the_causes_are_told_apart(said, error, shown):
    caught = of(said)
    assert type(caught) is error
    assert shown in str(caught)


def test_a_certificate_that_nobody_knows(tmp_path):
    _authority, pair = server_certificate(tmp_path, "127.0.0.1")
    with front(tls=pair) as server:
        assert type(failure(server.url)) is errors.GitlabTls


def test_the_token_goes_nowhere_else():
    """Neither by a redirect, nor by the link to the next page; not even to the same host by another way."""
    with front() as elsewhere:
        to_itself = answer("301 Moved", {"Location": "https://127.0.0.1/api/v4/version"})
        assert type(of(to_itself)) is errors.GitlabOnlyTls  # whoever named it wrote http
        for place in (
            f"{elsewhere.url}/api/v4/version",
            "http://169.254.169.254/",
            "file:///etc/passwd",
            "//evil.invalid/",
        ):
            error = of(answer("302 Found", {"Location": place}))
            assert type(error) is errors.GitlabRedirects
        assert "evil.invalid" in str(error)
        page = says([], headers={"Link": f'<{elsewhere.url}/more>; rel="next"'})
        assert type(of(page, lambda gitlab: gitlab.projects())) is errors.GitlabRedirects
    assert elsewhere.seen == []


def test_redirects_of_the_same_server():
    again = answer("302 Found", {"Location": "/api/v4/version"})
    assert type(of(again)) is errors.GitlabRedirects

    def moved(head: bytes) -> Iterator[bytes]:
        to = {"Location": "/api/v4/projects/7"}
        yield says({"id": 7}) if b"/projects/7" in head else answer("301 Moved Permanently", to)

    with hostile(moved) as server:
        assert GitlabInstance(server.url, TOKEN).project("old/name").id == 7
        with pytest.raises(errors.GitlabRedirects):  # a change is not sent twice
            GitlabInstance(server.url, TOKEN, may_write=True).api.http_post("/projects/old/pipeline")
    assert all(f"PRIVATE-TOKEN: {TOKEN}".encode() in head for head in server.requests)


def test_the_environment_has_no_say(monkeypatch, tmp_path):
    """No proxy, no .netrc: only the one server is spoken to, with our token alone."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login root password pa55word\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with front() as proxy, hostile(lambda head: iter([says({"version": "18.6.0"})])) as server:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert str(GitlabInstance(server.url, TOKEN).version()) == "18.6.0"
    assert proxy.seen == []
    assert b"pa55word" not in b"".join(server.requests)
    assert b"uthorization" not in b"".join(server.requests)


def test_below_a_path():
    """As where one server has several services."""
    with hostile(lambda head: iter([says({"version": "18.6.0"})])) as server:
        assert str(GitlabInstance(f"{server.url}/gitlab/", TOKEN).version()) == "18.6.0"
    assert server.requests[0].startswith(b"GET /gitlab/api/v4/version HTTP/1.1\r\n")


def test_requests_that_belong_together_have_one_deadline(fake: FakeGitlab):
    home = fake.project()
    for _count in range(12):
        fake.runner(home)
    fake.faults = [Fault(where="/runners/", delay=0.05)]
    gitlab = GitlabInstance(fake.url, TOKEN)
    project = gitlab.project(home.id)
    assert len(project.runners()) == 12
    with pytest.raises(errors.GitlabTimeout, match=r"within 0\.3 s"), gitlab._transport.within(pages=99, seconds=0.3):
        project.runners()


@pytest.mark.parametrize(("answered", "error"), [(0, errors.GitlabUnreachable), (1, errors.GitlabTimeout)])
def test_a_deadline_that_ends_in_a_connection(answered: int, error: type[errors.GitlabError]):
    """Whether nobody takes any connection, or requests before it left no time for this one."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()

        def fill_queue() -> None:  # the kernel leaves further connections unanswered, as a firewall does
            for _number in range(3):
                each = waiting.enter_context(socket.socket())
                each.setblocking(False)
                each.connect_ex(address)

        def serve() -> None:
            connection, _address = listener.accept()
            with connection:
                connection.recv(65536)
                fill_queue()
                connection.sendall(says({"version": "18.6.0"}))

        server = threading.Thread(target=serve if answered else fill_queue)
        server.start()
        gitlab = GitlabInstance(f"http://127.0.0.1:{address[1]}", TOKEN)
        if not answered:
            server.join()
        with gitlab._transport.within(pages=99, seconds=0.5):
            for _number in range(answered):
                gitlab.get("/version")
            with pytest.raises(error):
                gitlab.get("/version")
        server.join()


def test_an_answer_without_end():
    def endless(head: bytes) -> Iterator[bytes]:
        yield b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"version":"'
        while True:
            yield b"x" * 65536

    with hostile(endless) as server:
        assert type(failure(server.url)) is errors.GitlabTooMuch


def test_an_answer_that_never_is_whole():
    def drip(head: bytes) -> Iterator[bytes]:
        yield b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"version":'
        wait = threading.Event()
        for _count in range(2000):
            wait.wait(0.01)
            yield b" "

    with hostile(drip) as server:
        begun = time.monotonic()
        assert type(failure(server.url, seconds=0.3)) is errors.GitlabTimeout
        assert time.monotonic() - begun < 10


def test_pages_without_end(fake: FakeGitlab):
    home = fake.project()
    fake.push(home, "master")
    project = GitlabInstance(fake.url, TOKEN).project(home.id)
    fake.is_endless = True
    assert len(project.jobs(limit=1)) == 1
    fake.requests.clear()
    caught = failure(fake.url, lambda gitlab: gitlab.project(home.id).jobs(limit=300))
    assert type(caught) is errors.GitlabEndless
    assert "more than 5 pages" in str(caught)
    assert len(fake.requests) == 6


def test_pages_without_end_and_without_anything_on_them(fake: FakeGitlab):
    home = fake.project()
    fake.is_endless = True
    assert type(failure(fake.url, lambda gitlab: gitlab.project(home.id).pipelines())) is errors.GitlabEndless


def test_lists_that_are_none():
    def ask(gitlab: GitlabInstance) -> object:
        return gitlab.projects()

    for data in ({"id": 1}, [1], ["x"], [{"id": None}], [[]]):
        assert type(of(says(data), ask)) is errors.NotGitlab, data


def test_it_is_asked_again_where_that_helps(fake: FakeGitlab):
    fake.faults = [Fault(drops=True, times=1), Fault(status=502, body=b"<p>", headers=HTML, times=1)]
    assert GitlabInstance(fake.url, TOKEN).version().release
    assert len(fake.requests) == 3
    fake.faults = [Fault(status=500, times=None)]
    assert type(failure(fake.url)) is errors.GitlabBroken
    assert len(fake.requests) == 6


def test_a_change_is_sent_once(fake: FakeGitlab):
    home = fake.project()
    fake.faults = [Fault(where="POST", drops=True)]
    gitlab = GitlabInstance(fake.url, TOKEN, may_write=True)
    with pytest.raises(errors.GitlabDied):
        gitlab.project(home.id).api.pipelines.create({"ref": "master"})
    assert [each.partition(" ")[0] for each in fake.requests] == ["GET", "POST"]


def test_a_limit_is_waited_for_if_that_is_short(fake: FakeGitlab):
    fake.faults = [Fault(status=429, headers={**JSON, "Retry-After": "0"}, times=1)]
    assert GitlabInstance(fake.url, TOKEN).version().release
    fake.requests.clear()
    fake.faults = [Fault(status=429, headers={**JSON, "Retry-After": "86400000"})]
    caught = failure(fake.url)
    assert type(caught) is errors.GitlabRateLimited
    assert "try again in 3600 s" in caught.render("en")
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ],
)
def test_how_long_it_asks_to_wait(headers, seconds):
    error = of(answer("429 Too Many Requests", {**JSON, **headers}, b"{}"))
    assert type(error) is errors.GitlabRateLimited
    assert error.retry_after == seconds


def test_texts_of_others_are_cut_and_printable(fake: FakeGitlab):
    home = fake.project()
    fake.runner(home, description="evil \x1b[2J\n" + "x" * 5000, tag_list=["a\x07b"])
    [runner] = GitlabInstance(fake.url, TOKEN).project(home.id).runners()
    assert runner.shown.isprintable()
    assert len(runner.shown) < 400
    assert runner.tags == ("a b",)


def test_no_repr_has_the_token(fake: FakeGitlab):
    home = fake.project()
    gitlab = GitlabInstance(fake.url, TOKEN)
    project = gitlab.project(home.id)
    for each in (
        gitlab,
        project,
        gitlab.api,
        gitlab.api.session,
        vars(gitlab),
        vars(gitlab.api),
        vars(gitlab.api.session),
    ):
        assert TOKEN not in repr(each)
    assert TOKEN not in repr(os.environ)
