"""Pulls of images by names of a submission: whose login a registry sees."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pytest_dockerlab.deployment.builds.images import Images
from pytest_dockerlab.engine.hosts.hosts import resolve_docker_host
from pytest_dockerlab.engine.images.stock_images import PullFailed, ensure_image
from pytest_dockerlab.engine.owned.labels import Labels
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

pytestmark = pytest.mark.engine
LOGIN = base64.b64encode(b"somebody:word").decode()


@pytest.fixture
def registry() -> Iterator[tuple[str, list[str]]]:
    """A registry that wants a login and has nothing: its address, and the logins that it saw."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = self.headers.get("Authorization")
            if said is not None:
                seen.append(said)
            self.send_response(401 if said is None else 404)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815 - the name is the library's

        def log_message(self, *about: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("with_login", [False, True])
def test_the_users_login_is_for_the_courses_images_only(
    registry: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_login: bool
) -> None:
    address, seen = registry
    (tmp_path / "config.json").write_text(json.dumps({"auths": {address: {"auth": LOGIN}}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with resolve_docker_host() as host:
        if not host.is_local:
            pytest.skip("the engine cannot reach a server on this machine's loopback")
        with pytest.raises(PullFailed) as failed:
            ensure_image(host, f"{address}/private/image:1", 30, with_login=with_login)
    assert failed.value.stdout
    assert set(seen) == ({f"Basic {LOGIN}"} if with_login else set())


def test_a_build_begins_with_the_courses_image_by_the_users_login(
    registry: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, seen = registry
    (tmp_path / "config.json").write_text(json.dumps({"auths": {address: {"auth": LOGIN}}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text("# an old one\nFROM old:1\n")
    submission = Submission("x", WorkTree(tmp_path / "app"))
    plan = plan_build(submission, "ui", "Dockerfile", "", images={"old:1": f"{address}/private/image:1"})
    with resolve_docker_host() as host, Images(host, Labels.of_run()) as images:
        if not host.is_local:
            pytest.skip("the engine cannot reach a server on this machine's loopback")
        with pytest.raises(Unverified) as failed:
            images.image(submission, plan)
    assert "Dockerfile:2" in text(failed.value.reason)
    assert set(seen) == {f"Basic {LOGIN}"}
