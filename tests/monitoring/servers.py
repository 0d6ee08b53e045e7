"""A real Prometheus for the tests, on 127.0.0.1, and what it scrapes."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.engine.servers import free_port, running, wait_until

INTERVAL = 0.5
"""Seconds between two scrapes, and what one may take: less, and a busy machine is late."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Server(ThreadingHTTPServer):
    """Many targets may ask it at once."""

    request_queue_size = 128


@dataclass
class Exporter:
    """A server of metrics. What it says by path may be changed while it runs; without a path it answers 404."""

    address: str
    pages: dict[str, str] = field(default_factory=dict)
    content_type: str = CONTENT_TYPE


@contextlib.contextmanager
def exporter(pages: Mapping[str, str], *, host: str = "127.0.0.1") -> Iterator[Exporter]:
    """An :class:`Exporter`; a path may have a query."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = state.pages.get(self.path)
            body = (page or "no such page\n").encode()
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", state.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # who asks has given up
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = Server((host, 0), Handler)
    state = Exporter(f"{host}:{server.server_address[1]}", dict(pages))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def job(name: str, *targets: str, **settings: Any) -> dict[str, Any]:
    """A job of the configuration."""
    return {"job_name": name, "static_configs": [{"targets": list(targets)}], **settings}


@contextlib.contextmanager
def prometheus(folder: Path, jobs: Sequence[dict[str, Any]], *flags: str, path: str = "") -> Iterator[str]:
    """Debian's Prometheus, ready, which scrapes every :data:`INTERVAL`; the URL of it.

    Without the program the test is skipped.
    """
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("there is no prometheus (Debian: prometheus)")
    configuration = folder / "prometheus.yml"
    scraping = dict.fromkeys(("scrape_interval", "scrape_timeout"), f"{INTERVAL * 1000:.0f}ms")
    configuration.write_text(json.dumps({"global": scraping, "scrape_configs": list(jobs)}))  # JSON is YAML
    log = folder / "prometheus.log"
    for _attempt in range(5):
        url = f"http://127.0.0.1:{free_port()}"
        argv = [program, f"--config.file={configuration}", f"--web.listen-address={url.removeprefix('http://')}",
                *(flags or [f"--storage.tsdb.path={folder / 'data'}"])]  # fmt: skip
        with running(argv, log) as process:
            try:
                wait_until(lambda url=url: _is_ready(url + path), process, log)  # type: ignore[misc]
            except AssertionError as error:
                if "address already in use" in str(error):
                    continue
                raise
            yield url
            return
    pytest.skip("no free port")


def _is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/-/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except HTTPError as error:
        return error.code == 401  # it wants a login, and is there
    except OSError:
        return False
