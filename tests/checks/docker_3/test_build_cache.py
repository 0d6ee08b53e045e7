"""docker-3/build-cache: what a second build runs again."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_3.build_cache import build_cache
from pytest_dockerlab.findings import Location
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.builds import refusals
from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ...deployment.small_app import APP
from .._app import FIXTURES, AppChecks, said, submission
from ._archive import ARCHIVE
from ._homework import COMMENT, UI

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

test_right = sample_tests(
    "docker-3/build-cache",
    APP,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "a random file, which is made once, and an archive",
            [
                replace(UI, "COPY . .\n", "COPY . .\nADD data.tar /srv/\nRUN grep -q archive /srv/inside/data.txt\n"),
                write("src/ui/data.tar", ARCHIVE),
                replace(COMMENT, "COPY . .\n", "RUN head -c 16 /dev/urandom > /random; date > /date\nCOPY . .\n"),
            ],
        ),
    ],
    asked_by="ask_app",
)


class _Counting(BaseHTTPRequestHandler):
    served = 0

    def do_GET(self) -> None:
        type(self).served += 1
        body = str(self.served).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *about: object) -> None:
        pass


@pytest.fixture
def news() -> Iterator[str]:
    """The URL of something that is another thing every time."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Counting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/news"
        server.shutdown()


@pytest.mark.sample("docker-3/build-cache", "fails")
def test_what_comes_from_elsewhere_is_built_again(
    checks: AppChecks, tmp_path: Path, news: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine itself fetches what ADD names, here from a server that changes it.

    From this machine nobody's Dockerfile may fetch; what may be fetched is not reached by the tests.
    """
    monkeypatch.setattr(refusals, "_FETCHED_ALL_THE_SAME", re.compile(r"http://127\.0\.0\.1:.*"))
    if not str(checks.host.endpoint).startswith("unix:"):
        pytest.skip("an engine elsewhere does not reach a server of this test")
    edit = replace(COMMENT, "COPY . .\n", f"ADD {news} /news\nCOPY . .\n")
    result = checks.run(build_cache, submission(tmp_path, APP, [edit]))
    assert str(result.verdict) == "advised", said(result)
    fetched, *after = result.findings
    assert (text(fetched.found), fetched.at) == (f"it runs again: ADD {news} /news", Location(COMMENT, 3))
    assert text(fetched.hint) == (
        "copy files from the build context instead: what comes from elsewhere is downloaded every time"
    )
    assert [each.at for each in after] == [Location(COMMENT, line) for line in (4, 5, 6)]  # COPY, ENV, CMD
