"""Homework 15, docker-2: a docker host, the monolith image."""

from pytest_dockerlab.homework import Homework

HOMEWORK = Homework(
    "docker-2",
    15,
    "a docker host, the monolith image",
    items=(
        "files",
        "dockerfile",
        "pid-answer",
        "pid-namespace",
        "docker-host",
        "tls",
        "build",
        "app",
        "firewall",
        "pushed",
    ),
)
