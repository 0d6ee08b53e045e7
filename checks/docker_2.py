"""Homework 15, docker-2: a docker host, the monolith image."""

from pytest_dockerlab.checks import _docker_2_files, _docker_2_hosts, _docker_2_labs
from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("docker-2", 15, "a docker host, the monolith image")

files = _docker_2_files.files
dockerfile = _docker_2_files.dockerfile
pid_answer = _docker_2_files.pid_answer_check
pid_namespace = _docker_2_labs.pid_namespace
docker_host = _docker_2_hosts.docker_host_answers
tls = _docker_2_hosts.tls
build = planned("docker-2/build", "the monolith image builds", tier="app")
app = planned("docker-2/app", "the app on port 9292 keeps a post and shows it again", tier="app")
firewall = planned("docker-2/firewall", "port 9292 answers at the docker host's own address", tier="remote")
pushed = planned("docker-2/pushed", "the image the student names is in its registry", level="advisory", tier="remote")
