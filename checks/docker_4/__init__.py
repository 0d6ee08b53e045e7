"""Homework 17, docker-4: Docker's networks, and docker-compose."""

from pytest_dockerlab.homework import Homework

HOMEWORK = Homework(
    "docker-4",
    17,
    "networks, docker-compose",
    items=(
        "none-lab",
        "host-lab",
        "host-port-lab",
        "namespaces-lab",
        "bridge-dns-lab",
        "two-networks-lab",
        "bridge-plumbing-lab",
        "project-name-lab",
        "compose-file",
        "networks",
        "aliases",
        "names-resolve",
        "database-not-published",
        "reachability",
        "port-parameter",
        "version-parameters",
        "user-parameter",
        "env-example",
        "project-name",
        "override",
        "override-code",
        "override-puma",
        "app",
        "app-override",
        "remote-code",
    ),
)
