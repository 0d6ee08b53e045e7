"""An engine that cannot do what a lab needs is an error of the run, never a student's failure; and ``dockerlab clean``.

All of it on engines of our own, for none of it may be done to one that is in use.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.types import IPAMConfig, IPAMPool

from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.labels import PROBE_IMAGE
from pytest_dockerlab.engine.owned.locks import LAB_LOCK_NAME
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probes import image as images

from .killing import Course, Run, foreign_things, kinds_of, left_of, live_run
from .private_engine import PrivateEngine, private_engine

pytestmark = pytest.mark.engine

LAB = ("--hw=kills/before", "--hw=kills/held", "--hw=kills/file")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateEngine]:
    with private_engine(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture(scope="module")
def docker_host(engine: PrivateEngine) -> Iterator[DockerHost]:
    with resolve_docker_host(engine.url) as host:
        yield host


@pytest.fixture
def course(tmp_path: Path, engine: PrivateEngine) -> Iterator[Course]:
    with contextlib.closing(Course(tmp_path / "course", engine.url)) as course:
        yield course


def is_an_error(run: Run, because: str) -> bool:
    """The labs are errors and say why; what needs no engine is judged; exit code 3."""
    verdicts = run.verdicts()
    assert verdicts == {"before": "error", "held": "error", "file": "passed"}, run.out
    assert because in run.out, run.out
    assert run.process.returncode == 3
    return True


def tiny(host: DockerHost, repository: str, tag: str) -> None:
    """An image of somebody's without a program in it."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("theirs"))
    host.client.api.import_image_from_data(content.getvalue(), repository, tag)


def test_our_name_on_somebody_elses_image(course: Course, docker_host: DockerHost) -> None:
    """Before the right one is made here."""
    busybox = images.find_static_busybox("amd64") or images.find_static_busybox("arm64")
    if busybox is None:
        pytest.skip("there is no static busybox here, so no image of ours")
    tag = images._digest(images._tar(busybox))[:16]
    tiny(docker_host, images.REPOSITORY, tag)
    try:
        assert is_an_error(course.run(*LAB), "is not ours")
    finally:
        docker_host.client.images.remove(f"{images.REPOSITORY}:{tag}")


def test_a_probe_image_without_a_shell(course: Course, docker_host: DockerHost) -> None:
    tiny(docker_host, "theirs", "1")
    try:
        run = course.run(*LAB, "--hw-probe-image=theirs:1")
        assert is_an_error(run, "our error")
        assert not list_ours(docker_host.client)
    finally:
        docker_host.client.images.remove("theirs:1")


def test_no_address_is_left(course: Course, docker_host: DockerHost) -> None:
    pool = "10.214.79.0/28"
    ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=pool)])
    theirs = docker_host.client.networks.create("theirs", ipam=ipam)
    try:
        assert is_an_error(course.run(*LAB, DOCKERLAB_SUBNETS=pool), "DOCKERLAB_SUBNETS")
        assert not list_ours(docker_host.client)
    finally:
        theirs.remove()


def test_the_name_of_the_lock_is_taken(course: Course, docker_host: DockerHost) -> None:
    """Said at once, for it would be taken for ever; and left alone."""
    image = images.probe_image(docker_host)
    theirs = docker_host.client.containers.create(image, ["true"], name=LAB_LOCK_NAME)
    try:
        started = time.monotonic()
        assert is_an_error(course.run(*LAB), "that is not ours")
        assert time.monotonic() - started < 200  # it would wait for ten minutes
        assert docker_host.client.containers.get(LAB_LOCK_NAME).id == theirs.id
    finally:
        theirs.remove()


def test_the_disk_is_full(tmp_path: Path) -> None:
    with (
        private_engine(tmp_path / "engine", megabytes=64) as engine,
        resolve_docker_host(engine.url) as host,
        foreign_things(host) as are_there,
    ):
        course = Course(tmp_path / "course", engine.url)
        filler = engine.data / "filler"
        with filler.open("wb") as stream:
            free = os.statvfs(engine.data)
            stream.write(bytes(max(0, free.f_bavail * free.f_frsize - 4096)))
        run = course.run(*LAB)
        assert "failed" not in run.verdicts().values(), run.out
        assert run.verdicts()["held"] == "error", run.out
        assert run.verdicts()["file"] == "passed"
        assert "no space left" in run.out
        are_there()
        filler.unlink()
        again = course.start(*LAB)
        again.told()
        assert {thing.run_id for thing in list_ours(host.client)} == {again.told()["run"]}
        again.go()
        assert again.end() == 0, again.out
        assert not list_ours(host.client)


# dockerlab clean


def clean(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest_dockerlab.cli", "clean", "--lang=en", *arguments],
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )


def test_clean_removes_what_the_dead_left(course: Course, docker_host: DockerHost, engine: PrivateEngine) -> None:
    """One thing a line; the live, the foreign and the probe image stay."""
    run = course.start()
    told = run.told()
    run.process.kill()
    run.end()
    left = left_of(docker_host, told["run"])
    assert kinds_of(left) == {"container", "network", "volume", "image"}
    with foreign_things(docker_host) as are_there, live_run(docker_host) as is_whole:
        done = clean(f"--hw-docker-host={engine.url}")
        assert done.returncode == 0, done.stderr
        *lines, total = done.stdout.splitlines()
        assert sorted(lines) == sorted(f"{thing.kind} {thing.name}" for thing in left)
        assert total == f"removed: {len(left)}"
        assert left_of(docker_host, told["run"]) == []
        assert list_ours(docker_host.client, label=PROBE_IMAGE)
        are_there()
        is_whole()
    assert clean(f"--hw-docker-host={engine.url}").stdout == "removed: 0\n"


def test_clean_all_removes_what_is_in_use_too(course: Course, docker_host: DockerHost, engine: PrivateEngine) -> None:
    """Everything of ours; and of anybody else's nothing, nor the probe image while somebody's container is of it."""
    run = course.start(*LAB)
    told = run.told()
    with foreign_things(docker_host) as are_there:
        done = clean("--all", f"--hw-docker-host={engine.url}")
        assert done.returncode == 0, done.stderr
        assert left_of(docker_host, told["run"]) == []
        assert list_ours(docker_host.client, label=PROBE_IMAGE)
        are_there()
    run.go()
    assert run.end() == 3, run.out
    assert run.verdicts()["held"] == "error"
    assert clean("--all", f"--hw-docker-host={engine.url}").returncode == 0
    assert not list_ours(docker_host.client, label=PROBE_IMAGE)


def test_clean_without_an_engine(tmp_path: Path) -> None:
    done = clean(f"--hw-docker-host=unix://{tmp_path}/none.sock")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "none.sock" in done.stderr
