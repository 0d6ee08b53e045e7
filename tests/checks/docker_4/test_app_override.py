"""docker-4/app-override: two workers, and code that is mounted where it runs."""

from __future__ import annotations

import pytest

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ...deployment.small_app import APP
from .._app import FIXTURES

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

OVERRIDE = "src/docker-compose.override.yml"
ON_A_DOCKER_HOST = """\
services:
  ui:
    volumes: [{type: bind, source: /home/somebody/app/ui, target: /app}]
    command: sh -c "cd / && puma --debug -w2"
  post:
    volumes: ["/home/somebody/app/post-py:/app"]
  comment:
    volumes: ["/home/somebody/app/comment:/app:ro"]
    entrypoint: ["puma", "--workers", "2"]
    command: ["--debug"]
"""

test_right = sample_tests(
    "docker-4/app-override",
    APP,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "absolute folders of a docker host, a shell's command, an entrypoint",
            [
                write(
                    OVERRIDE,
                    ON_A_DOCKER_HOST,
                )
            ],
        ),
    ],
    asked_by="ask_app",
)


test_wrong = sample_tests(
    "docker-4/app-override",
    APP,
    [
        Sample(
            "fails",
            "one worker",
            [replace(OVERRIDE, "command: puma --debug -w 2", "command: puma --debug -w 1")],
            file=OVERRIDE,
            line="-w 1",
            says="puma workers of ui: 2",
            findings=1,
        ),
        Sample(
            "fails",
            "the code is mounted beside the program",
            [replace(OVERRIDE, "./ui:/app", "./ui:/usr/src/app")],
            file=OVERRIDE,
            line="./ui:/usr/src/app",
            says="a changed file of ui is served without a build",
            findings=1,
        ),
        Sample(
            "fails",
            "a named volume keeps the code of the image",
            [
                write(
                    OVERRIDE,
                    f"{APP[OVERRIDE].replace('./ui:/app', 'ui_code:/app')}volumes:\n  ui_code:\n",
                )
            ],
            file=OVERRIDE,
            line="volumes:",
            says="nothing of the repository is mounted where its code runs",
            findings=1,
        ),
    ],
    asked_by="ask_app_soon",
)
