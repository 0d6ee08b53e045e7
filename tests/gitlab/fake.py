"""A GitLab for the tests: a real HTTP server on 127.0.0.1 with the part of the API, version 4, that we use.

It says that it is none: the revision at ``/version`` is ``dockerlab-fake``, and so is the header ``Server``.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from pytest_dockerlab.gitlab.transport import FAKE
from tests.faults import due

from . import api
from .state import Fault, State

__all__ = ["FakeGitlab", "fake_gitlab"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class FakeGitlab(State):
    """The state, and where it is served: ``url``, with the token :data:`.state.TOKEN`."""

    url: str = ""


@contextlib.contextmanager
def fake_gitlab(release: tuple[int, ...] | None = None, *, host: str = "127.0.0.1") -> Iterator[FakeGitlab]:
    """A :class:`FakeGitlab` of a release, without projects."""
    fake = FakeGitlab(**({"release": release} if release else {}))
    server = _Server((host, 0), _handler(fake))
    fake.url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def _handler(fake: FakeGitlab) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = FAKE, ""

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length)
            token = self.headers.get("PRIVATE-TOKEN")
            with fake.lock:
                fake.requests.append(f"{self.command} {self.path}")
                fake.tokens_seen.append(token)
                fault = due(fake.faults, f"{self.command} {parts.path}")
            if fault is not None and not self._does(fault):
                return
            query = {name.removesuffix("[]"): values for name, values in parse_qs(parts.query).items()}
            request = api.Request(self.command, parts.path, query, _json(sent), token)
            with fake.lock:
                for call in fake.on_request:
                    call()
                answer = api.answer(fake, request)
            headers = dict(answer.headers)
            if isinstance(answer.data, api.Page):
                headers |= self._page_headers(parts.path, query, answer.data)
                body: bytes = json.dumps(answer.data.items).encode()
            elif isinstance(answer.data, bytes):
                body, headers["Content-Type"] = answer.data, "text/plain"
            else:
                body = b"" if answer.data is None else json.dumps(answer.data).encode()
            self._say(answer.status, body, {"Content-Type": "application/json", **headers})

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 - so named by http.server

        def _does(self, fault: Fault) -> bool:
            """Do what a fault wants; whether an answer is given after it."""
            if fault.delay:
                threading.Event().wait(fault.delay)
            if fault.drops:
                if fault.status is not None:
                    self._say(fault.status, fault.body, {**fault.headers, "Content-Length": str(len(fault.body) * 2)})
                return False
            if fault.status is not None:
                self._say(fault.status, fault.body, fault.headers)
                return False
            return True

        def _page_headers(self, path: str, query: dict[str, list[str]], page: api.Page) -> dict[str, str]:
            headers = {
                "X-Page": str(page.number), "X-Per-Page": str(page.size), "X-Next-Page": str(page.next or ""),
                "X-Prev-Page": str(page.number - 1 or ""),
            }  # fmt: skip
            if page.total <= 10_000:
                headers |= {"X-Total": str(page.total), "X-Total-Pages": str(-(-page.total // page.size))}
            base = fake.external_url or fake.url
            places = {"next": page.next, "first": 1}

            def at(number: int) -> str:
                return f"{base}{path}?{urlencode({**query, 'page': [number], 'per_page': [page.size]}, doseq=True)}"

            links = [f'<{at(number)}>; rel="{rel}"' for rel, number in places.items() if number]
            return {**headers, "Link": ", ".join(links)} if fake.has_links else headers

        def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # who asks has given up
                if self.command != "HEAD":
                    self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(fake.clock() + timedelta(seconds=fake.clock_ahead), usegmt=True)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _json(sent: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        data = json.loads(sent)
        return data if isinstance(data, dict) else {}
    return {}
