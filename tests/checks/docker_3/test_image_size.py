"""docker-3/image-size on a real engine, with images that the tests make themselves."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.course import Course
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.probes.image import probe_image
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Location
from pytest_dockerlab.messages import text
from pytest_dockerlab.options import Settings
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask, write

from ...deployment.small_app import APP
from .. import _app, _labs
from .._app import AppChecks, said, submission

pytest_plugins = [*{*_app.FIXTURES, *_labs.FIXTURES}]
pytestmark = pytest.mark.engine

COMPOSE = """\
services:
  ui: {{build: ./ui, image: "{ui}"}}
  post: {{build: ./post, image: "{post}"}}
  comment: {{build: ./comment, image: nobody/has-this:1}}
  post_db: {{image: "mongo:3.2"}}
"""
BIG = 3_000_000
SMALLER = "start from a smaller base image, and leave nothing in a layer that only the build needs"

Measure = Callable[..., ItemResult]


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
def project(tmp_path: Path, images: dict[str, str]) -> Path:
    """A folder with a compose file that names these images."""
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "Dockerfile").write_text("FROM busybox\nCOPY big /opt/big\n")
    (tmp_path / "docker-compose.yml").write_text(COMPOSE.format(**images))
    return tmp_path


@pytest.fixture
def measure(docker_host: DockerHost) -> Measure:
    """Measures the images that a folder's project, or the user, names: with these limits in bytes, by service."""

    def measured(folder: Path, *given: str, **limits: int) -> ItemResult:
        return ask(
            load().items["docker-3/image-size"],
            Submission("project", WorkTree(folder)),
            docker_host=docker_host,
            hw_course=Course(image_sizes=limits),
            hw_settings=Settings(images=given),
            own_images=None,
        )

    return measured


@pytest.mark.sample("docker-3/image-size", "passes")
def test_within_the_usual_limit(project: Path, measure: Measure) -> None:
    result = measure(project)
    assert result.verdict == "passed", said(result)
    assert result.evidence["not on the docker host"] == ["nobody/has-this:1"]
    assert "COPY" in text(result.evidence["ui"])


@pytest.mark.sample("docker-3/image-size", "fails")
def test_above_a_lowered_limit_the_layers_are_listed(
    project: Path, images: dict[str, str], docker_host: DockerHost, measure: Measure
) -> None:
    base = docker_host.client.images.get(probe_image(docker_host)).attrs["Size"]
    result = measure(project, ui=base + BIG - 1, post=base)
    assert result.verdict == "failed"
    [finding] = result.findings
    assert text(finding.expected).startswith("the image of ui is at most ")
    assert text(finding.found).startswith(f"{images['ui']} is ")
    assert "; its largest layers: 3.0 MB COPY" in text(finding.found)
    (figure,) = result.figures
    (ui,) = [each for each in figure["images"] if each["name"] == "ui"]
    assert ui["limit"] == base + BIG - 1
    assert sum(layer["size"] for layer in ui["layers"]) == base + BIG
    assert ui["layers"][-1]["instruction"].startswith("COPY")
    assert finding.at == Location("ui/Dockerfile")
    assert text(finding.hint) == SMALLER
    assert measure(project, ui=base + BIG).verdict == "passed"


@pytest.mark.sample("docker-3/image-size", "fails")
def test_a_limit_by_role(project: Path, measure: Measure) -> None:
    path = project / "docker-compose.yml"
    path.write_text(path.read_text().replace("  ui:", "  web-ui:"))
    result = measure(project, ui=BIG)
    assert result.verdict == "failed", said(result)
    assert text(result.findings[0].expected) == "the image of web-ui is at most 3.0 MB"


@pytest.mark.sample("docker-3/image-size", "unusual")
def test_the_user_says_which(project: Path, images: dict[str, str], measure: Measure) -> None:
    result = measure(project, f"ui={images['post']}", ui=BIG)
    assert result.verdict == "passed", said(result)
    result = measure(project, f"comment={images['post']}", comment=1)
    assert result.verdict == "failed"
    assert text(result.findings[0].expected) == "the image of comment is at most 1 B"


