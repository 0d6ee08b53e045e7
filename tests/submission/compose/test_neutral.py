"""Neutral values: for a variable that nobody defines, wherever it stands, compose loads the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.submission.compose.neutral import FIRST_PORT, Place, places
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

ENTRIES = [
    "ports: ['${V}']",
    "ports: ['${V}:9292']",
    "ports: ['9292:${V}/tcp']",
    "ports: ['${V}:${W}/${X}']",
    "ports: ['${V}:80:80']",
    "ports: ['${V}:${W}:9292']",
    "ports: ['[::1]:${V}:80', '::1:${W}:81']",
    "ports: ['127.0.0.${V}:80:80']",
    "ports: ['80${V}:80']",
    "ports: ['${V}-${W}:9292']",
    "ports: [{target: '${V}', published: '${W}', host_ip: '${X}', protocol: '${Y}'}]",
    "expose: ['${V}']",
    "volumes: ['${V}']",
    "volumes: ['data:${V}']",
    "volumes: ['${V}:/data']",
    "volumes: ['${V}:${W}:${X}']",
    "volumes: ['${V}/ui:/app', './${W}:/x/${X}']",
    "volumes: [{type: '${V}', source: data, target: '${W}', read_only: '${X}'}]",
    "image: '${V}'",
    "image: '${V}/ui:${W}'",
    "container_name: '${V}'",
    "container_name: '${V}_ui'",
    "scale: '${V}'",
    "deploy: {replicas: '${V}', resources: {limits: {memory: '${W}', cpus: '${X}'}}}",
    "mem_limit: '${V}'",
    "mem_limit: '${V}m'",
    "cpus: '${V}'",
    "shm_size: '${V}'",
    "privileged: '${V}'",
    "init: '${V}'",
    "stop_grace_period: '${V}'",
    "pull_policy: '${V}'",
    "healthcheck: {test: x, interval: '${V}', timeout: '${W}s', retries: '${X}'}",
    "extra_hosts: ['${V}']",
    "extra_hosts: ['${V}:${W}']",
    "networks: ['${V}']",
    "networks: {default: {aliases: ['${V}'], ipv4_address: '${W}'}}",
    "ulimits: {nofile: {soft: '${V}', hard: '${W}'}}",
    "pids_limit: '${V}'",
    "build: '${V}'",
    "build: {context: ., dockerfile: '${V}', args: {A: '${W}'}}",
    "command: '${V:?say} ${W}'",
    "restart: '${V}'",
    "environment: ['${V}', 'A=${W}']",
    "environment: {A: '${V}'}\n    ports: ['${V}:80']",
]


@needs_compose
@pytest.mark.parametrize("entry", ENTRIES)
def test_compose_takes_it_where_the_variable_stands(tmp_path: Path, entry: str) -> None:
    image = "" if entry.startswith("image") else "    image: x\n"
    (tmp_path / "docker-compose.yml").write_text(f"services:\n  ui:\n{image}    {entry}\nvolumes: {{data: }}\n")
    project = Submission("x", WorkTree(tmp_path)).compose
    assert list(project.undefined) == sorted(set(re.findall(r"\$\{(\w)", entry)))


@needs_compose
@pytest.mark.parametrize(
    "top",
    [
        "networks: {a: {external: '${V}', internal: '${W}'}}",
        "networks: {a: {name: '${V}', driver: '${W}'}}",
        "volumes: {a: {external: '${V}', name: '${W}'}}",
        "name: '${V}'",
    ],
)
def test_at_the_top_level_too(tmp_path: Path, top: str) -> None:
    (tmp_path / "docker-compose.yml").write_text(f"services:\n  ui: {{image: x}}\n{top}\n")
    assert "V" in Submission("x", WorkTree(tmp_path)).compose.undefined


def test_the_choosiest_place_of_a_variable_counts_and_ports_are_all_different(tmp_path: Path) -> None:
    found = [place for _use, place in places(("services", "ui", "ports", 0), "${IP}:${A}:${B}/${P}")]
    assert found == [Place.ADDRESS, Place.PORT, Place.PORT, Place.PROTOCOL]
    assert min(found) is Place.PORT
    if tools.compose_command() is None:
        return
    (tmp_path / "docker-compose.yml").write_text(
        "services:\n  ui: {image: 'x:${A}', ports: ['${A}:9292', '${IP}:${B}:9293']}\n"
    )
    ui = Submission("x", WorkTree(tmp_path)).compose.services["ui"]
    assert ui.image == f"x:{FIRST_PORT}"
    assert [(each.host_ip, each.published) for each in ui.ports] == [
        (None, str(FIRST_PORT)),
        ("127.0.0.1", str(FIRST_PORT + 1)),
    ]


def test_what_is_in_the_default_of_another() -> None:
    found = [(use.name, place) for use, place in places(("services", "ui", "ports", 0), "${A:-${B}}:80")]
    assert found == [("A", Place.PORT), ("B", Place.PORT)]
