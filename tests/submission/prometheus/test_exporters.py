"""Which services export metrics, and on which ports: by image, Dockerfile, command and name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.prometheus.exporters import Exporter, flag, kind_of_name, port_of_address
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import write_homework

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


def exporters(folder: Path, services: str, **files: str) -> dict[str, Exporter]:
    write_homework(folder, {"docker-compose.yml": f"services:\n  ui: {{image: somebody/ui}}\n{services}", **files})
    submission = Submission("sample", WorkTree(folder))
    return submission.exporters_of(submission.compose)


@needs_compose
@pytest.mark.parametrize(
    ("image", "kind", "port"),
    [
        ("prom/node-exporter:v1.5.0", "node", 9100),
        ("quay.io/prometheus/node-exporter@sha256:" + "0" * 64, "node", 9100),
        ("prom/blackbox-exporter", "blackbox", 9115),
        ("cloudprober/cloudprober:v0.10.7", "cloudprober", 9313),
        ("percona/mongodb_exporter:0.40", "mongodb", 9216),
        ("bitnami/mongodb-exporter:latest", "mongodb", 9216),
        ("ssalaues/mongodb-exporter:0.6.1", "mongodb", 9216),
        ("eses/mongodb_exporter", "mongodb", 9104),
        ("gcr.io/cadvisor/cadvisor:v0.47.0", "cadvisor", 8080),
    ],
)
def test_a_published_image_is_what_its_name_says_and_has_its_own_port(
    image: str, kind: str, port: int, tmp_path: Path
) -> None:
    found = exporters(tmp_path, f"  watcher: {{image: '{image}'}}\n")["watcher"]
    assert (found.kind, found.ports, found.is_certain, found.port) == (kind, {port}, True, port)


@needs_compose
@pytest.mark.parametrize(
    ("command", "port", "is_certain"),
    [
        ("--web.listen-address=:9200", 9200, True),
        ("--web.listen-address 0.0.0.0:9200", 9200, True),
        ('["--web.listen-address", "[::]:9200"]', 9200, True),
        ("""["sh", "-c", "exec node_exporter --web.listen-address=':9200'"]""", 9200, True),
        ("--web.listen-address=:9100 --web.listen-address=:9200", 9200, True),
        ("--web.listen-address=$$WHERE", 9100, False),
        ("--path.procfs=/host/proc", 9100, True),
    ],
)
def test_the_command_says_where_it_listens(command: str, port: int, is_certain: bool, tmp_path: Path) -> None:
    found = exporters(tmp_path, f"  node: {{image: prom/node-exporter, command: {command}}}\n")
    assert (found["node"].ports, found["node"].is_certain) == ({port}, is_certain)


@needs_compose
@pytest.mark.parametrize(
    ("dockerfile", "ports", "is_certain"),
    [
        ("FROM alpine\nRUN git clone https://github.com/dcu/mongodb_exporter.git\n", {9001}, True),
        (
            "FROM golang AS b\nRUN go get github.com/percona/mongodb_exporter\nFROM alpine\nEXPOSE 9104\n",
            {9104, 9216},
            True,
        ),
        ("FROM alpine\nCOPY mongodb_exporter /bin/\nEXPOSE 9001/tcp\n", {9001}, True),
        ("FROM alpine\nCOPY mongodb_exporter /bin/\n", {9001, 9104, 9216}, False),
        ("FROM bitnami/mongodb-exporter:0.11\n", {9216}, True),
        ('FROM alpine\nENTRYPOINT ["/mongodb_exporter", "-web.listen-address", ":9117"]\n', {9117}, True),
        ("FROM alpine\nCMD mongodb_exporter --web.listen-address=:9117\n", {9117}, True),
        ("no instruction\n", {9001, 9104, 9216}, False),
    ],
)
def test_a_dockerfile_of_the_submission_says_what_is_in_the_image(
    dockerfile: str, ports: set[int], is_certain: bool, tmp_path: Path
) -> None:
    path = "monitoring/mongodb_exporter/Dockerfile"
    found = exporters(tmp_path, "  watcher: {image: 'somebody/mongo-db-exporter:1'}\n", **{path: dockerfile})["watcher"]
    assert (found.kind, found.ports, found.is_certain, found.dockerfile) == ("mongodb", ports, is_certain, path)


@needs_compose
def test_one_that_is_built_is_known_by_what_it_is_made_of(tmp_path: Path) -> None:
    found = exporters(
        tmp_path, "  probes: {build: ./p}\n", **{"p/Dockerfile": "FROM prom/blackbox-exporter:v0.23.0\nEXPOSE 9115\n"}
    )
    assert (found["probes"].kind, found["probes"].ports) == ("blackbox", {9115})


@needs_compose
def test_of_an_image_that_nobody_knows_nothing_is_certain(tmp_path: Path) -> None:
    found = exporters(tmp_path, "  db-exporter: {image: somebody/exp}\n  node_exporter: {image: somebody/x}\n")
    assert {name: (each.port, each.is_certain) for name, each in found.items()} == {
        "db-exporter": (9216, False),
        "node_exporter": (9100, False),
    }


@needs_compose
def test_cloudprober_listens_where_its_environment_says(tmp_path: Path) -> None:
    found = exporters(
        tmp_path, "  p: {image: cloudprober/cloudprober, environment: {CLOUDPROBER_PORT: 9000}}\n"
    )  # fmt: skip
    assert found["p"].ports == {9000}


@needs_compose
def test_what_is_no_exporter_is_none(tmp_path: Path) -> None:
    assert exporters(tmp_path, "  post_db: {image: mongo}\n  prometheus: {image: prom/prometheus}\n") == {}


def test_names() -> None:
    assert kind_of_name("post-db_exporter") == "mongodb"
    assert kind_of_name("Node_Exporter") == "node"
    assert kind_of_name("exporter_mongod") == "mongodb"
    assert kind_of_name("exporter-node") == "node"
    assert kind_of_name("exporter") is None


def test_flags() -> None:
    assert flag(("x", "-mongodb.uri", "a", "--mongodb.uri=b"), "mongodb.uri") == "b"
    assert flag(("x", "--mongodb.uri"), "mongodb.uri") == ""
    assert flag(("mongodb.uri=b",), "mongodb.uri") is None


@pytest.mark.parametrize("text", ["", ":", ":0", ":65536", "9100x", "host"])
def test_what_is_no_port(text: str) -> None:
    assert port_of_address(text) is None
