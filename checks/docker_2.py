"""Homework 15, docker-2: a docker host, the monolith image."""

from pytest_dockerlab.checks import (
    _docker_2_app,
    _docker_2_files,
    _docker_2_firewall,
    _docker_2_hosts,
    _docker_2_labs,
    _docker_2_registry,
)
from pytest_dockerlab.homework import Homework

HOMEWORK = Homework("docker-2", 15, "a docker host, the monolith image")

files = _docker_2_files.files
dockerfile = _docker_2_files.dockerfile
pid_answer = _docker_2_files.pid_answer_check
pid_namespace = _docker_2_labs.pid_namespace
docker_host = _docker_2_hosts.docker_host_answers
tls = _docker_2_hosts.tls
build = _docker_2_app.build
app = _docker_2_app.app
firewall = _docker_2_firewall.firewall
pushed = _docker_2_registry.pushed
