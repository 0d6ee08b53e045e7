"""Homework 15, docker-2: a docker host, the monolith image."""

from pytest_dockerlab.checks import _docker_2_hosts, _docker_2_labs
from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("docker-2", 15, "a docker host, the monolith image")

files = planned("docker-2/files", "the four files of the monolith lie in one directory")
dockerfile = planned("docker-2/dockerfile", "the Dockerfile copies its files and runs start.sh")
pid_answer = planned("docker-2/pid-answer", "the README compares processes with and without pid=host", level="advisory")
pid_namespace = _docker_2_labs.pid_namespace
docker_host = _docker_2_hosts.docker_host_answers
tls = _docker_2_hosts.tls
build = planned("docker-2/build", "the monolith image builds", tier="app")
app = planned("docker-2/app", "the app on port 9292 keeps a post and shows it again", tier="app")
firewall = planned("docker-2/firewall", "port 9292 answers at the docker host's own address", tier="remote")
pushed = planned("docker-2/pushed", "the image the student names is in its registry", level="advisory", tier="remote")
