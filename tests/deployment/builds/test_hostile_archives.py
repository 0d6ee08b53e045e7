"""What ADD unpacks, and what base images ask for: counted and looked at before the engine is asked to do anything."""

from __future__ import annotations

import bz2
import gzip
import http.server
import io
import lzma
import secrets
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from pytest_dockerlab.deployment.builds import disk_space
from pytest_dockerlab.deployment.builds.images import AppImage
from pytest_dockerlab.engine.images.image_size import measure_image
from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.builds import copied_bytes
from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

from ...engine.killing import eventually
from .test_hostile_builds import BASE, LIMITS, Builds, builds, left_of, others

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = pytest.mark.engine
__all__ = ["builds", "others"]  # fixtures

MB = 1000**2


def archive(size: int, name: str = "big") -> bytes:
    """A tar archive with one file of zeros."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        entry = tarfile.TarInfo(name)
        entry.size = size
        made.addfile(entry, io.BytesIO(bytes(size)))
    return buffer.getvalue()


def of_file(builds: Builds) -> AppImage:
    """The image of the Dockerfile that is there."""
    submission = Submission("hostile", WorkTree(builds.folder))
    return builds.images.image(submission, plan_build(submission, "hostile", "Dockerfile", ""))


def unverified(builds: Builds) -> str:
    """Why it cannot be judged."""
    with pytest.raises(Unverified) as raised:
        of_file(builds)
    return text(raised.value.reason)


@pytest.mark.parametrize("compress", [bz2.compress, gzip.compress, lzma.compress], ids=["bzip2", "gzip", "xz"])
def test_an_archive_that_becomes_large(builds: Builds, compress: Callable[[bytes], bytes]) -> None:
    """Two of 100 MB, where 150 MB may be written."""
    (builds.folder / "x.tar").write_bytes(compress(archive(100 * MB)))
    assert (builds.folder / "x.tar").stat().st_size < MB
    told = builds.unverified("ADD x.tar /a/", "RUN true", "ADD x.tar /b/")
    assert "into the image of hostile at Dockerfile:4 cannot be bounded: more than 0.15 GB" in told


def test_an_archive_that_never_ends(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams one after another are one, and nobody counts them to their end."""
    monkeypatch.setattr(copied_bytes, "_SECONDS", 0.0)
    (builds.folder / "x.tar").write_bytes(bz2.compress(bytes(50 * MB)) * 1000)
    assert "counting them takes more than 0 s" in builds.unverified("ADD x.tar /a/")


def test_archives_of_a_usual_size_are_unpacked(builds: Builds) -> None:
    for name, compress in (("a.tar", bytes), ("b.tgz", gzip.compress), ("c.tbz2", bz2.compress), ("d", lzma.compress)):
        (builds.folder / name).write_bytes(compress(archive(MB, f"of-{name}")))
    (builds.folder / "plain.gz").write_bytes(gzip.compress(b"no archive"))
    image = builds.build("ARG KIND=tgz", "ADD a.tar ./b.$KIND c.* d /x/", "ADD plain.gz /x/", "RUN ls /x")
    assert image.built is not None
    assert "of-a.tar\nof-b.tgz\nof-c.tbz2\nof-d\nplain.gz\n" in image.built.log
    assert measure_image(builds.host, image.id).total > 4 * MB


# Build triggers


def test_build_triggers_are_bounded(builds: Builds) -> None:
    """The second container of a FROM, too."""
    (builds.folder / "Dockerfile").write_text(
        f"FROM {BASE} AS base\nONBUILD RUN true\nONBUILD RUN head -c 400000000 /dev/zero > /big; sleep 30\nFROM base\n"
    )
    with pytest.raises(Mismatch) as raised:
        of_file(builds)
    assert "the build writes more than 150000000 bytes" in text(raised.value.finding.found)
    assert str(raised.value.finding.at) == "Dockerfile:4"


@pytest.fixture
def base_with(builds: Builds) -> Iterator[Callable[[str], str]]:
    """An image of somebody's with a build trigger."""
    made: list[str] = []

    def make(trigger: str) -> str:
        name = f"somebody-{secrets.token_hex(6)}:1"
        content = f"FROM {BASE}\nONBUILD {trigger}\n".encode()
        list(builds.host.client.api.build(fileobj=io.BytesIO(content), tag=name, rm=True, decode=True))
        made.append(name)
        return name

    yield make
    for name in made:
        builds.host.client.images.remove(name)


