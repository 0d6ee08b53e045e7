"""Homework 16, docker-3: microservices, small images."""

from pytest_dockerlab.homework import Homework

HOMEWORK = Homework(
    "docker-3",
    16,
    "microservices, small images",
    items=(
        "services",
        "hadolint",
        "apt-lists",
        "no-recommends",
        "copy-not-add",
        "build-arg",
        "alpine",
        "alpine-lean",
        "aliases",
        "volume",
        "build-answers",
        "alias-lab",
        "volume-lab",
        "build-cache-lab",
        "image-size",
        "build",
        "build-cache",
        "size-reduced",
        "app",
        "aliases-run",
        "persistence",
    ),
)
