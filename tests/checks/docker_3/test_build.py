"""docker-3/build: images that build, and those that do not."""

from __future__ import annotations

import pytest

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ...deployment.small_app import APP, in_another_way
from .._app import FIXTURES
from ._archive import ARCHIVE
from ._homework import COMMENT, POST, UI

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

COMPOSE = "src/docker-compose.yml"

test_right = sample_tests(
    "docker-3/build",
    APP,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "two stages and one that is never needed, a .dockerignore, an archive, a Dockerfile of another name",
            [
                write(UI, in_another_way(APP[UI])),
                write("src/ui/.dockerignore", "**/*.tmp\nDockerfile\n"),
                remove(COMMENT),
                write("src/comment/Dockerfile.1", APP[COMMENT].replace("\n", "\r\n")),
                replace(COMPOSE, "build: ./comment", "build: {context: ./comment, dockerfile: Dockerfile.1}"),
                write("src/post-py/data.tar", ARCHIVE),
                replace(POST, "COPY . .\n", "ADD data.tar /srv/\nRUN test -s /srv/inside/data.txt\nCOPY . .\n"),
            ],
        ),
    ],
    asked_by="ask_app",
)

test_wrong = sample_tests(
    "docker-3/build",
    APP,
    [
        Sample(
            "fails",
            "a RUN of comment's second stage fails",
            [replace(COMMENT, "COPY . .\n", "FROM mongo:7.0\nCOPY . .\nRUN bundle install\n")],
            says="bundle: not found",
            file=COMMENT,
            line="RUN bundle install",
            findings=1,
        ),
        Sample(
            "fails",
            "an instruction that there is not",
            [replace(POST, "COPY . .", "COPPY . .")],
            says="COPPY",
            file=POST,
            line="COPPY",
            findings=1,
        ),
        Sample(
            "unusual",
            "a syntax that this docker host's builder does not know is no fault",
            [replace(POST, "COPY . .", "COPY --parents . .")],
            says="src/post-py/Dockerfile:3",
            verdict="unverified",
        ),
    ],
    asked_by="ask_app_soon",
)
