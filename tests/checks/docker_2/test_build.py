"""docker-2/build: monoliths that build, and those that do not."""

from __future__ import annotations

import pytest

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ...deployment.small_app import MONOLITH
from .._app import FIXTURES
from ._homework import DOCKERFILE

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

test_samples = sample_tests(
    "docker-2/build",
    MONOLITH,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "line ends of Windows, a .dockerignore that ignores the Dockerfile, a chain of stages, ADD in COPY's place",
            [
                write(
                    DOCKERFILE,
                    MONOLITH[DOCKERFILE]
                    .replace("FROM mongo:7.0", "ARG base=mongo\nFROM ${base}:7.0 AS first\nFROM first AS Second")
                    .replace("COPY start.sh", "FROM second\nADD ./start.sh")
                    .replace("\n", "\r\n"),
                ),
                write("docker-monolith/.dockerignore", "*\n!*.conf\n!db_config\n!service.py\n!VERSION\n!start.sh\n"),
            ],
        ),
        Sample(
            "fails",
            "a RUN returns 1",
            [replace(DOCKERFILE, "RUN chmod +x /start.sh\n", "RUN chmod +x \\\n  # not there\n  /begin.sh\n")],
            says="cannot access '/begin.sh'",
            file=DOCKERFILE,
            line="RUN chmod",
            findings=1,
        ),
        Sample(
            "fails",
            "a COPY of what is not there",
            [replace(DOCKERFILE, "COPY start.sh", "COPY begin.sh")],
            says="begin.sh",
            file=DOCKERFILE,
            line="COPY begin.sh",
            findings=1,
        ),
        Sample(
            "fails",
            "a package that nobody has",
            [replace(DOCKERFILE, "CMD", "RUN apt-get install -y mongodb-serverr\nCMD")],
            says="Unable to locate package mongodb-serverr",
            file=DOCKERFILE,
            line="mongodb-serverr",
            findings=1,
        ),
        Sample(
            "fails",
            "a base image that is gone is not the student's fault",
            [replace(DOCKERFILE, "FROM mongo:7.0", "FROM registry.invalid/nobody/mongo:7.0")],
            verdict="unverified",
            says="that is not its author's fault",
        ),
        Sample(
            "fails",
            "a base image at an address of the docker host's own",
            [replace(DOCKERFILE, "FROM mongo:7.0", "FROM 127.0.0.1:5000/mongo:7.0")],
            verdict="unverified",
            says="Dockerfile:1 takes the image 127.0.0.1:5000/mongo:7.0 from an address that is not public",
        ),
    ],
    asked_by="ask_app",
)
