"""Homework 14, docker-1: first steps with Docker."""

from pytest_dockerlab.homework import Homework

HOMEWORK = Homework(
    "docker-1",
    14,
    "first steps with Docker",
    items=(
        "engine",
        "no-sudo",
        "commit-lab",
        "inspect-lab",
        "log-file",
        "images-table",
        "committed-image",
        "image-vs-container",
        "clean-up",
    ),
    merged_with=("docker-2",),
)
