"""monitoring-1/prometheus-service."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, DOCKERFILE, PROMETHEUS_COMMAND, needs_compose

IMAGE = "    image: ${USERNAME}/prometheus\n"
PORTS = "    ports:\n      - 9090:9090\n"
VOLUME = "      - prometheus_data:/prometheus\n"
COMMAND = "    command:\n"


def command(kind: str, title: str, *lines: str, **expected: object) -> Sample:
    """The command that stands in the place of the plain one."""
    text = "".join([COMMAND, *(f"      - {line}\n" for line in lines)]) if lines else ""
    return Sample(kind, title, [replace(COMPOSE, PROMETHEUS_COMMAND, text)], **expected)  # type: ignore[arg-type]


test_samples = sample_tests(
    "monitoring-1/prometheus-service",
    BASE,
    [
        Sample("passes", "the plain homework"),
        command("unusual", "the image's own command"),
        Sample("unusual", "built by compose", [replace(COMPOSE, IMAGE, "    build: ../monitoring/prometheus\n")]),
        Sample(
            "unusual",
            "the image as it is, with the configuration mounted",
            [
                replace(COMPOSE, IMAGE, "    image: prom/prometheus:v2.42.0\n"),
                replace(COMPOSE, VOLUME, f"{VOLUME}      - ../monitoring/prometheus:/etc/prometheus:ro\n"),
                remove(DOCKERFILE),
            ],
        ),
        Sample(
            "unusual",
            "without a volume: the data stay in the container",
            [replace(COMPOSE, f"    volumes:\n{VOLUME}", "")],
        ),
        Sample("unusual", "the engine chooses the port", [replace(COMPOSE, "9090:9090", '"9090"')]),
        Sample("unusual", "another port of the docker host", [replace(COMPOSE, "9090:9090", "127.0.0.1:80:9090")]),
        Sample(
            "unusual",
            "the docker host's own network",
            [
                replace(COMPOSE, PORTS, "    network_mode: host\n"),
                replace(
                    COMPOSE,
                    f"{PROMETHEUS_COMMAND}    networks:\n      - back_net\n      - front_net\n",
                    PROMETHEUS_COMMAND,
                ),
            ],
        ),
        Sample(
            "unusual",
            "another port, inside too",
            [
                replace(COMPOSE, "9090:9090", '"9090:9091"'),
                replace(
                    COMPOSE,
                    COMMAND + "      - --config",
                    COMMAND + "      - --web.listen-address=:9091\n      - --config",
                ),
            ],
        ),
        Sample(
            "unusual",
            "data below the volume",
            [replace(COMPOSE, "tsdb.path=/prometheus\n", "tsdb.path=/prometheus/data\n")],
        ),
        Sample(
            "unusual",
            "called by another name, known by what it is built from",
            [replace(COMPOSE, f"  prometheus:\n{IMAGE}", "  monitoring:\n    build: ../monitoring/prometheus\n")],
        ),
        Sample(
            "unusual",
            "a command in one line, with spaces for the equals signs",
            [
                replace(
                    COMPOSE,
                    PROMETHEUS_COMMAND,
                    "    command: --config.file /etc/prometheus/prometheus.yml --storage.tsdb.path /prometheus\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "Bitnami's image, which keeps its data elsewhere",
            [
                replace(COMPOSE, IMAGE, "    image: bitnami/prometheus:2.42\n"),
                replace(
                    COMPOSE,
                    VOLUME,
                    "      - prometheus_data:/opt/bitnami/prometheus/data\n"
                    "      - ../monitoring/prometheus/prometheus.yml:/opt/bitnami/prometheus/conf/prometheus.yml\n",
                ),
                replace(COMPOSE, PROMETHEUS_COMMAND, ""),
                remove(DOCKERFILE),
            ],
        ),
        Sample(
            "unusual",
            "in a profile of its own",
            [replace(COMPOSE, IMAGE, f"{IMAGE}    profiles: [monitoring]\n")],
        ),
        Sample(
            "unusual",
            "an image that says what else it is for",
            [replace(COMPOSE, IMAGE, "    image: ${USERNAME}/prometheus-with-blackbox\n")],
        ),
        Sample(
            "fails",
            "an image of something else, by the name of Prometheus",
            [replace(COMPOSE, IMAGE, "    image: prom/alertmanager\n")],
            file=COMPOSE,
            line="prom/alertmanager",
            says="prometheus runs prom/alertmanager",
        ),
        Sample(
            "fails",
            "no such service",
            [
                write(
                    COMPOSE,
                    BASE[COMPOSE].replace("  prometheus:\n", "  watcher:\n").replace("/prometheus\n", "/watch\n"),
                )
            ],
            file=COMPOSE,
            line="services:",
            says="there is a service for Prometheus",
            findings=1,
        ),
        Sample(
            "fails",
            "only called like it",
            [replace(COMPOSE, IMAGE, "    image: grafana/grafana\n")],
            file=COMPOSE,
            line="image: grafana/grafana",
            says="prometheus runs grafana/grafana",
            findings=1,
        ),
        Sample(
            "fails",
            "no port is published",
            [replace(COMPOSE, PORTS, "    expose: [9090]\n")],
            file=COMPOSE,
            line="  prometheus:",
            says="no port is published",
            findings=1,
        ),
        Sample(
            "fails",
            "a port where it does not listen",
            [replace(COMPOSE, "9090:9090", '"9090:9900"')],
            file=COMPOSE,
            line="ports:",
            says="published are 9900 of the container",
            findings=1,
        ),
        Sample(
            "fails",
            "UDP",
            [replace(COMPOSE, "9090:9090", "9090:9090/udp")],
            file=COMPOSE,
            says="'9090:9090'",
            findings=1,
        ),
        command(
            "fails",
            "a command without a configuration",
            "--storage.tsdb.path=/prometheus",
            file=COMPOSE,
            line="command:",
            says="add --config.file=/etc/prometheus/prometheus.yml",
            findings=1,
        ),
        command(
            "fails",
            "a configuration that is not there",
            "--config.file=/etc/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            file=COMPOSE,
            line="command:",
            says="prometheus finds a configuration where it reads it, /etc/prometheus.yml",
            findings=1,
        ),
        Sample(
            "fails",
            "the image as it is, and no configuration",
            [replace(COMPOSE, IMAGE, "    image: prom/prometheus:v2.42.0\n")],
            file=COMPOSE,
            line="image: prom/prometheus:v2.42.0",
            says="nothing is mounted there",
            findings=1,
        ),
        Sample(
            "fails",
            "the volume beside the data",
            [replace(COMPOSE, "prometheus_data:/prometheus\n", "prometheus_data:/data\n")],
            file=COMPOSE,
            line="prometheus_data:/data",
            says="mount the volume at /prometheus",
            findings=1,
        ),
        command(
            "fails",
            "a command that leaves the data to Prometheus' own default",
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/data",
            file=COMPOSE,
            line="prometheus_data:/prometheus",
            says="the volume is where prometheus keeps its data, /data",
            findings=1,
        ),
        Sample(
            "fails", "never started", [replace(COMPOSE, IMAGE, f"{IMAGE}    scale: 0\n")], says="0 replicas", findings=1
        ),
    ],
    skip=needs_compose,
)
