"""Every sample of the app tier gets the verdict it should on a real engine, for the reason it should."""

from __future__ import annotations

import dataclasses
import io
import re
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.catalogue import load
from pytest_dockerlab.checks.docker_3.image_size import image_size
from pytest_dockerlab.course import Course
from pytest_dockerlab.deployment.patience import Patience
from pytest_dockerlab.engine.owned.limits import AppLimits
from pytest_dockerlab.homework import Level, Tier
from pytest_dockerlab.plans.builds import refusals as build_refusals
from tests.samples import Sample, replace, write

from ..deployment.small_app import APP
from ._app import FIXTURES, AppChecks, said, submission
from .app_samples import ALPINE_LARGE, ALPINE_SMALL, DOCKER_3, SIZES

pytest_plugins = FIXTURES
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]

BASES = {"docker-3": APP}
CHECKS = {
    item.id: item.function
    for item in load().items.values()
    if item.tier is Tier.APP and item.slug == "docker-3" and not item.is_planned
}
SAMPLES = [*DOCKER_3, *SIZES]
SOON = Patience(restarts=3, shown=1.0)
# Their time is used up. All others may take theirs, on a busy machine too.
NEVER_UP = {
    "comment looks for its database in its own container",
    "ui listens on another port than the one it exposes",
    "a name that is given to nobody",
}


@pytest.fixture(scope="module")
def called_alpine(shared_checks: AppChecks) -> Iterator[None]:
    client = shared_checks.host.client
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("alpine"))
    small, large = (name.split(":") for name in (ALPINE_SMALL, ALPINE_LARGE))
    client.api.import_image_from_data(packed.getvalue(), *small)
    client.api.tag("mongo:7.0", *large)
    yield
    for name in (ALPINE_SMALL, ALPINE_LARGE):
        client.images.remove(name)


@pytest.fixture
def soon(checks: AppChecks, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not there is not waited for, and what ends is not started again for half a minute."""
    checks.patience = SOON


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: f"{each.item}-{each.kind}-{each.title}")
def test_sample(
    checks: AppChecks,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    sample: Sample,
) -> None:
    if sample in SIZES:
        request.getfixturevalue("called_alpine")
    if sample.kind == "fails":
        request.getfixturevalue("soon")
    if sample.title in NEVER_UP:
        checks.patience = dataclasses.replace(SOON, up=8.0)
    base = BASES[sample.item.partition("/")[0]]
    result = checks.run(CHECKS[sample.item], submission(tmp_path, base, sample.edits))
    shown = said(result)
    wrong = "advised" if result.level is Level.ADVISORY else "failed"
    assert str(result.verdict) == (sample.verdict or (wrong if sample.kind == "fails" else "passed")), shown
    if sample.kind != "fails":
        return
    assert sample.expect_text is not None
    assert sample.expect_text in shown
    assert len(result.findings) == (sample.findings or 0), shown
    for finding in result.findings:
        at = finding.at
        assert (at.file if at else None) == sample.expect_file, shown
        assert finding.hint is not None, shown
        if sample.expect_line_contains is not None:
            assert at is not None
            assert at.line is not None, shown
            assert sample.expect_line_contains in (tmp_path / at.file).read_text().splitlines()[at.line - 1], shown


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


def test_what_comes_from_elsewhere_is_built_again(
    checks: AppChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docker-3/build-cache: the engine itself fetches what ADD names, here from a server that changes it.

    From this machine nobody's Dockerfile may fetch; what may be fetched is not reached by the tests.
    """
    monkeypatch.setattr(build_refusals, "_FETCHED_ALL_THE_SAME", re.compile(r"http://127\.0\.0\.1:.*"))
    if not str(checks.host.endpoint).startswith("unix:"):
        pytest.skip("an engine elsewhere does not reach a server of this test")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Counting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/news"
        dockerfile = APP["src/comment/Dockerfile"].replace("COPY . .\n", f"ADD {url} /news\nCOPY . .\n")
        edits = [write("src/comment/Dockerfile", dockerfile)]
        result = checks.run(CHECKS["docker-3/build-cache"], submission(tmp_path, APP, edits))
        server.shutdown()
    assert str(result.verdict) == "advised", said(result)
    first = result.findings[0]
    assert str(first.at) == "src/comment/Dockerfile:3", said(result)
    assert f"it runs again: ADD {url}" in said(result)


def test_a_size_is_told_though_another_image_cannot_be_built(
    checks: AppChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docker-3/image-size: ui's small variant cannot be had, so ui is open; post is too large all the same."""
    checks.course = Course(image_sizes={"ui": 1, "post": 1})
    edits = [write("src/ui/Dockerfile.alpine", "FROM registry.invalid/alpine:3.20\nRUN apk add ruby\n")]
    homework = submission(tmp_path, APP, edits)
    result = checks.run(image_size, homework)
    assert [str(each.at) for each in result.findings] == ["src/post-py/Dockerfile"], said(result)
    assert "the image of post is at most 1 B" in said(result)
    assert "the image of ui was not built" in said(result)
    checks.course = Course(image_sizes={"ui": 1})
    result = checks.run(image_size, homework)
    assert str(result.verdict) == "unverified", said(result)


@pytest.mark.parametrize(
    ("limits", "line", "said_of_it"),
    [
        (
            AppLimits(memory=160 * 1024**2),
            "[sys.executable, '-c', 'len(b\"x\" * 10**9)']",
            "a process in it, was killed",
        ),
        (AppLimits(processes=48), "['sh', '-c', 'for n in $(seq 64); do sleep 60 & done; wait']", "48 processes"),
    ],
    ids=["memory", "processes"],
)
def test_our_limits_are_no_fault(
    checks: AppChecks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    soon: None,
    limits: AppLimits,
    line: str,
    said_of_it: str,
) -> None:
    """docker-3/app: a program that post starts for every request takes more than it may, and post itself lives on."""
    checks.patience = dataclasses.replace(SOON, up=8.0)
    checks.limits = limits
    edit = replace(
        "src/post-py/service.py",
        "    things = stored(kind)\n",
        f"    subprocess.run({line}, check=True)\n    things = stored(kind)\n",
    )
    result = checks.run(CHECKS["docker-3/app"], submission(tmp_path, APP, [edit]))
    assert str(result.verdict) == "unverified", said(result)
    assert said_of_it in said(result)


def test_there_is_one_of_each_kind() -> None:
    """Of every item. What fails in build-cache is a test of its own."""
    assert {sample.title for sample in SAMPLES} >= NEVER_UP
    kinds = {id: {sample.kind for sample in SAMPLES if sample.item == id} for id in CHECKS}
    kinds["docker-3/build-cache"].add("fails")
    assert kinds == {id: {"passes", "fails", "unusual"} for id in CHECKS}
