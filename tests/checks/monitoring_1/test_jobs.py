"""monitoring-1/jobs."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, CONFIGURATION, DOCKERFILE, needs_compose

_UI = """\
  - job_name: ui
    static_configs:
      - targets:
          - ui:9292
"""
_COMMENT = _UI.replace("ui", "comment")
_ITSELF = """\
  - job_name: prometheus
    static_configs:
      - targets:
          - localhost:9090
"""
_TO_BLACKBOX = "    metrics_path: /probe\n    relabel_configs: [{target_label: __address__, replacement: 'b:9115'}]\n"

test_samples = sample_tests(
    "monitoring-1/jobs",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "one job for both, of another name", [
            replace(CONFIGURATION, _COMMENT, ""),
            replace(CONFIGURATION, _UI,
                    "  - job_name: reddit\n    static_configs: [{targets: ['ui:9292', 'comment:9292']}]\n"),
        ]),
        Sample("unusual", "aliases, and Prometheus by its name", [
            replace(CONFIGURATION, "localhost:9090", "prometheus:9090"),
            replace(CONFIGURATION, "- ui:9292", "- ui-metrics:9292"),
            replace(CONFIGURATION, "job_name: ui", "job_name: frontend"),
            replace(COMPOSE, "    ports:\n      - ${UI_PORT}:9292/tcp\n    networks:\n      - front_net\n",
                    "    networks: {front_net: {aliases: [ui-metrics]}}\n"),
        ]),
        Sample("unusual", "DNS", [
            replace(CONFIGURATION, _UI, "  - job_name: w\n    dns_sd_configs: [{names: [ui], type: A, port: 9292}]\n"),
        ]),
        Sample("unusual", "discovered by a file", [
            replace(CONFIGURATION, _UI, "  - job_name: ui\n    file_sd_configs: [{files: [/etc/ui.yml]}]\n"),
        ]),
        Sample("unusual", "the address by relabelling", [
            replace(CONFIGURATION, _UI,
                    "  - job_name: app\n    static_configs: [{targets: [ui]}]\n    relabel_configs:\n"
                    "      - {source_labels: [__address__], target_label: __address__, replacement: '$1:9292'}\n"),
        ]),
        Sample("unusual", "an address that leads nowhere, which is for another item to tell", [
            replace(CONFIGURATION, "- ui:9292", "- iu:9292"),
        ]),
        Sample("unusual", "another port of its own", [
            replace(CONFIGURATION, "localhost:9090", "localhost:9099"),
            replace(COMPOSE, "      - --storage.tsdb.retention=1d\n", "      - --web.listen-address=:9099\n"),
        ]),
        Sample("fails", "no job for itself", [replace(CONFIGURATION, _ITSELF, "")],
               says="localhost:9090", file=CONFIGURATION, line="scrape_configs", findings=1),
        Sample("fails", "no job for comment", [replace(CONFIGURATION, _COMMENT, "")],
               says="a job scrapes comment", file=CONFIGURATION, line="scrape_configs", findings=1),
        Sample("fails", "the job of ui scrapes another service", [replace(CONFIGURATION, "- ui:9292", "- post:5000")],
               says="job ui scrapes post", file=CONFIGURATION, line="post:5000", findings=1),
        Sample("fails", "no target", [
            replace(CONFIGURATION, "      - targets:\n          - ui:9292\n", "      - targets: []\n"),
        ],
               says="job ui has no target", file=CONFIGURATION, line="job_name: ui", findings=1),
        Sample("fails", "ui is only probed", [
            replace(CONFIGURATION, _UI, _UI + _TO_BLACKBOX),
        ], says="ui probes it", file=CONFIGURATION, line="job_name: ui", findings=1),
        Sample("fails", "ui is only probed, and the job is called so", [
            replace(CONFIGURATION, _UI, (_UI + _TO_BLACKBOX).replace("job_name: ui", "job_name: ui-port")),
        ], says="ui-port probes it", file=CONFIGURATION, line="job_name: ui-port", findings=1),
        Sample("fails", "an empty configuration", [write(CONFIGURATION, "---\n")],
               says="no jobs", file=CONFIGURATION, findings=3),
        Sample("fails", "a template that is filled in when the image is built", [
            remove(CONFIGURATION),
            write("monitoring/prometheus/prometheus.yml.tmpl", BASE[CONFIGURATION].replace("- ui:9292", "- ${UI}:9292")
                  .replace("job_name: ui", "job_name: frontend")),
            write(DOCKERFILE, "FROM prom/prometheus:v2.1.0\nCOPY *.tmpl /\n"
                  "RUN sed 's/${UI}/ui/' /prometheus.yml.tmpl > /etc/prometheus/prometheus.yml\n"),
        ], says="fills in monitoring/prometheus/prometheus.yml.tmpl", verdict="unverified"),
    ],
    skip=needs_compose,
)  # fmt: skip
