"""Homework 16, docker-3: microservices, small images."""

from pytest_dockerlab.checks import _docker_3_files, _docker_3_images, _docker_3_labs
from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("docker-3", 16, "microservices, small images")

services = _docker_3_files.services
hadolint = _docker_3_files.hadolint_check
apt_lists = _docker_3_files.apt_lists
no_recommends = _docker_3_files.no_recommends
copy_not_add = _docker_3_files.copy_not_add
build_arg = _docker_3_files.build_arg
alpine = _docker_3_files.alpine
aliases = _docker_3_files.run_aliases
volume = _docker_3_files.volume
build_answers = _docker_3_files.build_answers
alias_lab = _docker_3_labs.alias_lab
volume_lab = _docker_3_labs.volume_lab
build_cache_lab = _docker_3_labs.build_cache_lab
image_size = _docker_3_images.image_size
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
