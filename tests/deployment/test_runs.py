"""The app tier as its users call it: ``dockerlab check`` alone, with workers, with a roster, and ended from outside."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import OWNER, RUN, SCOPE, Owner
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.plans.applications.of_compose import plan_of_compose
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.testing import replace

from ..checks._app import app_checks, require_image, submission
from ..engine.killing import eventually, foreign_things, kinds_of, left_of
from .small_app import APP, MONOLITH

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]

ITEMS = ("docker-3/build", "docker-3/build-cache", "docker-3/app")
# Its containers run, and it is asked for its health for two minutes.
SLOW = replace("src/comment/Dockerfile", "COMMENT_DATABASE_HOST=comment_db", "COMMENT_DATABASE_HOST=localhost")


class Check:
    """One ``dockerlab check`` as a process."""

    def __init__(self, folder: Path, *arguments: str, items: tuple[str, ...] = ITEMS) -> None:
        self.results = folder / "results.json"
        self.log = folder / "out.txt"
        dropped = ("DOCKERLAB_", "GITHUB_", "CI", "PYTEST_", "COV_", "LANGUAGE")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        words = [word for item in items for word in ("--hw", item)]
        command = [sys.executable, "-m", "pytest_dockerlab.cli", "check", *words, "--hw-tier=app", "--hw-lang=en"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, f"--hw-results={self.results}", *arguments],
                cwd=folder,
                env=environment | {"LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def out(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def end(self, meanwhile: Callable[[], object] = lambda: None, seconds: float = 300) -> int:
        """Its exit code; ``meanwhile`` is called again and again until then."""
        deadline = time.monotonic() + seconds
        while (code := self.process.poll()) is None:
            assert time.monotonic() < deadline, self.out
            meanwhile()
            time.sleep(0.05)
        return code

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)

    def verdicts(self) -> dict[str, dict[str, str]]:
        """By submission and item."""
        assert self.results.exists(), self.out
        found: dict[str, Any] = json.loads(self.results.read_text("utf-8"))
        return {each["id"]: {item["id"]: item["verdict"] for item in each["items"]} for each in found["submissions"]}

    def run_id(self, host: DockerHost) -> str:
        """What marks the things of this run: known as soon as its first image is there."""
        found: list[str] = []

        def is_there() -> bool:
            assert self.process.poll() is None, self.out
            owners = {thing.run_id: Owner.parse(thing.labels.get(OWNER, "")) for thing in list_ours(host.client)}
            found[:] = [str(run) for run, owner in owners.items() if owner and owner.pid == self.process.pid]
            return bool(found)

        eventually(is_there, 150, lambda: self.out)
        return found[0]


@pytest.fixture
def check(tmp_path: Path) -> Iterator[Callable[..., Check]]:
    """Starts a check; what a test that failed has left running is ended."""
    with contextlib.ExitStack() as life:

        def start(*arguments: str, **more: Any) -> Check:
            found = Check(tmp_path, *arguments, **more)
            life.callback(found.kill)
            return found

        yield start


@pytest.fixture(scope="module")
def others(docker_host: DockerHost) -> Iterator[Callable[[], None]]:
    require_image(docker_host, "mongo:7.0")
    with foreign_things(docker_host) as are_there:
        yield are_there


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_one_submission(
    check: Callable[..., Check],
    docker_host: DockerHost,
    others: Callable[[], None],
    tmp_path: Path,
    arguments: tuple[str],
) -> None:
    """Workers share its images, and nothing is left behind."""
    homework = tmp_path / "homework"
    submission(homework, APP)
    run = check(str(homework), *arguments)
    run_id = run.run_id(docker_host)
    seen: set[str] = set()

    def look() -> None:
        images = docker_host.client.api.images(filters={"label": f"{RUN}={run_id}"})
        seen.update(tag for each in images for tag in each["RepoTags"] or () if not tag.startswith("<none>"))

    assert run.end(look) == 0, run.out
    (found,) = run.verdicts().values()
    assert {item: found[item] for item in ITEMS} == dict.fromkeys(ITEMS, "passed")
    assert len(seen) == 3
    assert left_of(docker_host, run_id) == []
    others()


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    submission(tmp_path / "ann", APP)
    submission(tmp_path / "bob", APP, [replace("src/comment/Dockerfile", "COPY . .", "RUN false")])
    path = tmp_path / "roster.csv"
    path.write_text("id,path\nann,ann\nbob,bob\n")
    return path


def test_a_roster_on_an_engine_to_be_kept(check: Callable[..., Check], docker_host: DockerHost, roster: Path) -> None:
    """Nothing of it is built without an explicit yes."""
    if docker_host.facts.is_disposable:
        pytest.skip("this engine may be thrown away")
    run = check(f"--hw-roster={roster}", "-v", items=("docker-3/build",))
    run.end()
    assert {found["docker-3/build"] for found in run.verdicts().values()} == {"unverified"}
    assert "--hw-allow-roster-code" in run.out


def test_a_roster(
    check: Callable[..., Check], docker_host: DockerHost, others: Callable[[], None], roster: Path
) -> None:
    """Each has its own verdicts, and the images of the first are gone when the second's are built."""
    run = check(f"--hw-roster={roster}", "--hw-allow-roster-code", items=("docker-3/build",))
    run_id = run.run_id(docker_host)
    scopes: list[set[str]] = []

    def look() -> None:
        images = docker_host.client.api.images(all=True, filters={"label": f"{RUN}={run_id}"})
        scopes.append({(each["Labels"] or {}).get(SCOPE, "") for each in images})

    assert run.end(look) == 1, run.out
    found = run.verdicts()
    assert {name: found[name]["docker-3/build"] for name in found} == {"ann": "passed", "bob": "failed"}
    assert max(map(len, scopes)) == 1
    assert len(set().union(*scopes)) == 2
    assert left_of(docker_host, run_id) == []
    others()


