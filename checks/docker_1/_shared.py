"""Homework 14, docker-1: first steps with Docker."""

from __future__ import annotations

from pytest_dockerlab.submission.docker_log import DockerLog, find_log
from pytest_dockerlab.submission.files.tree import Tree


def _log(tree: Tree) -> DockerLog:
    log = find_log(tree)
    assert log is not None, "docker-1/log-file is needed first"
    return log
