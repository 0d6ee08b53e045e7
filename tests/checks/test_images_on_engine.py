"""docker-3/image-size and docker-1/clean-up on a real engine, with images that the tests make themselves."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.checks.docker_3 import image_size as image_size_module
from pytest_dockerlab.course import Course
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.probes.image import probe_image
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.findings import collecting
from pytest_dockerlab.homework import Item, item_of
from pytest_dockerlab.messages import text
from pytest_dockerlab.options import Settings
from pytest_dockerlab.results import ItemResult, decide
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts", "probes")]
pytestmark = pytest.mark.engine

COMPOSE = """\
services:
  ui: {{build: ./ui, image: "{ui}"}}
  post: {{build: ./post, image: "{post}"}}
  comment: {{build: ./comment, image: nobody/has-this:1}}
  post_db: {{image: "mongo:3.2"}}
"""
BIG = 3_000_000


def asked(function: Any, *arguments: Any) -> ItemResult:
    item = item_of(function)
    assert isinstance(item, Item)
    exception: BaseException | None = None
    with collecting() as collected:
        try:
            item.function(*arguments)
        except Exception as error:  # noqa: BLE001 - decide() judges whatever a check ends with
            exception = error
    return decide(item, item.level, 1.0, collected, exception, repr(exception))


def said(result: ItemResult) -> str:
    parts = [part for each in result.findings for part in (each.expected, each.found, each.at, each.hint)]
    return " | ".join(text(part) for part in [*parts, result.reason, result.remedy] if part is not None)


@pytest.fixture
def images(docker_host: DockerHost, probes: Probes) -> Iterator[dict[str, str]]:
    """Two small images under a student's names: ui with a layer of 3 MB, post without one."""
    mark = secrets.token_hex(4)
    built = probes.build(f"FROM {probes.image}\nENV A=b\nCOPY big /opt/big\n", {"big": b"x" * BIG})
    names = {"ui": f"student-{mark}/ui:1.0", "post": f"student-{mark}/post:1.0"}
    client = docker_host.client
    client.api.tag(built.id, *names["ui"].split(":"))
    client.api.tag(probes.build(f"FROM {probes.image}\nENV A=c\n").id, *names["post"].split(":"))
    try:
        yield names
    finally:
        for name in names.values():
            client.images.remove(name)


@pytest.fixture
def project(tmp_path: Path, images: dict[str, str]) -> Submission:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "Dockerfile").write_text("FROM busybox\nCOPY big /opt/big\n")
    (tmp_path / "docker-compose.yml").write_text(COMPOSE.format(**images))
    return Submission("project", WorkTree(tmp_path))


def image_size(project: Submission, host: DockerHost, limits: dict[str, int], *given: str) -> ItemResult:
    return asked(image_size_module.image_size, project, host, Course(image_sizes=limits), Settings(images=given), None)


class TestImageSize:
    def test_within_the_usual_limit(self, project: Submission, docker_host: DockerHost, images: dict[str, str]) -> None:
        result = image_size(project, docker_host, {})
        assert result.verdict == "passed", said(result)
        assert result.evidence["not on the docker host"] == ["nobody/has-this:1"]
        assert any("COPY" in layer for layer in result.evidence["ui, its largest layers"])

    def test_above_a_lowered_limit_the_layers_are_listed(self, project: Submission, docker_host: DockerHost) -> None:
        base = docker_host.client.images.get(probe_image(docker_host)).attrs["Size"]
        result = image_size(project, docker_host, {"ui": base + BIG - 1, "post": base})
        assert result.verdict == "failed"
        assert len(result.findings) == 1
        (finding,) = result.findings
        assert finding.at is not None
        assert finding.at.file == "ui/Dockerfile"
        assert "3.0 MB COPY" in said(result)
        assert image_size(project, docker_host, {"ui": base + BIG}).verdict == "passed"

    def test_a_limit_by_role(self, project: Submission, docker_host: DockerHost, images: dict[str, str]) -> None:
        path = Path(project.tree.root) / "docker-compose.yml"  # type: ignore[attr-defined]
        path.write_text(path.read_text().replace("  ui:", "  web-ui:"))
        result = image_size(Submission("renamed", project.tree), docker_host, {"ui": BIG})
        assert result.verdict == "failed", said(result)

    def test_the_user_says_which(self, project: Submission, docker_host: DockerHost, images: dict[str, str]) -> None:
        result = image_size(project, docker_host, {"ui": BIG}, f"ui={images['post']}")
        assert result.verdict == "passed", said(result)
        assert image_size(project, docker_host, {"comment": 1}, f"comment={images['post']}").verdict == "failed"

    def test_none_there(self, tmp_path: Path, docker_host: DockerHost) -> None:
        (tmp_path / "docker-compose.yml").write_text(COMPOSE.format(ui="no/ui:1", post="No/Post:${X}"))
        result = image_size(Submission("none", WorkTree(tmp_path)), docker_host, {})
        assert result.verdict == "unverified"
        assert "docker compose -f docker-compose.yml build ui" in said(result)

    def test_no_compose_file_yet(self, tmp_path: Path, docker_host: DockerHost, images: dict[str, str]) -> None:
        """The smallest of several versions counts: the others are the way to it."""
        lines = f"docker build -t {images['ui']} ./ui\ndocker build \\\n  --tag {images['post']} ./post-py\n"
        (tmp_path / "README.md").write_text(f"# docker-3\n\n```sh\n{lines}docker build -t <you>/comment:1.0 .\n```\n")
        result = image_size(Submission("readme", WorkTree(tmp_path)), docker_host, {"ui": BIG})
        assert result.verdict == "failed"
        assert "README.md:4" in said(result)
        (tmp_path / "build.sh").write_text(f"docker build -t {images['post'].replace('post', 'ui')} ui\n")
        assert image_size(Submission("readme", WorkTree(tmp_path)), docker_host, {"ui": BIG}).verdict == "failed"

    def test_nothing_named(self, tmp_path: Path, docker_host: DockerHost) -> None:
        result = image_size(Submission("empty", WorkTree(tmp_path)), docker_host, {})
        assert result.verdict == "unverified"
        assert "--hw-image" in said(result)


def test_in_a_run(project: Submission, images: dict[str, str]) -> None:
    """The course's limits reach the check."""
    folder = Path(project.tree.root)  # type: ignore[attr-defined]
    (folder / "course.toml").write_text('[image-sizes]\nui = "1 MB"\n')
    results = folder / "results.json"
    given = {name: value for name, value in os.environ.items() if not name.startswith("DOCKERLAB_")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--hw=docker-3/image-size"),
            *("--hw-course=course.toml", f"--hw-results={results}"),
        ],
        cwd=folder,
        env=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    items = json.loads(results.read_text("utf-8"))["submissions"][0]["items"]
    verdicts = {item["id"]: item["verdict"] for item in items}
    assert verdicts["docker-3/image-size"] == "failed", done.stdout