@pytest.mark.parametrize(
    ("trigger", "asked"),
    [
        ("ADD http://127.0.0.1:{port}/x /x", "a file that the docker host itself downloads"),
        ("LABEL org.pytest-dockerlab.run=x", "a label that dockerlab reserves for its own images"),
        ("COPY --from=127.0.0.1:{port}/a/b /x /y", "files of another image"),
    ],
    ids=["ADD", "LABEL", "COPY"],
)
def test_a_base_image_asks_for_what_is_not_given(
    builds: Builds, base_with: Callable[[str], str], trigger: str, asked: str
) -> None:
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *about: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            name = base_with(trigger.format(port=server.server_port))
            (builds.folder / "Dockerfile").write_text(f"FROM {name}\nRUN true\n")
            told = unverified(builds)
        finally:
            server.shutdown()
            thread.join()
    assert f"Dockerfile:1 starts from {name}, whose build triggers (ONBUILD) ask for {asked}" in told
    assert seen == []


def test_what_a_base_image_unpacks_is_counted(builds: Builds, base_with: Callable[[str], str]) -> None:
    (builds.folder / "x.tar").write_bytes(gzip.compress(archive(200 * MB)))
    (builds.folder / "Dockerfile").write_text(f"FROM {base_with('ADD x.tar /x/')}\nRUN true\n")
    assert "at Dockerfile:1 cannot be bounded: more than 0.15 GB" in unverified(builds)


def test_usual_triggers_are_run(builds: Builds, base_with: Callable[[str], str]) -> None:
    """As those of the images called onbuild."""
    (builds.folder / "app.txt").write_text("own")
    (builds.folder / "Dockerfile").write_text(f"FROM {base_with('COPY . /app')}\nRUN grep own /app/app.txt\n")
    assert of_file(builds).built is not None


def test_another_platforms_image_is_another_image(builds: Builds) -> None:
    """The builder would pull it by itself, and nobody would have looked at it."""
    (builds.folder / "Dockerfile").write_text(f"FROM --platform=linux/s390x {BASE}\nRUN true\n")
    assert "Dockerfile:1 starts from an image for another platform" in unverified(builds)
    own = {"x86_64": "amd64", "aarch64": "arm64"}[builds.host.facts.architecture]
    (builds.folder / "Dockerfile").write_text(f"FROM --platform=linux/{own} {BASE}\nRUN true\n")
    assert of_file(builds).built is not None


def test_what_nobody_could_look_at_is_not_built(builds: Builds) -> None:
    """A registry may have nothing at first, and something for the builder."""
    (builds.folder / "Dockerfile").write_text(f"FROM {BASE} AS a\nFROM registry.invalid/somebody/gone:1\nRUN true\n")
    assert "(Dockerfile:2)" in unverified(builds)


# The disk of the docker host


def test_what_is_hidden_from_every_count(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is removed while it is open; whose fault it is that the disk fills up nobody can say."""
    monkeypatch.setattr(disk_space, "MARGIN", 100 * MB)
    builds.images.limits = replace(LIMITS, disk=50 * MB)
    told = builds.unverified("RUN exec 3>/x; rm /x; head -c 400000000 /dev/zero >&3; sleep 30; true")
    assert "the docker host's disk filled up while the image of hostile was built (Dockerfile:2)" in told


def test_what_is_copied_from_stage_to_stage(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """COPY --from has no container that could be looked at."""
    monkeypatch.setattr(disk_space, "MARGIN", 100 * MB)
    steps = [f"COPY --from=first /x /{number}" for number in range(100)]
    (builds.folder / "Dockerfile").write_text(
        "\n".join((f"FROM {BASE} AS first", "RUN head -c 100000000 /dev/zero > /x; sleep 1", f"FROM {BASE}", *steps))
    )
    assert "the docker host's disk filled up while the image of hostile was built" in unverified(builds)
    # the engine ends a COPY that it has begun, and nobody says when
    looks: list[list[str]] = []

    def is_over() -> bool:
        looks.append(left_of(builds.host, builds.run_id))
        return len(looks) > 20 and looks[-1] == looks[-20]

    eventually(is_over, 60)
