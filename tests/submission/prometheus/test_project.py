"""Which compose files are the monitored project, and where Prometheus and its configuration are in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.findings import Mismatch
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

APPLICATION = "services:\n  ui: {image: me/ui}\n  comment: {image: me/comment}\n  db: {image: mongo}\n"
PROMETHEUS = "services:\n  prometheus: {image: 'me/prometheus', volumes: ['../p.yml:/etc/prometheus/prometheus.yml']}\n"
ALL = APPLICATION + PROMETHEUS.partition("\n")[2]
MAIN, SIDE = "docker/docker-compose.yml", "docker/docker-compose-monitoring.yml"


def submission(folder: Path, **files: str) -> Submission:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return Submission("s", WorkTree(folder))


def files(folder: Path, given: dict[str, str]) -> tuple[str, ...]:
    return submission(folder, **given).monitoring_files.files


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({MAIN: ALL}, (MAIN,)),
        ({MAIN: ALL, "src/docker-compose.yml": APPLICATION}, (MAIN,)),
        ({"docker-compose.yml": ALL, "src/docker-compose.yml": APPLICATION}, ("docker-compose.yml",)),
        ({MAIN: APPLICATION, SIDE: PROMETHEUS}, (MAIN, SIDE)),
        ({MAIN: APPLICATION, SIDE: PROMETHEUS, "src/docker-compose.yml": APPLICATION}, (MAIN, SIDE)),
        ({"src/docker-compose.yml": APPLICATION, "monitoring/docker-compose.yml": PROMETHEUS},
         ("src/docker-compose.yml", "monitoring/docker-compose.yml")),
        ({MAIN: APPLICATION, "docker/docker-compose.override.yml": PROMETHEUS},
         (MAIN, "docker/docker-compose.override.yml")),
        ({MAIN: ALL, "docker/docker-compose.override.yml": "services: {ui: {command: puma}}"}, (MAIN,)),
        ({MAIN: "include: [docker-compose-monitoring.yml]\n" + APPLICATION, SIDE: PROMETHEUS}, (MAIN,)),
        ({"docker/a-compose.yml": APPLICATION, "docker/mon.yml": PROMETHEUS,
          "Makefile": "up:\n\tcd docker && docker-compose -f a-compose.yml -f mon.yml up -d\n\tdocker ps\n"},
         ("docker/a-compose.yml", "docker/mon.yml")),
        ({MAIN: APPLICATION, SIDE: PROMETHEUS, "docker/docker-compose-x.yml": "services: {node: {image: n}}",
          "README.md": "`cd docker; docker compose -f docker-compose.yml -f docker-compose-x.yml "
                       "--file=docker-compose-monitoring.yml up`\n"},
         (MAIN, "docker/docker-compose-x.yml", SIDE)),
        ({MAIN: APPLICATION, SIDE: PROMETHEUS, "README.md": "docker-compose -f docker-compose-monitoring.yml up\n"},
         (MAIN, SIDE)),
        ({MAIN: APPLICATION, SIDE: PROMETHEUS, "docker/docker-compose-old.yml": ALL,
          "docker/.env.example": "COMPOSE_FILE=docker-compose.yml:docker-compose-monitoring.yml\n"}, (MAIN, SIDE)),
        ({MAIN: APPLICATION}, (MAIN,)),
        ({MAIN: APPLICATION, SIDE: "services: {prometheus: {image: prom/node-exporter}}"}, (MAIN, SIDE)),
        ({"monitoring/docker-compose.yml": PROMETHEUS}, ("monitoring/docker-compose.yml",)),
    ],
)  # fmt: skip
def test_files_that_are_used_together(tmp_path: Path, given: dict[str, str], expected: tuple[str, ...]) -> None:
    assert files(tmp_path, given) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"README.md": "docker-compose -f a.yml -f b.yml up\n"},
        {"gitlab-ci/docker-compose.yml": "web: {image: 'gitlab/gitlab-ce:latest'}\n"},
    ],
)
def test_no_compose_file_of_the_homework(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(Mismatch, match="a compose file with Prometheus"):
        files(tmp_path, given)


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
def test_a_split_project_is_one(tmp_path: Path) -> None:
    it = submission(tmp_path, **{MAIN: APPLICATION, SIDE: PROMETHEUS, "p.yml": "global: {}\n"})
    assert sorted(it.monitoring.services) == ["comment", "db", "prometheus", "ui"]
    assert it.monitoring.location("services", "prometheus").file == SIDE
    assert it.prometheus_service is not None
    assert it.prometheus_files.configuration == "p.yml"
    assert str(it.prometheus_files.mounted_at) == f"{SIDE}:2"


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
@pytest.mark.parametrize(
    ("service", "is_prometheus"),
    [
        ("monitor: {image: 'prom/prometheus:v2.1.0'}", True),
        ("monitor: {image: 'mirror.example:5000/proxy/prom/prometheus@sha256:" + "0" * 64 + "'}", True),
        ("prom: {image: me/x}", True),
        ("mon: {image: 'me/reddit-prometheus:1'}", True),
        ("mon: {build: ../monitoring/prometheus}", True),
        ("mon: {build: ../own}", True),
        ("prometheus-exporter: {image: me/exporter}", False),
        ("x: {image: me/prometheus-node-exporter}", False),
        ("x: {build: ../monitoring/prometheus/blackbox}", False),
        ("alertmanager: {image: prom/alertmanager}", False),
    ],
)
def test_who_is_prometheus(tmp_path: Path, service: str, is_prometheus: bool) -> None:
    blackbox = {"monitoring/prometheus/blackbox/Dockerfile": "FROM prom/blackbox-exporter:v1\n"}
    own = {"own/Dockerfile": "FROM prom/prometheus:v2\n"}
    it = submission(tmp_path, **{MAIN: f"{APPLICATION}  {service}\n"}, **own, **blackbox)
    assert (it.prometheus_service is not None) is is_prometheus


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
def test_what_is_meant_as_prometheus_is_no_exporter(tmp_path: Path) -> None:
    own = {"own/Dockerfile": "FROM prom/node-exporter:v1\n"}
    services = "  prometheus: {build: ../own}\n  node-exporter: {image: prom/node-exporter}\n"
    it = submission(tmp_path, **{MAIN: APPLICATION + services}, **own)
    assert list(it.exporters_of(it.monitoring)) == ["node-exporter"]


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
@pytest.mark.parametrize(
    ("config", "place"),
    [
        ("{file: ../p.yml}", "p.yml:1"),
        ("\n    content: |\n      scrape_configs:\n        - {job_name: a}\n", f"{MAIN}:10"),
    ],
)
def test_configs_of_compose(tmp_path: Path, config: str, place: str) -> None:
    text = (
        "services:\n  ui: {image: me/ui}\n  prometheus:\n    image: prom/prometheus:v2.1.0\n"
        "    configs: [{source: p, target: /etc/prometheus/prometheus.yml}]\nconfigs:\n"
        f"  p: {config}\n"
    )
    it = submission(tmp_path, **{MAIN: text, "p.yml": "scrape_configs: [{job_name: a}]\n"})
    assert [str(each.location) for each in it.prometheus.jobs] == [place]
    assert it.prometheus_files.is_in_place
