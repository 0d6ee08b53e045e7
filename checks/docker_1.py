"""Homework 14, docker-1: first steps with Docker."""

from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("docker-1", 14, "first steps with Docker")

engine = planned("docker-1/engine", "a Docker engine answers", kind="lab", tier="engine")
no_sudo = planned(
    "docker-1/no-sudo", "this user reaches the engine without sudo", level="advisory", kind="lab", tier="engine"
)
commit_lab = planned(
    "docker-1/commit-lab", "a committed image keeps what the container wrote", kind="lab", tier="engine"
)
inspect_lab = planned(
    "docker-1/inspect-lab", "inspect shows a process and addresses only while it runs", kind="lab", tier="engine"
)
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
