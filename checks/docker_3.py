"""Homework 16, docker-3: microservices, small images."""

from pytest_dockerlab.checks import _docker_3_app, _docker_3_files, _docker_3_images, _docker_3_labs
from pytest_dockerlab.homework import Homework

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
build = _docker_3_app.build
build_cache = _docker_3_app.build_cache
size_reduced = _docker_3_app.size_reduced
app = _docker_3_app.app
aliases_run = _docker_3_app.aliases_run
persistence = _docker_3_app.persistence
