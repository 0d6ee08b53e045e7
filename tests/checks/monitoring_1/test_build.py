"""monitoring-1/build: images that build, Prometheus' and the exporters' too, and those that do not."""

from __future__ import annotations

import pytest

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ...deployment.monitored_app import COMPOSE, MONITORED
from .._app import FIXTURES

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

DOCKERFILE = "monitoring/prometheus/Dockerfile"
EXPORTER = "monitoring/mongodb-exporter/Dockerfile"
IMAGE = "    image: ${USERNAME}/prometheus\n"
BUILT = "    build: {context: ../monitoring, dockerfile: ./prometheus/Dockerfile, args: {version: v2.42.0}}\n"

test_right = sample_tests(
    "monitoring-1/build",
    MONITORED,
    [
        Sample("passes", "the plain homework, whose images the compose file only names"),
        Sample(
            "unusual",
            "a stock Prometheus whose configuration is mounted",
            [
                remove(DOCKERFILE),
                replace(COMPOSE, IMAGE, "    image: prom/prometheus:v2.42.0\n"),
                replace(
                    COMPOSE,
                    "      - prometheus_data:/prometheus\n",
                    "      - prometheus_data:/prometheus\n      - ../monitoring/prometheus:/etc/prometheus:ro\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "build: with a context above the Dockerfile, and arguments",
            [
                replace(COMPOSE, IMAGE, BUILT),
                write(
                    DOCKERFILE,
                    "ARG version\nFROM prom/prometheus:$version\nCOPY prometheus/prometheus.yml /etc/prometheus/\n",
                ),
            ],
        ),
    ],
    asked_by="ask_app",
)

test_wrong = sample_tests(
    "monitoring-1/build",
    MONITORED,
    [
        Sample(
            "fails",
            "the configuration that is copied is not in the build context",
            [replace(DOCKERFILE, "COPY prometheus.yml", "COPY prometheus.yaml")],
            file=DOCKERFILE,
            line="COPY",
            says="prometheus.yaml",
            findings=1,
        ),
        Sample(
            "fails",
            "an exporter's build fails, and so does Prometheus'",
            [
                replace(DOCKERFILE, "COPY prometheus.yml", "RUN false\nCOPY prometheus.yml"),
                replace(EXPORTER, "COPY exporter.py", "RUN go build ./...\nCOPY exporter.py"),
            ],
            says="go: not found",
            findings=2,
        ),
        Sample(
            "unusual",
            "an exporter's base image that is gone is nobody's fault",
            [replace(EXPORTER, "FROM mongo:7.0", "FROM localhost:1/gone:1")],
            verdict="unverified",
        ),
    ],
    asked_by="ask_app_soon",
)
