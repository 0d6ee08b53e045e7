"""Which image of Prometheus is started: never a program of the student's."""

from __future__ import annotations

import pytest

from pytest_dockerlab.plans.scrapes.images import COURSE_IMAGE, prometheus_images


@pytest.mark.parametrize(
    "own",
    [
        "prom/prometheus:v2.1.0",
        "docker.io/prom/prometheus:v2.53.1",
        "index.docker.io/prom/prometheus:v2.53.1",
        "quay.io/prometheus/prometheus:v3.0.1",
    ],
)
def test_the_students_version_of_a_public_image(own: str) -> None:
    assert prometheus_images(own, {}) == (own, COURSE_IMAGE)


@pytest.mark.parametrize(
    "own",
    [
        None,
        "",
        "evil/prometheus:v2.1.0",
        "evil.example/prom/prometheus:v2.1.0",
        "prom/prometheus.evil:v2.1.0",
        "xprom/prometheus:v2.1.0",
        "quay.io/evil/prometheus:v2.1.0",
        "docker.io/evil/prom/prometheus:v2.1.0",
        "localhost:5000/prom/prometheus:v2.1.0",
        "prom/prometheus",
        "prom/prometheus:latest",
        "prom/prometheus:main",
        "prom/prometheus:v1.8.2",
        "prom/prometheus:v2.1.0-evil",
        "prom/prometheus:v2.1.0\n",
        "prom/prometheus:v2.1.0@sha256:" + "0" * 64,
        "prom/prometheus@sha256:" + "0" * 64,
        "scratch",
    ],
)
def test_for_everything_else_the_courses(own: str | None) -> None:
    assert prometheus_images(own, {}) == (COURSE_IMAGE,)


def test_the_course_puts_another_in_its_place() -> None:
    replacements = {"prom/prometheus:v2.1.0": "mirror.example/prometheus:v2.42.0", COURSE_IMAGE: "ours:1"}
    assert prometheus_images("prom/prometheus:v2.1.0", replacements) == ("mirror.example/prometheus:v2.42.0", "ours:1")
    assert prometheus_images("evil/prometheus:v2.1.0", replacements) == ("ours:1",)
