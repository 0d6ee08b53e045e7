"""What our own limits and the world break is not the student's fault, and what is his still is."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace as replace_fields
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.checks.docker_4.app import app
from pytest_dockerlab.deployment.builds.classic import build_classic
from pytest_dockerlab.deployment.builds.contract import (
    BuildEnd,
    BuildLimits,
    BuildRequest,
    ImageBuildFailed,
)
from pytest_dockerlab.deployment.builds.failures import explain
from pytest_dockerlab.deployment.builds.out_of_memory import OutOfMemory
from pytest_dockerlab.deployment.builds.surroundings import BuildPlace
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import Labels
from pytest_dockerlab.engine.owned.limits import AppLimits
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Unverified, require
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.applications.of_compose import plan_of_compose
from pytest_dockerlab.plans.builds.context import pack_context
from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import replace, write

from ..checks._app import AppChecks, app_checks, require_image, said, submission
from ..engine.killing import eventually
from .builds.test_hostile_builds import BASE, Builds, left_of
from .small_app import APP

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = pytest.mark.engine

COMPOSE = "src/docker-compose.yml"
LIMITS = AppLimits(memory=160 * 1024**2, processes=64, cpus=0.5, log="64k", disk=300 * 1000**2)
needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


@pytest.fixture
def builds(docker_host: DockerHost, tmp_path: Path) -> Iterator[Builds]:
    require_image(docker_host, BASE)
    folder = tmp_path / "submission"
    folder.mkdir()
    builds = Builds(docker_host, secrets.token_hex(8), folder)
    with builds.images:
        yield builds
    assert left_of(docker_host, builds.run_id) == []


@pytest.fixture(scope="module")
def checks(docker_host: DockerHost) -> Iterator[AppChecks]:
    require_image(docker_host, "mongo:7.0")
    run_id = secrets.token_hex(8)
    with app_checks(docker_host, run_id) as checks:
        checks.limits = LIMITS
        yield checks
    assert left_of(docker_host, run_id) == []


# Builds


def test_a_process_of_a_step_that_wants_more_memory(builds: Builds) -> None:
    """The step says nothing of it: only the engine knows."""
    assert "Dockerfile:3, or a process in it, was killed" in builds.unverified(
        "RUN true", "RUN tail /dev/zero 2>/dev/null || { echo no object file; exit 1; }"
    )
    finding = builds.finding("RUN true", "RUN sleep 0 || exit 2; echo no object file; exit 1")
    assert "no object file" in text(finding.found)


@pytest.mark.parametrize("words", ["Cannot fork: $!", "[Errno 11] $!: cannot start new thread"])
def test_a_step_that_wants_more_processes(builds: Builds, words: str) -> None:
    forks = f'for (1..200) {{ defined(my $p = fork) || die "{words}\\n"; if (!$p) {{ sleep 20; exit }} }}'
    assert "more than the 64 processes" in builds.unverified(f"RUN sleep 1; perl -e '{forks}'")


def test_a_registry_that_never_answers(docker_host: DockerHost, tmp_path: Path) -> None:
    """It takes the connection, and that is all."""
    with socket.create_server(("127.0.0.1", 0)) as server, (tmp_path / "context.tar").open("w+b") as archive:
        if not docker_host.is_local:
            pytest.skip("the engine cannot reach this machine's loopback")
        (tmp_path / "Dockerfile").write_text(f"FROM localhost:{server.getsockname()[1]}/a/b:1\nRUN true\n")
        homework = Submission("stalled", WorkTree(tmp_path))
        plan = plan_build(homework, "ui", "Dockerfile", "")
        packed = pack_context(homework.tree, "", "Dockerfile", plan.content({"a": "b"}), archive)
        archive.flush()
        request = BuildRequest("stalled:1", Path(archive.name), packed.dockerfile, None, {})
        limits = BuildLimits(seconds=4)
        labels = replace_fields(Labels.of_run(secrets.token_hex(8)), scope=secrets.token_hex(8))
        place = BuildPlace(docker_host, labels)
        with pytest.raises(ImageBuildFailed) as raised, place.surroundings(limits.disk) as around:
            build_classic(docker_host, request, limits, around)
        place.leave()
        assert (raised.value.end, raised.value.container) == (BuildEnd.TIME, None)
        told = explain(raised.value, plan, (), limits)
        assert isinstance(told, Unverified)
        assert "was waiting for something outside at Dockerfile:1" in text(told.reason)


def test_a_large_file_others_files_and_empty_folders_are_sent(builds: Builds) -> None:
    (builds.folder / "vendor.bin").write_bytes(b"x" * 3_000_000)
    (builds.folder / "lib/node_modules/x").mkdir(parents=True)
    (builds.folder / "lib/node_modules/x/index.js").write_text("1")
    (builds.folder / "empty").mkdir()
    builds.build(
        "COPY . /app", "COPY empty /data", "RUN sha256sum /app/vendor.bin /app/lib/node_modules/x/index.js && ls /data"
    )


def test_a_file_that_cannot_be_sent(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not the COPY that misses it."""
    monkeypatch.setattr("pytest_dockerlab.plans.builds.context.MAX_FILE", 1_000_000)
    (builds.folder / "vendor.bin").write_bytes(b"x" * 3_000_000)
    said = builds.unverified("COPY . /app", "RUN sha256sum /app/vendor.bin")
    assert "could not be sent: vendor.bin" in said
    finding = builds.finding("COPY . /app", "RUN sha256sum /app/other.bin")
    assert str(finding.at) == "Dockerfile:3"


