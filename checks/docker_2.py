"""Homework 15, docker-2: a docker host, the monolith image."""

from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("docker-2", 15, "a docker host, the monolith image")

files = planned("docker-2/files", "the four files of the monolith lie in one directory")
dockerfile = planned("docker-2/dockerfile", "the Dockerfile copies its files and runs start.sh")
pid_answer = planned("docker-2/pid-answer", "the README compares processes with and without pid=host", level="advisory")
pid_namespace = planned("docker-2/pid-namespace", "a container sees only its own processes", kind="lab", tier="engine")
docker_host = planned("docker-2/docker-host", "a docker host other than the local engine answers", tier="remote")
tls = planned("docker-2/tls", "the docker host lets in only the right client certificate", tier="remote")
build = planned("docker-2/build", "the monolith image builds", tier="app")
app = planned("docker-2/app", "the app on port 9292 keeps a post and shows it again", tier="app")
firewall = planned("docker-2/firewall", "port 9292 answers at the docker host's own address", tier="remote")
pushed = planned("docker-2/pushed", "the image the student names is in its registry", level="advisory", tier="remote")
