"""monitoring-1/targets-resolve."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, replace, sample_tests, write, write_homework

from ._homework import BASE, COMPOSE, CONFIGURATION, NODE_COMMAND, needs_both

NODE = "          - node-exporter:9100\n"
NODE_NETWORKS = f"{NODE_COMMAND}    networks:\n      - back_net\n"


def node(kind: str, title: str, address: str, **expected: object) -> Sample:
    """Another address of the node exporter."""
    return Sample(kind, title, [replace(CONFIGURATION, NODE, f"          - {address}\n")], **expected)  # type: ignore[arg-type]


def networks(kind: str, title: str, text: str, **expected: object) -> Sample:
    """Other networks of the node exporter."""
    new = NODE_NETWORKS.replace("    networks:\n      - back_net\n", text)
    return Sample(kind, title, [replace(COMPOSE, NODE_NETWORKS, new)], **expected)  # type: ignore[arg-type]


test_samples = sample_tests(
    "monitoring-1/targets-resolve",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "Prometheus by its own name", [replace(CONFIGURATION, "localhost:9090", "prometheus:9090")]),
        Sample("unusual", "Prometheus by its address", [replace(CONFIGURATION, "localhost:9090", "127.0.0.1:9090")]),
        Sample(
            "unusual",
            "the name of a container",
            [
                replace(CONFIGURATION, NODE, "          - nodes:9100\n"),
                replace(COMPOSE, "    user: root\n", "    container_name: nodes\n"),
            ],
        ),
        Sample(
            "unusual",
            "a hostname",
            [
                replace(CONFIGURATION, NODE, "          - nodes:9100\n"),
                replace(COMPOSE, "    user: root\n", "    hostname: nodes\n"),
            ],
        ),
        Sample(
            "unusual",
            "a name that a link gives",
            [
                replace(CONFIGURATION, NODE, "          - nodes:9100\n"),
                replace(
                    COMPOSE,
                    "    image: ${USERNAME}/prometheus\n",
                    "    image: ${USERNAME}/prometheus\n    links: ['node-exporter:nodes']\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "an alias on a network for the monitoring",
            [
                replace(CONFIGURATION, NODE, "          - node-exporter-dmz:9100\n"),
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace(
                        NODE_NETWORKS,
                        NODE_NETWORKS.replace("      - back_net\n", "      mgmt: {aliases: [node-exporter-dmz]}\n"),
                    )
                    .replace("tsdb.retention=1d\n    networks:\n", "tsdb.retention=1d\n    networks:\n      - mgmt\n")
                    .replace("  back_net:\n  front_net:\n", "  back_net:\n  front_net:\n  mgmt:\n"),
                ),
            ],
        ),
        Sample(
            "unusual",
            "in the network namespace of Prometheus",
            [
                replace(CONFIGURATION, NODE, "          - localhost:9100\n"),
                replace(COMPOSE, NODE_NETWORKS, f"{NODE_COMMAND}    network_mode: service:prometheus\n"),
            ],
        ),
        Sample(
            "unusual",
            "on the docker host, by an address that nobody can know",
            [
                replace(CONFIGURATION, NODE, "          - host.docker.internal:9100\n"),
                replace(COMPOSE, NODE_NETWORKS, f"{NODE_COMMAND}    network_mode: host\n"),
            ],
        ),
        Sample(
            "unusual",
            "on another port, which its command names",
            [
                replace(CONFIGURATION, NODE, "          - node-exporter:9200\n"),
                replace(COMPOSE, "      - --path.sysfs", "      - --web.listen-address=:9200\n      - --path.sysfs"),
            ],
        ),
        Sample(
            "unusual",
            "the application on another port, which its Dockerfile exposes",
            [
                replace(CONFIGURATION, "          - ui:9292\n", "          - ui:8080\n"),
                write("src/ui/Dockerfile", "FROM debian:bookworm-slim\nEXPOSE 8080\n"),
            ],
        ),
        Sample(
            "unusual",
            "an exporter of another maker, whose port nobody knows",
            [
                replace(CONFIGURATION, "mongodb-exporter:9216", "mongodb-exporter:9999"),
                replace(COMPOSE, "percona/mongodb_exporter:0.30.0", "${USERNAME}/mongodb_exporter"),
            ],
        ),
        Sample(
            "unusual",
            "a service of another kind",
            [
                replace(CONFIGURATION, NODE, f"{NODE}          - redis:9121\n"),
                replace(
                    COMPOSE, "  node-exporter:\n", "  redis: {image: redis, networks: [back_net]}\n  node-exporter:\n"
                ),
            ],
        ),
        node("unusual", "a target of the internet", "prometheus.io:80"),
        node("unusual", "the docker host by its machine's name", "docker-host:9100"),
        node("unusual", "the engine of another machine", "docker-prometheus:9323"),
        Sample(
            "unusual",
            "other discovery beside the targets",
            [replace(CONFIGURATION, f"{NODE}", f"{NODE}    dns_sd_configs:\n      - names: [tasks.node]\n")],
        ),
        Sample(
            "unusual",
            "an address that relabelling makes",
            [
                replace(
                    CONFIGURATION,
                    f"{NODE}",
                    "          - node-exporter\n    relabel_configs:\n      - source_labels: [__address__]\n"
                    "        target_label: __address__\n        replacement: $1:9100\n",
                )
            ],
        ),
        node(
            "fails",
            "no such name",
            "node_exporter:9100",
            file=CONFIGURATION,
            line="node_exporter:9100",
            says="did you mean node-exporter?",
            findings=1,
        ),
        node("fails", "nothing like it", "metrics:9100", says="use one of the names that prometheus knows", findings=1),
        node(
            "fails",
            "localhost",
            "localhost:9100",
            file=CONFIGURATION,
            line="localhost:9100",
            says="localhost is the container of prometheus itself | use the name of the service: node-exporter:9100",
            findings=1,
        ),
        node(
            "fails",
            "another port",
            "node-exporter:9101",
            file=CONFIGURATION,
            line="node-exporter:9101",
            says="node-exporter listens on 9100, not on 9101 | write node-exporter:9100",
            findings=1,
        ),
        node("fails", "no port", "node-exporter", says="node-exporter listens on 9100, not on 80", findings=1),
        node("fails", "an application's port", "ui:5000", says="ui listens on 9292, not on 5000", findings=1),
        node("fails", "the database itself", "post_db:27017", says="scrape an exporter", findings=1),
        Sample(
            "fails",
            "no shared network",
            [
                replace(COMPOSE, NODE_NETWORKS, NODE_NETWORKS.replace("- back_net", "- other")),
                replace(COMPOSE, "  back_net:\n  front_net:\n", "  back_net:\n  front_net:\n  other:\n"),
            ],
            file=CONFIGURATION,
            line="node-exporter:9100",
            says="add one of these networks to prometheus: other",
            findings=1,
        ),
        networks(
            "fails",
            "on the docker host's network, asked by its name",
            "    network_mode: host\n",
            says="remove network_mode from node-exporter",
            findings=1,
        ),
        networks(
            "fails",
            "in the namespace of another one, asked by its own name",
            "    network_mode: service:prometheus\n",
            says="use the name prometheus",
            findings=1,
        ),
        Sample(
            "fails",
            "an alias on a network that is not shared",
            [
                replace(CONFIGURATION, NODE, "          - nodes:9100\n"),
                replace(
                    COMPOSE,
                    NODE_NETWORKS,
                    NODE_NETWORKS.replace("      - back_net\n", "      back_net:\n      other: {aliases: [nodes]}\n"),
                ),
                replace(COMPOSE, "  back_net:\n  front_net:\n", "  back_net:\n  front_net:\n  other:\n"),
            ],
            says="node-exporter has the name nodes on another network only | use the name node-exporter",
            findings=1,
        ),
        Sample(
            "fails",
            "https",
            [replace(CONFIGURATION, "  - job_name: node\n", "  - job_name: node\n    scheme: https\n")],
            says="node-exporter speaks http",
            findings=1,
        ),
        Sample(
            "fails",
            "Prometheus listens elsewhere",
            [replace(COMPOSE, "      - --config.file", "      - --web.listen-address=:9091\n      - --config.file")],
            file=CONFIGURATION,
            line="localhost:9090",
            says="prometheus listens on 9091, not on 9090 | write localhost:9091",
            findings=1,
        ),
        Sample(
            "fails",
            "the exporter that relabelling names: told once, for three targets",
            [replace(CONFIGURATION, "blackbox-exporter:9115", "blackbox_exporter:9115")],
            file=CONFIGURATION,
            line="replacement: blackbox_exporter:9115",
            says="did you mean blackbox-exporter?",
            findings=1,
        ),
        Sample(
            "fails",
            "Prometheus on one network only",
            [
                replace(
                    COMPOSE,
                    "tsdb.retention=1d\n    networks:\n      - back_net\n",
                    "tsdb.retention=1d\n    networks:\n",
                ),
            ],
            says="node-exporter is on back_net, prometheus on front_net: they share no network",
            findings=2,
        ),
        Sample(
            "fails",
            "an address that relabelling spoils",
            [
                replace(
                    CONFIGURATION,
                    NODE,
                    f"{NODE}    relabel_configs:\n      - target_label: __address__\n        replacement: http://node:9100\n",
                )
            ],
            file=CONFIGURATION,
            line="node-exporter:9100",
            says="after relabelling it is no address of a host and a port",
            findings=1,
        ),
        Sample(
            "fails",
            "no Prometheus at all",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE].replace("  prometheus:\n", "  watcher:\n").replace("/prometheus\n", "/watch\n"),
                )
            ],
            verdict="unverified",
            says="there is no service for Prometheus",
        ),
    ],
    skip=needs_both,
)


@needs_both
@pytest.mark.parametrize(("targets", "services"), [(10_000, 1), (1_000, 400)])
def test_thousands_of_targets_and_hundreds_of_services_end(targets: int, services: int, tmp_path: Path) -> None:
    lines = "".join(f"          - n{number}:9100\n" for number in range(targets))
    more = "".join(f"  other-{number}: {{image: x, networks: [back_net]}}\n" for number in range(services))
    write_homework(
        tmp_path,
        BASE,
        [
            replace(CONFIGURATION, NODE, NODE + lines),
            replace(COMPOSE, "  node-exporter:\n", f"{more}  node-exporter:\n"),
        ],
    )
    result = ask(catalogue.load().items["monitoring-1/targets-resolve"], Submission("sample", WorkTree(tmp_path)))
    assert (str(result.verdict), len(result.findings)) == ("failed", 20), result.reason
    assert result.evidence["further targets that lead nowhere"] == targets - 20
