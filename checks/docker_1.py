"""Homework 14, docker-1: first steps with Docker."""

from pytest_dockerlab.checks import _docker_1_labs
from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("docker-1", 14, "first steps with Docker")

engine = _docker_1_labs.engine
no_sudo = _docker_1_labs.no_sudo
commit_lab = _docker_1_labs.commit_lab
inspect_lab = _docker_1_labs.inspect_lab
log_file = planned("docker-1/log-file", "docker-1.log exists and can be read")
images_table = planned("docker-1/images-table", "docker-1.log holds a docker images table")
committed_image = planned(
    "docker-1/committed-image", "the table lists an image that the student committed", level="advisory"
)
image_vs_container = planned(
    "docker-1/image-vs-container", "image and container are compared by docker inspect", level="optional"
)
clean_up = planned(
    "docker-1/clean-up", "no container or image of the table is left behind", level="advisory", tier="engine"
)