# What runs


def test_a_lack_of_memory_is_noted_and_the_thread_ends(docker_host: DockerHost) -> None:
    api = docker_host.client.api
    with OutOfMemory(docker_host) as out_of_memory, contextlib.ExitStack() as cleanup:
        made = [
            api.create_container(
                BASE, ["sh", "-c", script], host_config=api.create_host_config(mem_limit="32m"), labels={"test": "oom"}
            )["Id"]
            for script in ("sleep 300", "tail /dev/zero; sleep 300")
        ]
        for each in made:
            cleanup.callback(api.remove_container, each, force=True)
            api.start(each)
        eventually(lambda: out_of_memory.first_of(made) == made[1], 30)
        assert out_of_memory.first_of([made[1][:12]]) == made[1][:12]
        assert out_of_memory.first_of(made[:1]) is None
        # more events than the engine keeps, which would show what happened before
        for _number in range(300):
            api.exec_create(made[0], "true")
        kept = list(api.events(since=0, until=int(time.time()) + 1, filters={"event": "oom"}, decode=True))
        assert made[1] not in [each["Actor"]["ID"] for each in kept]
        assert out_of_memory.first_of(made) == made[1]
    assert _listening() == 0
    assert out_of_memory.first_of([made[1]]) == made[1]  # what was noted stays


def _listening() -> int:
    return sum(each.name == "dockerlab-oom" for each in threading.enumerate())


def test_an_engine_that_is_left_alone_ends_the_listening_too(docker_host: DockerHost) -> None:
    for _number in range(3):
        with contextlib.suppress(ZeroDivisionError), OutOfMemory(docker_host):
            assert _listening() == 1
            raise ZeroDivisionError
    assert _listening() == 0


@needs_compose
def test_an_application_that_lost_a_process_long_ago(checks: AppChecks, tmp_path: Path) -> None:
    """As many events lie between as the engine remembers."""
    api = checks.host.client.api
    wrong = "    command: sh -c 'tail /dev/zero; touch /tmp/lost; exec sleep 1000'\n"
    homework = submission(tmp_path, APP, [replace(COMPOSE, "    build: ./comment\n", f"    build: ./comment\n{wrong}")])
    with contextlib.ExitStack() as life:
        running = checks._start(life, homework, plan_of_compose(homework, homework.compose, {}))
        eventually(lambda: running.read("comment", "/tmp/lost") is not None, 60)
        for _number in range(300):
            api.exec_create(running.container("comment"), "true")
        with pytest.raises(Unverified) as raised, running.judging():
            require(False, found="no answer")
    assert "comment, or a process in it, was killed" in text(raised.value.reason)


@needs_compose
@pytest.mark.parametrize("where", ["compose", "image"])
def test_health_checks_come_once_a_second_at_most(checks: AppChecks, tmp_path: Path, where: str) -> None:
    settings = "    healthcheck: {test: ['CMD', 'true'], interval: 1ms, timeout: 1s}\n" if where == "compose" else ""
    homework = submission(
        tmp_path, APP, [replace(COMPOSE, "    build: ./comment\n", f"    build: ./comment\n{settings}")]
    )
    if where == "image":
        dockerfile = tmp_path / "src/comment/Dockerfile"
        dockerfile.write_text(f"{dockerfile.read_text()}\nHEALTHCHECK --interval=1ms --timeout=1s CMD true\n")
        homework = Submission("sample", WorkTree(tmp_path))
    with contextlib.ExitStack() as life:
        running = checks._start(life, homework, plan_of_compose(homework, homework.compose, {}))
        config = checks.host.client.api.inspect_container(running.container("comment"))["Config"]
        assert config["Healthcheck"]["Interval"] == 1_000_000_000
        assert config["Healthcheck"]["Test"][-1] == "true"
        assert running.wait_until_healthy()["comment"] == "healthy"


@needs_compose
def test_a_mounted_file_that_cannot_be_sent(checks: AppChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (
        "    volumes: ['./data:/big']\n    command: sh -c 'cat /big/model.bin >/dev/null && exec python3 /app/app.py'\n"
    )
    homework = submission(
        tmp_path, APP,
        [replace(COMPOSE, "    build: ./comment\n", f"    build: ./comment\n{settings}"), write("src/data/x", "1")],
    )  # fmt: skip
    (tmp_path / "src/data/model.bin").write_bytes(b"x" * 3_000_000)
    homework = Submission("sample", WorkTree(tmp_path))
    monkeypatch.setattr("pytest_dockerlab.plans.builds.context.MAX_FILE", 1_000_000)
    told = said(checks.run(app, homework))
    assert "could not be sent: model.bin" in told
    assert "not sent to the docker host" in told


def test_a_probe_with_volumes_is_asked_as_often_as_one_likes(docker_host: DockerHost) -> None:
    """Each call leaves a process behind, which somebody has to bury: it may have no more than 64 of them."""
    with Probes(docker_host) as probes:
        probe = probes.start(network="none", volumes={probes.volume(): "/volumes/0"})
        for _number in range(12):
            assert probe.exec(["busybox", "du", "-s", "/volumes/0"]).returncode == 0
        states = ["sh", "-c", "cat /proc/[0-9]*/stat | busybox grep -c ' Z ' || true"]
        eventually(lambda: probe.exec(states).stdout.strip() == "0", 30)
