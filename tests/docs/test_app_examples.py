"""The examples of docs/fixtures.md that need an engine, an application or a registry: run on small ones of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.testing import write_homework
from tests.checks._app import require_image
from tests.deployment.small_app import APP
from tests.reddit_app import servers
from tests.registry.servers import push, registry

from .markdown import ROOT, Block, blocks

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]


def example(text: str) -> Block:
    """The one example of Python that holds ``text``."""
    page = ROOT / "docs" / "fixtures.md"
    [found] = [block for block in blocks(page) if block.language == "python" and text in block.text]
    return found


def run(block: Block, old: str, new: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run an example with one address replaced, and return what it prints."""
    assert block.text.count(old) == 1
    exec(compile(block.text.replace(old, new), str(block), "exec"), {})  # our own page
    return capsys.readouterr().out


@pytest.mark.engine
@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
def test_the_application_is_started_and_driven(docker_host: DockerHost, tmp_path: Path) -> None:
    require_image(docker_host, "mongo:7.0")
    write_homework(tmp_path, APP, ())
    (tmp_path / "test_app.py").write_text(example("def test_a_post_outlives_its_database").text, "utf-8")
    for script in tmp_path.rglob("puma"):
        script.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_driver_works_on_what_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with servers.app() as app:
        printed = run(example("app.health().version"), "http://127.0.0.1:9292", app.url, capsys)
    assert printed.split()[0] == "1.0"
    assert printed.split()[1].startswith(app.url)


def test_an_image_is_looked_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with registry(tmp_path) as plain:
        digest = push(plain.port, "debian", "bookworm-slim")
        printed = run(example("client.look_up"), '"public"', repr(plain.url), capsys)
    assert printed == f"{digest}\n"
