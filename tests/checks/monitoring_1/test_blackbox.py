"""monitoring-1/blackbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.checks.monitoring_1._cloudprober import probes
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, Sample, ask, replace, sample_tests, write, write_homework

from ._homework import BASE, COMPOSE, CONFIGURATION, needs_both

IMAGE = "    image: prom/blackbox-exporter:v0.14.0\n"
SERVICE = f"  blackbox-exporter:\n{IMAGE}    networks:\n      - back_net\n      - front_net\n"
JOB = BASE[CONFIGURATION][BASE[CONFIGURATION].index("  - job_name: blackbox\n") :]
TARGETS = """\
          - http://ui:9292
          - http://comment:9292/healthcheck
          - http://post:5000/healthcheck
"""
TO_PARAM = "      - source_labels: [__address__]\n        target_label: __param_target\n"
TO_EXPORTER = "      - target_label: __address__\n        replacement: blackbox-exporter:9115\n"
MODULE = "      module: [http_2xx]\n"
OWN = "    image: ${USERNAME}/blackbox_exporter\n"
FOLDER = "monitoring/blackbox_exporter"
CLOUDPROBER = "  cloudprober:\n    image: ${USERNAME}/cloudprober\n    networks:\n      - back_net\n      - front_net\n"
CLOUDPROBER_JOB = "  - job_name: cloudprober\n    static_configs:\n      - targets: ['cloudprober:9313']\n"


def targets(kind: str, title: str, *urls: str, module: str = "http_2xx", **expected: object) -> Sample:
    """Other targets, perhaps of another module."""
    edits = [
        replace(CONFIGURATION, TARGETS, "".join(f"          - {url}\n" for url in urls)),
        replace(CONFIGURATION, MODULE, f"      module: [{module}]\n"),
    ]
    return Sample(kind, title, edits, **expected)  # type: ignore[arg-type]


def own(configuration: str, dockerfile: str = "COPY blackbox.yml /etc/blackbox_exporter/config.yml\n") -> list[Edit]:
    """An image of their own making."""
    return [
        replace(COMPOSE, IMAGE, OWN),
        write(f"{FOLDER}/Dockerfile", f"FROM prom/blackbox-exporter:v0.14.0\n{dockerfile}"),
        write(f"{FOLDER}/blackbox.yml", configuration),
    ]


def cloudprober(text: str) -> list[Edit]:
    """cloudprober in the place of the blackbox exporter, with this configuration."""
    return [
        replace(COMPOSE, SERVICE, CLOUDPROBER),
        replace(CONFIGURATION, JOB, CLOUDPROBER_JOB),
        write(
            "monitoring/cloudprober/Dockerfile", "FROM cloudprober/cloudprober:v0.10.7\nCOPY cloudprober.cfg /etc/\n"
        ),
        write("monitoring/cloudprober/cloudprober.cfg", text),
    ]


def brought(text: str) -> list[Edit]:
    """cloudprober with this configuration, which somebody copies to the docker host."""
    mount = "    volumes: ['/tmp/cloudprober.cfg:/etc/cloudprober.cfg']\n"
    return [
        replace(COMPOSE, SERVICE, CLOUDPROBER.replace("${USERNAME}", "cloudprober") + mount),
        replace(CONFIGURATION, JOB, CLOUDPROBER_JOB),
        write("docker/cloudprober.cfg", text),
    ]


def probe(host: str, more: str = "") -> str:
    """One probe of cloudprober's."""
    return f'probe {{\n  name: "one"\n  type: HTTP\n  targets {{\n    host_names: "{host}"\n  }}\n{more}}}\n'


