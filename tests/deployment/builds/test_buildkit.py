"""BuildKit's plain progress, and the docker commands that drive it."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_dockerlab.activity import at_work, working_on
from pytest_dockerlab.deployment.builds.buildkit import _failed, buildkit_command, parse_vertices, teller
from pytest_dockerlab.deployment.builds.contract import BuildEnd, ImageBuildFailed
from pytest_dockerlab.messages import _

LOG = """\
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 37B done
#2 [internal] load .dockerignore
#4 [build 1/3] FROM docker.io/library/debian:bookworm-slim@sha256:0
#4 CACHED
#5 [build 2/3] RUN --mount=type=cache,target=/a make
#5 0.213 #9 CACHED
#5 0.214 #6 [stage-1 2/2] COPY lies
#5 DONE 0.4s
#6 [stage-1 2/2] COPY --from=build /a /b
#6 CACHED
#7 WORKDIR /app
#7 ...
#7 [3/3] WORKDIR /app
#7 DONE 0.0s
#8 exporting to image
"""


def test_the_steps_and_which_came_from_the_cache() -> None:
    assert [(each.number, each.text, each.is_cached) for each in parse_vertices(LOG)] == [
        (1, "RUN --mount=type=cache,target=/a make", False),
        (2, "COPY --from=build /a /b", True),
        (3, "WORKDIR /app", False),
    ]


@pytest.mark.parametrize("size", [7, 10_000])
def test_the_steps_are_told_as_they_come(size: int) -> None:
    hear, told = teller("ui"), []
    with working_on(_("a build")):
        for at in range(0, len(LOG), size):
            hear(LOG[at : at + size].encode())
            told.append(str(at_work()[-1].what))
    assert told[-1] == "image of ui, step 3/3: WORKDIR /app"
    assert size > 7 or "image of ui, step 2/3: RUN --mount=type=cache,target=/a make" in told


@pytest.mark.parametrize("log", ["", "\n\n", "#", "#x [a] RUN b", "error: no such host\n", "# 1 [a] RUN b"])
def test_what_is_no_progress(log: str) -> None:
    assert parse_vertices(log) == []


BROKEN = """\
#5 [2/3] RUN make
#5 0.100 #9 ERROR: it says
#5 0.200 one
#5 1.300 two
#5 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
------
 > [2/3] RUN make:
0.200 one
1.300 /x.c:12
------
Dockerfile:3
--------------------
   3 | >>> RUN make
--------------------
ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2
"""


def failure(log: str) -> ImageBuildFailed:
    host: Any = SimpleNamespace(address="192.0.2.1")
    return _failed(BuildEnd.STEP, "it failed", log, host)


def test_where_a_build_failed_and_what_was_said_there() -> None:
    failed = failure(BROKEN)
    assert (failed.line, failed.instruction) == (3, "RUN make")
    assert failed.tail == "#9 ERROR: it says\none\ntwo"


def test_an_older_buildkit_names_no_line() -> None:
    failed = failure(BROKEN.partition("Dockerfile:3")[0])
    assert (failed.line, failed.instruction) == (None, "RUN make")


def test_a_build_that_was_broken_off_was_at_the_step_that_spoke_last() -> None:
    failed = failure(BROKEN.partition("#5 ERROR")[0])
    assert (failed.line, failed.instruction) == (None, "RUN make")
    assert failed.tail.endswith("two")


@pytest.mark.parametrize("log", ["", "ERROR: no builder", f"#5 ERROR: x\nDockerfile:{'9' * 5_000}\n"])
def test_a_failure_that_says_nothing_of_a_place(log: str) -> None:
    failed = failure(log)
    assert (failed.line, failed.instruction, failed.tail) == (None, None, "")


def docker(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> str:
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return str(program)


def test_the_plugin_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = docker(tmp_path, "echo github.com/docker/buildx 0.17.1", monkeypatch)
    assert buildkit_command() == ([program, "buildx", "build", "--load"], {})


def test_an_older_docker_has_a_client_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = '[ "$1" = --version ] && echo "Docker version 20.10.24+dfsg1, build 297e128" || exit 1'
    program = docker(tmp_path, script, monkeypatch)
    assert buildkit_command() == ([program, "build"], {"DOCKER_BUILDKIT": "1"})


@pytest.mark.parametrize("version", ["Docker version 28.2.2, build 0", "Docker version 17.06.0-ce", "podman", ""])
def test_one_without_either_is_no_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    program = docker(tmp_path, f'[ "$1" = --version ] && echo "{version}" || exit 1', monkeypatch)
    found = buildkit_command()
    assert found is None or found[0][0] != program