@pytest.mark.sample("docker-3/image-size", "unusual")
def test_the_smallest_of_several_versions_counts(tmp_path: Path, images: dict[str, str], measure: Measure) -> None:
    """There is no compose file yet; and the other versions are the way to it."""
    lines = f"docker build -t {images['ui']} ./ui\ndocker build \\\n  --tag {images['post']} ./post-py\n"
    readme = tmp_path / "README.md"
    readme.write_text(f"# docker-3\n\n```sh\n{lines}docker build -t <you>/comment:1.0 .\n```\n")
    result = measure(tmp_path, ui=BIG)
    assert result.verdict == "failed"
    assert [each.at for each in result.findings] == [Location("README.md", 4)]
    (tmp_path / "build.sh").write_text(f"docker build -t {images['post'].replace('post', 'ui')} ui\n")
    assert measure(tmp_path, ui=BIG).verdict == "failed"  # the same image once more


def test_none_there(tmp_path: Path, measure: Measure) -> None:
    (tmp_path / "docker-compose.yml").write_text(COMPOSE.format(ui="no/ui:1", post="No/Post:${X}"))
    result = measure(tmp_path)
    assert result.verdict == "unverified"
    assert "docker compose -f docker-compose.yml build ui" in text(result.remedy)


def test_names_that_only_the_shell_knows(tmp_path: Path, measure: Measure) -> None:
    for service in ("ui", "comment"):
        script = tmp_path / "src" / service / "docker_build.sh"
        script.parent.mkdir(parents=True)
        script.write_text(f"docker build -t $USER_NAME/{service} .\n")
    result = measure(tmp_path)
    assert result.verdict == "unverified"
    assert "known to the shell alone: $USER_NAME/comment, $USER_NAME/ui" in text(result.reason)
    assert "(cd src/comment && docker build -t $USER_NAME/comment .; cd src/ui && docker" in text(result.remedy)
    assert "--hw-image ui=IMAGE" in text(result.remedy)


def test_nothing_named(tmp_path: Path, measure: Measure) -> None:
    result = measure(tmp_path)
    assert result.verdict == "unverified"
    assert "--hw-image" in text(result.remedy)


def test_a_size_is_told_though_another_image_cannot_be_built(checks: AppChecks, tmp_path: Path) -> None:
    """With tier app: ui's small variant cannot be had, so ui is open; post is too large all the same."""
    checks.course = Course(image_sizes={"ui": 1, "post": 1})
    edits = [write("src/ui/Dockerfile.alpine", "FROM registry.invalid/alpine:3.20\nRUN apk add ruby\n")]
    homework = submission(tmp_path, APP, edits)
    item = load().items["docker-3/image-size"]
    result = checks.ask(item, homework)
    [finding] = result.findings
    assert text(finding.expected) == "the image of post is at most 1 B"
    assert finding.at == Location("src/post-py/Dockerfile")
    assert "the image of ui was not built" in said(result)
    checks.course = Course(image_sizes={"ui": 1})
    result = checks.ask(item, homework)
    assert str(result.verdict) == "unverified", said(result)


def test_in_a_run(project: Path) -> None:
    """The course's limits reach the check."""
    (project / "course.toml").write_text('[image-sizes]\nui = "1 MB"\n')
    results = project / "results.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--hw=docker-3/image-size"),
            *("--hw-course=course.toml", f"--hw-results={results}"),
        ],
        cwd=project,
        env={name: value for name, value in os.environ.items() if not name.startswith("DOCKERLAB_")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    [item] = json.loads(results.read_text("utf-8"))["submissions"][0]["items"]
    assert (item["id"], item["verdict"]) == ("docker-3/image-size", "failed"), done.stdout