test_samples = sample_tests(
    "monitoring-1/blackbox",
    BASE,
    [
        Sample("passes", "the plain homework"),
        targets("unusual", "without a protocol", "ui:9292", "comment:9292/healthcheck", "post:5000"),
        targets("unusual", "connections", "ui:9292", "post:5000", "post_db:27017", module="tcp_connect"),
        targets("unusual", "pings", "ui", "post_db", module="icmp"),
        targets("unusual", "something of the internet too", "http://prometheus.io", "http://ui:9292"),
        targets("unusual", "several modules, of which the first counts", "ui:9292", module="http_2xx, icmp"),
        Sample("unusual", "no module: http_2xx", [replace(CONFIGURATION, f"    params:\n{MODULE}", "")]),
        Sample(
            "unusual",
            "no label of its own for the instance",
            [replace(CONFIGURATION, "      - source_labels: [__param_target]\n        target_label: instance\n", "")],
        ),
        Sample(
            "unusual",
            "without relabelling: the target is a parameter",
            [
                replace(
                    CONFIGURATION,
                    JOB,
                    "  - job_name: ui-port\n    metrics_path: /probe\n    params: {module: [http_2xx], "
                    "target: ['http://ui:9292']}\n    static_configs:\n      - targets: ['blackbox-exporter:9115']\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "targets of another notation, which relabelling takes apart",
            [
                replace(CONFIGURATION, TARGETS, "          - ui@http@http://ui:9292\n"),
                replace(
                    CONFIGURATION,
                    TO_PARAM,
                    "      - source_labels: [__address__]\n        regex: (.*)@(.*)@(.*)\n        replacement: $3\n"
                    "        target_label: __param_target\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "its own metrics in another job",
            [
                replace(
                    CONFIGURATION,
                    JOB,
                    f"  - job_name: blackbox_itself\n    static_configs:\n"
                    f"      - targets: ['blackbox-exporter:9115']\n{JOB}",
                )
            ],
        ),
        Sample(
            "unusual",
            "a module of its own",
            [
                *own("modules:\n  healthy:\n    prober: http\n"),
                replace(CONFIGURATION, MODULE, "      module: [healthy]\n"),
            ],
        ),
        Sample(
            "unusual",
            "a module that is mounted",
            [
                replace(
                    COMPOSE,
                    IMAGE,
                    f"{IMAGE}    command: --config.file=/config/b.yml\n"
                    "    volumes: ['../monitoring/b.yml:/config/b.yml']\n",
                ),
                write("monitoring/b.yml", "modules:\n  healthy:\n    prober: http\n"),
                replace(CONFIGURATION, MODULE, "      module: [healthy]\n"),
            ],
        ),
        Sample(
            "unusual",
            "an image that nobody can look into",
            [replace(COMPOSE, IMAGE, OWN), replace(CONFIGURATION, MODULE, "      module: [healthy]\n")],
            verdict="unverified",
            says="whether blackbox-exporter has the module healthy is not known",
        ),
        Sample(
            "unusual",
            "an image that nobody can look into, on a port that it is told",
            [
                replace(COMPOSE, IMAGE, f"{OWN}    command: --web.listen-address=:9115\n"),
                replace(CONFIGURATION, MODULE, "      module: [healthy]\n"),
            ],
            verdict="unverified",
            says="whether blackbox-exporter has the module healthy is not known",
        ),
        Sample(
            "unusual", "cloudprober", cloudprober(probe("ui:9292") + probe("post", "  http_probe { port: 5000 }\n"))
        ),
        Sample(
            "unusual",
            "cloudprober as it is, its configuration elsewhere",
            [
                replace(COMPOSE, SERVICE, CLOUDPROBER.replace("${USERNAME}", "cloudprober")),
                replace(CONFIGURATION, JOB, CLOUDPROBER_JOB),
            ],
            verdict="unverified",
            says="what cloudprober probes is not known",
        ),
        Sample("unusual", "cloudprober's configuration, brought to the docker host", brought(probe("ui:9292"))),
        Sample(
            "fails",
            "a wrong port in what is brought to the docker host",
            brought(probe("ui:9293")),
            file="docker/cloudprober.cfg",
            line="host_names",
            says="ui listens on 9292, not on 9293",
            findings=1,
        ),
        Sample(
            "unusual",
            "neither",
            [replace(COMPOSE, SERVICE, ""), replace(CONFIGURATION, JOB, "")],
            verdict="not attempted",
            says="neither a blackbox exporter nor cloudprober",
        ),
        Sample(
            "fails",
            "a job without a service",
            [replace(COMPOSE, SERVICE, "")],
            file=CONFIGURATION,
            line="job_name: blackbox",
            says="there is a service for the blackbox exporter",
            findings=1,
        ),
        Sample(
            "fails",
            "a service without a job",
            [replace(CONFIGURATION, JOB, "")],
            file=CONFIGURATION,
            line="scrape_configs:",
            says="a job probes the services through blackbox-exporter",
            findings=1,
        ),
        Sample(
            "fails",
            "its own metrics",
            [replace(CONFIGURATION, "    metrics_path: /probe\n", "    metrics_path: /metrics\n")],
            file=CONFIGURATION,
            line="metrics_path: /metrics",
            says="these are the metrics of the exporter itself, and nothing is probed",
            findings=1,
        ),
        Sample(
            "fails",
            "a job for its own metrics only",
            [
                replace(
                    CONFIGURATION,
                    JOB,
                    "  - job_name: blackbox\n    static_configs:\n      - targets: ['blackbox-exporter:9115']\n",
                )
            ],
            file=CONFIGURATION,
            line="job_name: blackbox",
            says="write metrics_path: /probe",
            findings=1,
        ),
        Sample(
            "fails",
            "without the step to the parameter",
            [replace(CONFIGURATION, TO_PARAM, "")],
            file=CONFIGURATION,
            line="relabel_configs:",
            says="target_label: __param_target",
            findings=1,
        ),
        Sample(
            "fails",
            "without the step to the exporter",
            [replace(CONFIGURATION, TO_EXPORTER, "")],
            file=CONFIGURATION,
            line="relabel_configs:",
            says="target_label: __address__, replacement: blackbox-exporter:9115",
            findings=1,
        ),
        Sample(
            "fails",
            "the services are asked for /probe themselves",
            [
                replace(CONFIGURATION, TO_EXPORTER, ""),
                replace(CONFIGURATION, TARGETS, "          - ui:9292\n          - post:5000\n"),
            ],
            file=CONFIGURATION,
            line="relabel_configs:",
            says="it asks the services themselves: ui:9292",
            findings=1,
        ),
        Sample(
            "fails",
            "no such module",
            [replace(CONFIGURATION, MODULE, "      module: [http_200]\n")],
            file=CONFIGURATION,
            line="params:",
            says="job blackbox asks for a module that blackbox-exporter has | http_200 | use one of grpc",
            findings=1,
        ),
        Sample(
            "fails",
            "a module that is not in its own file",
            own("modules:\n  healthy:\n    prober: http\n"),
            says=f"use one of healthy, or add it to {FOLDER}/blackbox.yml",
            findings=1,
        ),
        Sample(
            "fails",
            "modules that are no YAML",
            own("modules: [\n"),
            file=f"{FOLDER}/blackbox.yml",
            says="blackbox-exporter can read its modules",
            findings=1,
        ),
        targets(
            "fails",
            "localhost for another service",
            "localhost:9090",
            says="of blackbox-exporter itself | use the name of the service: prometheus:9090",
            findings=1,
        ),
        targets(
            "fails",
            "a port where nobody listens",
            "http://ui:9292",
            "http://post:9292/healthcheck",
            file=CONFIGURATION,
            line="http://post:9292",
            says="post listens on 5000, not on 9292 | write http://post:5000/healthcheck",
            findings=1,
        ),
        targets("fails", "the port of another program", "ui:9090", says="ui listens on 9292, not on 9090", findings=1),
        targets("fails", "no port", "http://ui", says="ui listens on 9292, not on 80", findings=1),
        targets(
            "fails",
            "https, and another port",
            "https://post:9292",
            file=CONFIGURATION,
            line="https://post:9292",
            says="write http://post:5000/healthcheck",
            findings=1,
        ),
        targets(
            "fails",
            "https",
            "https://ui:9292/x",
            says="ui speaks http, and no https | write http://ui:9292/x",
            findings=1,
        ),
        targets("fails", "another protocol", "tcp://ui:9292", says="tcp is no protocol of an http probe", findings=1),
        targets("fails", "no such name", "http://post-py:5000", says="no service has the name post-py", findings=1),
        targets(
            "fails",
            "a URL for a connection",
            "http://ui:9292/healthcheck",
            module="tcp_connect",
            says="a probe of the kind tcp takes host:port and nothing else | write ui:9292",
            findings=1,
        ),
        targets(
            "fails",
            "a port for a ping",
            "ui:9292",
            module="icmp",
            says="takes host and nothing else | write ui",
            findings=1,
        ),
        Sample(
            "fails",
            "the exporter is not where ui is",
            [replace(COMPOSE, SERVICE, SERVICE.replace("      - front_net\n", ""))],
            file=CONFIGURATION,
            line="http://ui:9292",
            says="add one of these networks to blackbox-exporter: front_net",
            findings=1,
        ),
        Sample(
            "fails",
            "an exporter that nobody is, told by targets-resolve",
            [replace(CONFIGURATION, "blackbox-exporter:9115", "blackbox:9115")],
            verdict="unverified",
            says="Prometheus does not reach blackbox:9115",
        ),
        Sample(
            "fails",
            "the exporter on another port, told by targets-resolve",
            [replace(CONFIGURATION, "blackbox-exporter:9115", "blackbox-exporter:9116")],
            verdict="unverified",
            says="Prometheus does not reach blackbox-exporter:9116",
        ),
        Sample(
            "fails",
            "cloudprober asks for a port where nobody listens",
            cloudprober(probe("ui:9292") + probe("post:9292")),
            file="monitoring/cloudprober/cloudprober.cfg",
            line='host_names: "post:9292"',
            says="post listens on 5000, not on 9292 | write post:5000",
            findings=1,
        ),
        Sample(
            "fails",
            "cloudprober without a job",
            [*cloudprober(probe("ui:9292")), write(CONFIGURATION, BASE[CONFIGURATION].replace(JOB, ""))],
            says="add a job to scrape_configs with the target cloudprober:9313",
            findings=1,
        ),
        Sample(
            "fails",
            "cloudprober without probes",
            cloudprober("# nothing\n"),
            says="cloudprober has probes | none | add a probe for each service: probe {",
            findings=1,
        ),
    ],
    skip=needs_both,
)


@needs_both
def test_a_hundred_wrong_targets_are_bounded(tmp_path: Path) -> None:
    wrong = "".join(f"          - http://nobody-{number}:80\n" for number in range(100))
    write_homework(tmp_path, BASE, [replace(CONFIGURATION, TARGETS, wrong)])
    result = ask(catalogue.load().items["monitoring-1/blackbox"], Submission("sample", WorkTree(tmp_path)))
    assert (len(result.findings), result.evidence["further findings"]) == (20, 80)


def test_probes_of_a_configuration() -> None:
    text = """
    # a comment { with braces
    probe { name: "ui" type: HTTP targets: { host_names: "a:1,b" } http_probe { port: 80 protocol: HTTPS } }
    probe <
      type: PING
      targets { host_names: 'c' rds_targets { resource_path: "x" } }
      validator { name: "not the probe's" }
    >
    surfacer { name: "no probe" }
    """
    first, second = probes(text)
    assert (first.name, first.type, first.hosts, first.port, first.is_https) == (
        "ui", "HTTP", [("a:1", 3), ("b", 3)], 80, True
    )  # fmt: skip
    assert (second.name, second.type, second.hosts, second.port) == ("", "PING", [("c", 6)], None)


@pytest.mark.parametrize(
    "text", ["", "}}}}", "probe", 'name: "x"', "probe { targets { host_names:", "{" * 50_000, '"' * 50_000]
)
def test_what_is_no_configuration_has_no_hosts(text: str) -> None:
    assert [host for each in probes(text) for host in each.hosts] == []


def test_thousands_of_probes_are_bounded() -> None:
    assert len(probes(probe("ui:9292") * 5_000)) == 200
