"""A GitHub for the tests: a real HTTP server on 127.0.0.1 with the part of the REST API that we use.

What it answers follows GitHub's own description of its API (github/rest-api-description, version 2022-11-28) and its
payload examples (octokit/webhooks), and what is known beside them:

- ``GET /repos/{repo}/commits/{sha}/pulls`` knows the commits of the repository, and none of a fork's.
- ``workflow_run.pull_requests`` is empty where the pull request comes from a fork.
- An artifact is a redirect to another host, which refuses whoever brings a token along, as Azure's storage does.

It says that it is none: the header ``Server`` is ``dockerlab-fake``.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.faults import due

from .github_state import BOT, FakeGithub, Fault, Refused

__all__ = ["BOT", "FakeGithub", "Fault", "fake_github"]


@contextlib.contextmanager
def fake_github() -> Iterator[FakeGithub]:
    """A :class:`FakeGithub` without repositories."""
    fake = FakeGithub()
    lock = threading.Lock()
    with _served(_api(fake, lock)) as fake.url, _served(_storage(fake, lock)) as fake.storage_url:
        yield fake


@contextlib.contextmanager
def _served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    server_version, sys_version = "dockerlab-fake", ""
    protocol_version = "HTTP/1.1"

    def say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who asks has read enough
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _api(fake: FakeGithub, lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    class Api(_Handler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = self.headers.get("Authorization") or ""
            headers = {"Content-Type": "application/json; charset=utf-8", "X-GitHub-Media-Type": "github.v3"}
            with lock:
                fake.requests.append(f"{self.command} {self.path}")
                fake.tokens.append(token)
                try:
                    fault = due(fake.faults, f"{self.command} {parts.path}")
                    if fault is not None and not fault.after:
                        status, data = fault.status, fault.body
                        headers |= fault.headers
                    elif token and token.partition(" ")[2] != fake.token:
                        raise Refused(401, "Bad credentials")
                    else:
                        sent = json.loads(content) if content else {}
                        status, data = fake.answer(self.command, parts.path, query, sent)
                        if fault is not None:
                            status, data = fault.status, fault.body
                            headers |= fault.headers
                except Refused as refused:
                    status, data = refused.status, refused.body
            if isinstance(data, str):
                self.say(status, b"", {"Location": data})
                return
            if isinstance(data, list | tuple):
                data, more = _page(f"{fake.url}{parts.path}", query, data)
                headers |= more
            self.say(status, json.dumps(data).encode(), headers)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 - so named by http.server

    return Api


def _storage(fake: FakeGithub, lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    class Storage(_Handler):
        def do_GET(self) -> None:
            with lock:
                fake.requests.append(f"GET {self.path}")
                fake.tokens.append(self.headers.get("Authorization") or "")
                content = fake.contents.get(int(urlsplit(self.path).path[1:].removesuffix(".zip")))
            if "Authorization" in self.headers:
                self.say(400, b"<Error><Code>InvalidAuthenticationInfo</Code></Error>", {})
            elif content is None or "sig=" not in self.path:
                self.say(404, b"<Error><Code>BlobNotFound</Code></Error>", {})
            else:
                self.say(200, content, {"Content-Type": "zip"})

    return Storage


def _page(url: str, query: dict[str, str], data: Any) -> tuple[object, dict[str, str]]:
    """One page of a list, and the header that names the next one."""
    name, items = data if isinstance(data, tuple) else (None, data)
    size, number = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
    shown = items[(number - 1) * size : number * size]
    further = urlencode({**query, "per_page": size, "page": number + 1})
    headers = {"Link": f'<{url}?{further}>; rel="next"'} if number * size < len(items) else {}
    return (shown if name is None else {"total_count": len(items), name: shown}), headers
