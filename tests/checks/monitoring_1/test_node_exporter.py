"""monitoring-1/node-exporter."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pytest_dockerlab import catalogue
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask_all, replace, said, sample_tests, write, write_homework

from ._homework import BASE, COMPOSE, CONFIGURATION, NODE_COMMAND, needs_both

VOLUMES = "    volumes:\n      - /proc:/host/proc:ro\n      - /sys:/host/sys:ro\n      - /:/rootfs:ro\n"
JOB = "  - job_name: node\n    static_configs:\n      - targets:\n          - node-exporter:9100\n\n"
NETWORKS = f"{NODE_COMMAND}    networks:\n      - back_net\n"


def service(kind: str, title: str, volumes: str, command: str, more: str = "", **expected: object) -> Sample:
    """Other volumes and another command of the service."""
    edits = [
        replace(COMPOSE, VOLUMES, f"    volumes: [{volumes}]\n" if volumes else ""),
        replace(COMPOSE, NODE_COMMAND, (f"    command: {command}\n" if command else "") + more),
    ]
    return Sample(kind, title, edits, **expected)  # type: ignore[arg-type]


test_samples = sample_tests(
    "monitoring-1/node-exporter",
    BASE,
    [
        Sample("passes", "the plain homework"),
        service(
            "unusual",
            "all of the host in one mount, as its README starts it",
            "'/:/host:ro,rslave'",
            "--path.rootfs=/host",
            "    pid: host\n",
        ),
        service(
            "unusual",
            "one mount, and three options",
            "'/:/host:ro'",
            "--path.procfs=/host/proc --path.sysfs=/host/sys --path.rootfs /host",
        ),
        service(
            "unusual",
            "other folders, and the options of the first versions",
            "'/proc:/p', '/sys:/s', '/:/r'",
            "['-collector.procfs', '/p', '-collector.sysfs', '/s']",
        ),
        Sample(
            "unusual",
            "on the docker host's network, asked by its address",
            [
                replace(COMPOSE, NETWORKS, f"{NODE_COMMAND}    network_mode: host\n"),
                replace(CONFIGURATION, "node-exporter:9100", "172.17.0.1:9100"),
            ],
        ),
        Sample(
            "unusual",
            "called by another name, and scraped in another job",
            [
                write(COMPOSE, BASE[COMPOSE].replace("  node-exporter:\n", "  machine:\n")),
                replace(CONFIGURATION, JOB, ""),
                replace(CONFIGURATION, "          - ui:9292\n\n", "          - ui:9292\n          - machine:9100\n\n"),
            ],
        ),
        Sample(
            "unusual",
            "found by its name in DNS",
            [
                replace(
                    CONFIGURATION,
                    JOB,
                    "  - job_name: node\n    dns_sd_configs:\n"
                    "      - {names: [node-exporter], type: A, port: 9100}\n\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "found by other discovery: nobody knows here",
            [replace(CONFIGURATION, JOB, "  - job_name: node\n    file_sd_configs:\n      - files: [nodes.json]\n\n")],
            verdict="unverified",
            says="job node finds its targets by service discovery",
        ),
        Sample(
            "fails",
            "no such service",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE]
                    .replace("prom/node-exporter:v0.15.2", "busybox")
                    .replace("  node-exporter:\n", "  x:\n"),
                )
            ],
            file=COMPOSE,
            line="services:",
            says="there is a service for the node exporter",
            findings=1,
        ),
        Sample(
            "fails",
            "no job",
            [replace(CONFIGURATION, JOB, "")],
            file=CONFIGURATION,
            line="scrape_configs:",
            says="add a job to scrape_configs with the target node-exporter:9100",
            findings=1,
        ),
        service(
            "fails",
            "the container's own /proc and /sys",
            "'/:/rootfs:ro'",
            "",
            file=COMPOSE,
            line="volumes:",
            says="/proc:/host/proc:ro, and in its command: --path.procfs=/host/proc",
            findings=2,
        ),
        service(
            "fails",
            "mounted, and not named",
            "'/proc:/host/proc:ro', '/sys:/host/sys:ro', '/:/rootfs:ro'",
            "",
            file=COMPOSE,
            line="volumes:",
            says="add --path.sysfs=/host/sys to the command",
            findings=2,
        ),
        service(
            "fails",
            "named, and not mounted",
            "'/sys:/host/sys:ro', '/:/rootfs:ro'",
            "--path.procfs=/host/proc --path.sysfs=/host/sys",
            file=COMPOSE,
            line="volumes:",
            says="--path.procfs=/host/proc is the host's /proc | nothing is mounted there",
            findings=1,
        ),
        service(
            "fails",
            "a folder of the repository",
            "'./proc:/host/proc:ro', '/sys:/host/sys:ro', '/:/rootfs:ro'",
            "--path.procfs=/host/proc --path.sysfs=/host/sys",
            says="mounted there is ./proc",
            findings=1,
        ),
        service(
            "fails",
            "without the host's /",
            "'/proc:/host/proc:ro', '/sys:/host/sys:ro'",
            "--path.procfs=/host/proc --path.sysfs=/host/sys",
            file=COMPOSE,
            line="volumes:",
            says="write under volumes: of node-exporter: /:/rootfs:ro",
            findings=1,
        ),
        Sample(
            "fails",
            "a misspelt target, which is told by targets-resolve",
            [replace(CONFIGURATION, "node-exporter:9100", "node-exporter:9101")],
            verdict="unverified",
            says="job node does not reach node-exporter:9101",
        ),
    ],
    skip=needs_both,
)


@needs_both
def test_asked_alone_it_says_what_targets_resolve_would_say(tmp_path: Path) -> None:
    write_homework(tmp_path, BASE, [replace(CONFIGURATION, "node-exporter:9100", "node-exporter:9101")])
    item = catalogue.load().items["monitoring-1/node-exporter"]
    result = ask_all(Submission("sample", WorkTree(tmp_path)), [dataclasses.replace(item, needs_items=())])[item.id]
    assert str(result.verdict) == "failed"
    assert [said(each) for each in result.findings] == [
        "job node: Prometheus reaches node-exporter:9101 | node-exporter listens on 9100, not on 9101"
        " | write node-exporter:9100"
    ]
