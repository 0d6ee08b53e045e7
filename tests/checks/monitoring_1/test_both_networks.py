"""monitoring-1/both-networks."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, COMPOSE, NODE_COMMAND, PROMETHEUS_COMMAND, PROMETHEUS_NETWORKS, needs_both

ON_BOTH = "    networks:\n      - back_net\n      - front_net\n"
URI = "      MONGODB_URI: mongodb://post_db:27017\n"

test_samples = sample_tests(
    "monitoring-1/both-networks",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "a network of its own beside one that everybody is on",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace(PROMETHEUS_NETWORKS, f"{PROMETHEUS_COMMAND}    networks: [front_net, watched]\n")
                    .replace("          - comment_db\n", "          - comment_db\n      watched:\n")
                    .replace("  back_net:\n  front_net:\n", "  back_net:\n  front_net:\n  watched:\n"),
                )
            ],
        ),
        Sample(
            "unusual",
            "a network for the monitoring, where the database's exporter is too",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace(PROMETHEUS_NETWORKS, f"{PROMETHEUS_COMMAND}    networks: [front_net, metrics]\n")
                    .replace(f"{NODE_COMMAND}    networks:\n", f"{NODE_COMMAND}    networks:\n      - metrics\n")
                    .replace(f"{URI}    networks:\n", f"{URI}    networks:\n      - metrics\n")
                    .replace("  back_net:\n  front_net:\n", "  back_net:\n  front_net:\n  metrics:\n"),
                )
            ],
        ),
        Sample(
            "unusual",
            "the application has one network, and Prometheus is there",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace("      - front_net\n", "")
                    .replace("  front_net:\n", "")
                    .replace("9292/tcp\n    networks:\n", "9292/tcp\n    networks:\n      - back_net\n"),
                )
            ],
        ),
        Sample(
            "fails",
            "not where the database is",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace(PROMETHEUS_NETWORKS, f"{PROMETHEUS_COMMAND}    networks:\n      - front_net\n")
                    .replace(f"{NODE_COMMAND}    networks:\n      - back_net\n", NODE_COMMAND + ON_BOTH)
                    .replace(f"{URI}    networks:\n      - back_net\n", URI + ON_BOTH),
                )
            ],
            file=COMPOSE,
            line="networks:",
            says="add one of these networks to prometheus: back_net",
            findings=1,
        ),
        Sample(
            "fails",
            "not where it scrapes something: told by targets-resolve",
            [replace(COMPOSE, PROMETHEUS_NETWORKS, f"{PROMETHEUS_COMMAND}    networks:\n      - front_net\n")],
            verdict="unverified",
            says="Prometheus shares no network with some of what it scrapes",
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