def test_an_application_that_is_up(check: Callable[..., Check], docker_host: DockerHost, tmp_path: Path) -> None:
    """It is asked, and nothing is built or started, nor anything of it removed."""
    homework = submission(tmp_path / "homework", APP)
    run_id = secrets.token_hex(8)
    with app_checks(docker_host, run_id) as own, Probes(docker_host, run_id) as probes:
        plan = plan_of_compose(homework, homework.compose, {})
        with Deployment(probes, own.images, homework, plan) as up:
            items = ("docker-4/app", "docker-3/app")
            run = check(str(tmp_path / "homework"), f"--hw-app-url={up.url(Role.UI)}", items=items)
            before = {each["Id"] for each in docker_host.client.api.images(filters={"label": f"{RUN}={run_id}"})}
            assert run.end() == 0, run.out
            (found,) = run.verdicts().values()
            assert {item: found[item] for item in items} == dict.fromkeys(items, "passed")
            assert "docker-3/build" not in found
            up.watch()
            assert before == {
                each["Id"] for each in docker_host.client.api.images(filters={"label": f"{RUN}={run_id}"})
            }
            (tmp_path / "results.json").unlink()
            url = up.url(Role.UI)
            up.host.client.api.kill(up.container("post"))
            run = check(str(tmp_path / "homework"), f"--hw-app-url={url}", items=("docker-4/app",))
            assert run.end() == 1, run.out
            assert "HTTP 503: a service is away" in run.out


def test_how_long_an_application_is_waited_for(check: Callable[..., Check], tmp_path: Path) -> None:
    """As the course file says: with our own two minutes it would have come to the limit of the check, an error."""
    silent = {**MONOLITH, "docker-monolith/start.sh": "#!/bin/sh\nexec sleep 600\n"}
    submission(tmp_path / "homework", silent)
    (tmp_path / "course.toml").write_text("[time-limits]\nup = 1.5\napp = 90\n")
    run = check(str(tmp_path / "homework"), "--hw-course", str(tmp_path / "course.toml"), items=("docker-2/app",))
    assert run.end() == 1, run.out
    (found,) = run.verdicts().values()
    assert found["docker-2/app"] == "failed"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_ctrl_c(
    check: Callable[..., Check],
    docker_host: DockerHost,
    others: Callable[[], None],
    tmp_path: Path,
    workers: tuple[str],
) -> None:
    submission(tmp_path / "homework", APP, [SLOW])
    run = check(str(tmp_path / "homework"), *workers, items=("docker-4/app",))
    run_id = run.run_id(docker_host)
    eventually(lambda: _is_up(docker_host, run_id), 150, lambda: run.out)
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 2, run.out
    assert left_of(docker_host, run_id) == []
    others()


def test_a_kill(
    check: Callable[..., Check], docker_host: DockerHost, others: Callable[[], None], tmp_path: Path
) -> None:
    """Everything is left, until the next start."""
    submission(tmp_path / "homework", APP, [SLOW])
    run = check(str(tmp_path / "homework"), items=("docker-4/app",))
    run_id = run.run_id(docker_host)
    eventually(lambda: _is_up(docker_host, run_id), 150, lambda: run.out)
    run.kill()
    assert kinds_of(left_of(docker_host, run_id)) == {"container", "network", "volume", "image"}
    again = check(str(tmp_path / "homework"), items=("docker-3/build",))
    assert again.end() == 0, again.out
    assert left_of(docker_host, run_id) == []
    others()


def _is_up(host: DockerHost, run_id: str) -> bool:
    running = host.client.api.containers(filters={"label": f"{RUN}={run_id}"})
    return len([each for each in running if "com.docker.compose.service" in each["Labels"]]) == 4
