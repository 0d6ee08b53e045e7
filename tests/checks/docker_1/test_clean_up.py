"""docker-1/clean-up with images and containers that are really there."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Location
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask

from .._labs import FIXTURES
from ._homework import HEADER, LOG

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.fixture
def left(docker_host: DockerHost, probes: Probes) -> Iterator[tuple[str, str, str]]:
    """An image of the student's and a stopped container of it: their names, and the image's id."""
    name = f"student-{secrets.token_hex(4)}/tmp-file"
    id = probes.build(f"FROM {probes.image}\nENV MARK={name}\n").id
    docker_host.client.api.tag(id, name, "1")
    container = docker_host.client.containers.create(id, ["true"], name=f"writer-{secrets.token_hex(4)}")
    try:
        yield f"{name}:1", str(container.name), id.removeprefix("sha256:")
    finally:
        with contextlib.suppress(Exception):
            container.remove(force=True)
        docker_host.client.images.remove(f"{name}:1", force=True)


def write_log(folder: Path, id: str, name: str = "student/ubuntu-tmp-file:latest") -> None:
    row = f"{name.replace(':', '   ')}   {id}   3 minutes ago   113MB\n"
    (folder / LOG).write_text(HEADER + row)


def clean_up(folder: Path, host: DockerHost, *, is_students: bool = True) -> ItemResult:
    item = load().items["docker-1/clean-up"]
    return ask(item, Submission("sample", WorkTree(folder)), docker_host=host, is_students_host=is_students)


@pytest.mark.sample("docker-1/clean-up", "fails")
@pytest.mark.parametrize("digits", [12, 64])
def test_what_is_left_is_named(
    tmp_path: Path, docker_host: DockerHost, left: tuple[str, str, str], digits: int
) -> None:
    _name, container, id = left
    write_log(tmp_path, id[:digits])
    result = clean_up(tmp_path, docker_host)
    assert result.verdict == "advised"
    image = f"student/ubuntu-tmp-file:latest ({id[:12]})"
    of_container, of_image = result.findings
    assert text(of_container.expected) == f"no container of {image} is left"
    assert of_container.found == [container]
    assert text(of_container.hint) == f"docker rm -f {container}"
    assert text(of_image.expected) == f"the image {image} is removed"
    assert text(of_image.hint) == f"docker rmi {id[:12]}, once no container uses it"
    assert of_container.at == of_image.at == Location(LOG, 2)


@pytest.mark.sample("docker-1/clean-up", "passes")
def test_nothing_is_left(tmp_path: Path, docker_host: DockerHost) -> None:
    write_log(tmp_path, secrets.token_hex(6))
    result = clean_up(tmp_path, docker_host)
    assert result.verdict == "passed"
    assert result.evidence["images on the docker host"] > 0


@pytest.mark.sample("docker-1/clean-up", "unusual")
def test_another_image_has_the_name_by_now(tmp_path: Path, docker_host: DockerHost, left: tuple[str, str, str]) -> None:
    write_log(tmp_path, secrets.token_hex(6), left[0])
    assert clean_up(tmp_path, docker_host).verdict == "passed"


def test_it_removes_nothing(tmp_path: Path, docker_host: DockerHost, left: tuple[str, str, str]) -> None:
    write_log(tmp_path, left[2][:12])
    clean_up(tmp_path, docker_host)
    assert docker_host.client.containers.get(left[1]).status == "created"


def test_on_anybody_elses_docker_host(tmp_path: Path, docker_host: DockerHost, left: tuple[str, str, str]) -> None:
    write_log(tmp_path, left[2][:12])
    result = clean_up(tmp_path, docker_host, is_students=False)
    assert result.verdict == "unverified"
    assert "--hw-docker-host" in text(result.remedy)


@pytest.mark.parametrize(("environment", "verdict"), [({}, "advised"), ({"CI": "true"}, "unverified")])
def test_in_a_run(tmp_path: Path, left: tuple[str, str, str], environment: dict[str, str], verdict: str) -> None:
    """Whose docker host it is reaches the check: in CI it is no student's."""
    write_log(tmp_path, left[2][:12], left[0])
    results = tmp_path / "results.json"
    given = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "GITHUB_", "DOCKERLAB_"))}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
            *("--hw=docker-1/clean-up", f"--hw-results={results}"),
        ],
        cwd=tmp_path,
        env=given | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    items = json.loads(results.read_text("utf-8"))["submissions"][0]["items"]
    assert {item["id"]: item["verdict"] for item in items}["docker-1/clean-up"] == verdict, done.stdout
