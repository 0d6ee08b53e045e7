"""Homework 16, docker-3: microservices, small images."""

from pytest_dockerlab.checks import _docker_3_labs
from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("docker-3", 16, "microservices, small images")

services = planned("docker-3/services", "ui, comment and post each have a Dockerfile")
hadolint = planned("docker-3/hadolint", "hadolint finds nothing in the Dockerfiles", level="advisory")
apt_lists = planned("docker-3/apt-lists", "apt's lists are removed in the layer that fetched them", level="advisory")
no_recommends = planned("docker-3/no-recommends", "apt-get install uses --no-install-recommends", level="advisory")
copy_not_add = planned("docker-3/copy-not-add", "no Dockerfile uses ADD where COPY does", level="advisory")
build_arg = planned("docker-3/build-arg", "a variable that only the build uses is ARG, not ENV", level="advisory")
alpine = planned("docker-3/alpine", "ui is built on Alpine and keeps no build tools or caches", level="optional")
aliases = planned("docker-3/aliases", "network aliases and --env values of docker run agree", level="optional")
volume = planned("docker-3/volume", "the database keeps its data in a named volume", level="advisory")
build_answers = planned("docker-3/build-answers", "the README says where a rebuild starts, and why", level="advisory")
alias_lab = _docker_3_labs.alias_lab
volume_lab = _docker_3_labs.volume_lab
build_cache_lab = _docker_3_labs.build_cache_lab
image_size = planned("docker-3/image-size", "the images are within their size limits", level="optional", tier="engine")
build = planned("docker-3/build", "the three images build", tier="app")
build_cache = planned(
    "docker-3/build-cache", "a rebuild without changes runs no step again", level="advisory", tier="app"
)
size_reduced = planned(
    "docker-3/size-reduced", "ui's Alpine image is smaller than the other one", level="optional", tier="app"
)
app = planned("docker-3/app", "the four containers together keep a post with a comment", tier="app")
aliases_run = planned(
    "docker-3/aliases-run", "the app works with the student's own network aliases", level="optional", tier="app"
)
persistence = planned("docker-3/persistence", "a post survives a new database container", level="advisory", tier="app")
