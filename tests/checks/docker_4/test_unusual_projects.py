"""docker-4/app of compose projects in unusual forms that docker itself runs without a word."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.checks import docker_4
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from tests.samples import replace

from ...deployment.small_app import APP
from .._app import AppChecks, app_checks, require_image, said, submission

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = pytest.mark.engine
COMPOSE = "src/docker-compose.yml"


@pytest.fixture(scope="module")
def checks(docker_host: DockerHost) -> Iterator[AppChecks]:
    require_image(docker_host, "mongo:7.0")
    with app_checks(docker_host, secrets.token_hex(8)) as checks:
        yield checks


def test_read_only_a_link_that_leads_up_and_a_first_check_that_fails(checks: AppChecks, tmp_path: Path) -> None:
    settings = """\
    read_only: true
    tmpfs: [/tmp]
    volumes: ["./comment/VERSION:/version:ro", "./comment:/more:ro"]
    healthcheck:
      test: "[ -e /tmp/asked ] || { touch /tmp/asked; exit 1; }"
      interval: 2s
      retries: 1
"""
    edit = replace(COMPOSE, "    build: ./comment\n", f"    build: ./comment\n{settings}")
    homework = submission(tmp_path, APP, [edit])
    (tmp_path / "src/comment/README.md").symlink_to("../../README.md")
    result = checks.run(docker_4.app, homework)
    assert str(result.verdict) == "passed", said(result)


def test_one_that_stays_unhealthy(checks: AppChecks, tmp_path: Path) -> None:
    settings = "    healthcheck: {test: 'echo not well; exit 1', interval: 1s, retries: 1}\n"
    edit = replace(COMPOSE, "    build: ./comment\n", f"    build: ./comment\n{settings}")
    result = checks.run(docker_4.app, submission(tmp_path, APP, [edit]))
    assert str(result.verdict) == "failed", said(result)
    assert "its health check fails: not well" in said(result)
