"""docker-3/size-reduced: an image called alpine beside another one."""

from __future__ import annotations

import io
import secrets
import tarfile
from collections.abc import Iterator

import pytest

from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.testing import Sample, sample_tests, write

from ...deployment.small_app import APP
from .._app import FIXTURES
from ._homework import UI

pytest_plugins = FIXTURES
pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("called_alpine")]

_MARK = secrets.token_hex(4)  # of this process: another worker removes its own
ALPINE_SMALL, ALPINE_LARGE = f"local/alpine-small-{_MARK}:test", f"local/alpine-large-{_MARK}:test"
"""Images that are not Alpine's own, but called so, and that is what the check goes by."""


@pytest.fixture(scope="module")
def called_alpine(docker_host: DockerHost) -> Iterator[None]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("alpine"))
    client = docker_host.client
    client.api.import_image_from_data(packed.getvalue(), *ALPINE_SMALL.split(":"))
    client.api.tag("mongo:7.0", *ALPINE_LARGE.split(":"))
    yield
    for name in (ALPINE_SMALL, ALPINE_LARGE):
        client.images.remove(name)


test_right = sample_tests(
    "docker-3/size-reduced",
    APP,
    [
        Sample(
            "passes",
            "a small variant beside the other one",
            [write("src/ui/Dockerfile.alpine", f"FROM {ALPINE_SMALL}\nCOPY . /app\n")],
        ),
        Sample(
            "unusual",
            "the variant is Dockerfile, the other one has a number, built in two stages",
            [
                write("src/ui/Dockerfile.1", APP[UI]),
                write(UI, f"FROM mongo:7.0 AS build\nCOPY . /app\nFROM {ALPINE_SMALL}\nCOPY --from=build /app /app\n"),
            ],
        ),
    ],
    asked_by="ask_app",
)

test_wrong = sample_tests(
    "docker-3/size-reduced",
    APP,
    [
        Sample(
            "fails",
            "the variant is the larger one",
            [
                write(UI, "FROM debian:bookworm-slim\nCOPY . /app\n"),
                write("src/ui/Dockerfile.alpine", f"FROM {ALPINE_LARGE}\nCOPY . /app\n"),
            ],
            says=" MB, src/ui/Dockerfile gives ",
            file="src/ui/Dockerfile.alpine",
            findings=1,
        ),
        Sample(
            "unusual",
            "nothing on Alpine is no attempt",
            says="no Dockerfile of ui is based on Alpine",
            verdict="not attempted",
        ),
    ],
    asked_by="ask_app_soon",
)
