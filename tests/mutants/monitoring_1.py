"""Homework 21, monitoring-1: what goes wrong with Prometheus and what it asks."""

from __future__ import annotations

from .homeworks import HERE, Step, everywhere, move, replace, windows, write
from .kinds import NOWHERE, Change, Fault

APPLICATION = "docker/docker-compose.yml"
COMPOSE = "docker/docker-compose-monitoring.yml"
ENV = "docker/.env.example"
DOCKERFILE = "monitoring/prometheus/Dockerfile"
CONFIGURATION = "monitoring/prometheus/prometheus.yml"
MODULES = "monitoring/blackbox/blackbox.yml"
MAKEFILE = "Makefile"
README = "README.md"

_PROMETHEUS = """\
  prometheus:
    image: ${USERNAME}/prometheus:${PROMETHEUS_VERSION}
    build: ../monitoring/prometheus
    restart: unless-stopped
    command:
      - --config.file=/etc/prometheus/prometheus.yml
      - --storage.tsdb.path=/prometheus
      - --storage.tsdb.retention.time=1d
    ports:
      - "${PROMETHEUS_PORT}:9090/tcp"
    volumes:
      - prometheus_data:/prometheus
    networks:
      - front_net
      - back_net

"""
_NODE = """\
  node-exporter:
    image: prom/node-exporter:${NODE_EXPORTER_VERSION}
    restart: unless-stopped
    command:
      - --path.procfs=/host/proc
      - --path.sysfs=/host/sys
      - --path.rootfs=/rootfs
    volumes:
      - /proc:/host/proc:ro
      - /sys:/host/sys:ro
      - /:/rootfs:ro
    networks:
      - back_net

"""
_BLACKBOX = """\
  blackbox-exporter:
    image: ${USERNAME}/blackbox-exporter:${BLACKBOX_EXPORTER_VERSION}
    build: ../monitoring/blackbox
    restart: unless-stopped
    networks:
      - front_net
"""
_BOTH = "    networks:\n      - front_net\n      - back_net\n"
_TO_THE_PARAMETER = "      - source_labels: [__address__]\n        target_label: __param_target\n"
_TO_THE_INSTANCE = "      - source_labels: [__param_target]\n        target_label: instance\n"
_TO_THE_EXPORTER = "      - target_label: __address__\n        replacement: blackbox-exporter:9115\n"


def _job(name: str, target: str) -> str:
    return f"  - job_name: {name}\n    static_configs:\n      - targets:\n          - {target}\n"


def _compose(old: str, new: str) -> Step:
    return replace(COMPOSE, old, new)


def _config(old: str, new: str) -> Step:
    return replace(CONFIGURATION, old, new)


FAULTS = [
    # layout
    Fault("layout", "monitoring/ is called otherwise", move("monitoring", "monitor"), at=NOWHERE),
    Fault(
        "layout",
        "docker/.env is committed",
        write("docker/.env", "USERNAME=example\n"),
        replace(".gitignore", ".env\n", ""),
        at="docker/.env",
    ),
    # prometheus-image
    Fault("prometheus-image", "no tag", replace(DOCKERFILE, "prom/prometheus:v2.42.0", "prom/prometheus")),
    Fault("prometheus-image", "latest", replace(DOCKERFILE, ":v2.42.0", ":latest")),
    Fault(
        "prometheus-image", "another program", replace(DOCKERFILE, "prom/prometheus:v2.42.0", "debian:bookworm-slim")
    ),
    Fault(
        "prometheus-image",
        "the configuration is not copied",
        replace(DOCKERFILE, "COPY prometheus.yml /etc/prometheus/\n", ""),
        at=DOCKERFILE,
    ),
    Fault("prometheus-image", "copied to another place", replace(DOCKERFILE, "/etc/prometheus/", "/etc/")),
    Fault(
        "prometheus-image", "a file that is not there", replace(DOCKERFILE, "COPY prometheus.yml", "COPY prometeus.yml")
    ),
    Fault("prometheus-image", "an instruction misspelt", replace(DOCKERFILE, "COPY", "COPPY")),
    # copy-not-add
    Fault("copy-not-add", "ADD", replace(DOCKERFILE, "COPY", "ADD")),
    # config
    Fault("config", "scrape_config: for scrape_configs:", _config("scrape_configs:", "scrape_config:")),
    Fault(
        "config",
        "static_config: for static_configs:",
        _config(_job("ui", "ui:9292"), _job("ui", "ui:9292").replace("static_configs", "static_config")),
    ),
    Fault("config", "a tab", _config("  scrape_timeout: 4s", "\tscrape_timeout: 4s")),
    Fault("config", "an interval without its unit", _config("scrape_interval: 5s", "scrape_interval: 5")),
    Fault("config", "a timeout that is longer than the interval", _config("scrape_timeout: 4s", "scrape_timeout: 6s")),
    Fault("config", "a job's name twice", _config("job_name: comment", "job_name: ui")),
    Fault(
        "config",
        "targets that are no list",
        _config("      - targets:\n          - ui:9292\n", "      - targets: ui:9292\n"),
    ),
    Fault("config", "a target with its scheme", _config("- comment:9292\n", "- http://comment:9292\n")),
    Fault("config", "an indentation", _config("  - job_name: node\n", "   - job_name: node\n")),
    # jobs
    Fault("jobs", "none of ui", _config(_job("ui", "ui:9292") + "\n", ""), at=CONFIGURATION),
    Fault("jobs", "none of comment", _config(_job("comment", "comment:9292") + "\n", ""), at=CONFIGURATION),
    Fault("jobs", "none of Prometheus", _config(_job("prometheus", "localhost:9090") + "\n", ""), at=CONFIGURATION),
    # prometheus-service
    Fault("prometheus-service", "there is none", _compose(_PROMETHEUS, ""), at=COMPOSE),
    Fault(
        "prometheus-service",
        "no port",
        _compose('    ports:\n      - "${PROMETHEUS_PORT}:9090/tcp"\n', ""),
        _compose("  prometheus:\n", f"  prometheus:{HERE}\n"),
    ),
    Fault("prometheus-service", "another port", _compose(":9090/tcp", ":9009/tcp")),
    Fault(
        "prometheus-service",
        "the stock image",
        _compose(
            "    image: ${USERNAME}/prometheus:${PROMETHEUS_VERSION}\n    build: ../monitoring/prometheus\n",
            f"    image: prom/prometheus:v2.42.0{HERE}\n",
        ),
    ),
    Fault("prometheus-service", "another file", _compose("/etc/prometheus/prometheus.yml", "/etc/prometheus.yml")),
    Fault("prometheus-service", "an option misspelt", _compose("--config.file", "--config-file")),
    Fault(
        "prometheus-service",
        "the storage is not in the volume",
        _compose("--storage.tsdb.path=/prometheus", "--storage.tsdb.path=/data"),
    ),
    # node-exporter
    Fault("node-exporter", "there is none", _compose(_NODE, ""), at=COMPOSE),
    Fault("node-exporter", "no job", _config(_job("node", "node-exporter:9100") + "\n", ""), at=CONFIGURATION),
    Fault(
        "node-exporter",
        "no mounts",
        _compose("    volumes:\n      - /proc:/host/proc:ro\n      - /sys:/host/sys:ro\n      - /:/rootfs:ro\n", ""),
        _compose("  node-exporter:\n", f"  node-exporter:{HERE}\n"),
    ),
    Fault("node-exporter", "procfs of another path", _compose("--path.procfs=/host/proc", "--path.procfs=/hosts/proc")),
    Fault("node-exporter", "an option misspelt", _compose("--path.procfs", "--path.procf")),
    # targets-resolve
    Fault("targets-resolve", "ui's port", _config("- ui:9292\n", "- ui:9293\n")),
    Fault("targets-resolve", "comment misspelt", _config("- comment:9292\n", "- coment:9292\n")),
    Fault("targets-resolve", "node misspelt", _config("- node-exporter:9100", "- node_exporter:9100")),
    Fault("targets-resolve", "node's port", _config("- node-exporter:9100", "- node-exporter:9101")),
    Fault("targets-resolve", "localhost", _config("- node-exporter:9100", "- localhost:9100")),
    Fault(
        "targets-resolve",
        "another network",
        _compose(
            "      - /:/rootfs:ro\n    networks:\n      - back_net\n",
            "      - /:/rootfs:ro\n    networks:\n      - node_net\n",
        ),
        _compose("networks:\n  front_net:\n", "networks:\n  node_net:\n  front_net:\n"),
        _config("- node-exporter:9100", f"- node-exporter:9100{HERE}"),
    ),
    # both-networks
    Fault(
        "both-networks",
        "one",
        _compose(_PROMETHEUS, _PROMETHEUS.replace("      - front_net\n", "")),
        everywhere(COMPOSE, "      - front_net\n", "      - front_net\n      - back_net\n"),
        replace(
            APPLICATION, "    networks:\n      - front_net\n", "    networks:\n      - front_net\n      - back_net\n"
        ),
        _compose(
            "      - prometheus_data:/prometheus\n    networks:\n",
            f"      - prometheus_data:/prometheus\n    networks:{HERE}\n",
        ),
    ),
    # mongodb-exporter
    Fault("mongodb-exporter", "another database", _compose("mongodb://post_db:27017", "mongodb://postdb:27017")),
    Fault("mongodb-exporter", "another port of it", _compose("mongodb://post_db:27017", "mongodb://post_db:27018")),
    Fault(
        "mongodb-exporter",
        "no URI: its own default",
        _compose("      - -mongodb.uri=mongodb://post_db:27017\n", ""),
        _compose("  mongodb-exporter:\n", f"  mongodb-exporter:{HERE}\n"),
    ),
    Fault(
        "mongodb-exporter",
        "not on the database's network",
        _compose(
            "      - -mongodb.collect.oplog=false\n    networks:\n      - back_net\n",
            "      - -mongodb.collect.oplog=false\n    networks:\n      - front_net\n",
        ),
        _compose("mongodb://post_db:27017", f"mongodb://post_db:27017{HERE}"),
    ),
    Fault("mongodb-exporter", "no job", _config(_job("mongodb", "mongodb-exporter:9001") + "\n", ""), at=CONFIGURATION),
    Fault("mongodb-exporter", "another exporter's port", _config("- mongodb-exporter:9001", "- mongodb-exporter:9216")),
    # blackbox
    Fault(
        "blackbox",
        "no metrics_path",
        _config("    metrics_path: /probe\n", ""),
        _config("  - job_name: blackbox\n", f"  - job_name: blackbox{HERE}\n"),
    ),
    Fault("blackbox", "/metrics", _config("metrics_path: /probe", "metrics_path: /metrics")),
    Fault("blackbox", "a module that is not there", _config("module: [http_2xx]", "module: [http_200]")),
    Fault(
        "blackbox",
        "the target is no parameter",
        _config(_TO_THE_PARAMETER, ""),
        _config("  - job_name: blackbox\n", f"  - job_name: blackbox{HERE}\n"),
    ),
    Fault(
        "blackbox",
        "the exporter is not asked",
        _config(_TO_THE_EXPORTER, ""),
        _config("  - job_name: blackbox\n", f"  - job_name: blackbox{HERE}\n"),
    ),
    Fault("blackbox", "the exporter's port", _config("blackbox-exporter:9115", "blackbox-exporter:9155")),
    Fault("blackbox", "the exporter's name", _config("blackbox-exporter:9115", "blackbox:9115")),
    Fault("blackbox", "post's port", _config("http://post:5000/", "http://post:9292/")),
    Fault("blackbox", "https", _config("http://post:5000/", "https://post:5000/")),
    Fault("blackbox", "a service misspelt", _config("http://comment:9292/", "http://comments:9292/")),
    Fault("blackbox", "there is no exporter", _compose(_BLACKBOX, ""), at=COMPOSE),
    # makefile
    Fault(
        "makefile",
        "an image is not built",
        replace(MAKEFILE, "build-post:\n\tdocker build --tag $(USERNAME)/post:$(POST_VERSION) src/post-py\n\n", ""),
        at=MAKEFILE,
    ),
    Fault(
        "makefile",
        "an image is not pushed",
        replace(MAKEFILE, "push-ui:\n\tdocker push $(USERNAME)/ui:$(UI_VERSION)\n\n", ""),
        at=MAKEFILE,
    ),
    Fault(
        "makefile",
        "nothing builds all",
        replace(
            MAKEFILE,
            "build: build-ui build-post build-comment build-prometheus",
            "build: build-ui build-post build-comment",
        ),
    ),
    Fault(
        "makefile",
        "another image's name",
        replace(MAKEFILE, "docker push $(USERNAME)/comment:", "docker push $(USERNAME)/comments:"),
    ),
    Fault(
        "makefile",
        "another folder",
        replace(MAKEFILE, "$(PROMETHEUS_VERSION) monitoring/prometheus", "$(PROMETHEUS_VERSION) monitoring/prometeus"),
    ),
    # hub-link
    Fault(
        "hub-link",
        "there is none",
        replace(README, "They belong at <https://hub.docker.com/u/example>.\n", ""),
        at=README,
    ),
]

CHANGES = [
    Change("all in one file", lambda homework: _joined(homework.files)),
    Change(
        "the configuration is mounted",
        replace(DOCKERFILE, "COPY prometheus.yml /etc/prometheus/\n", ""),
        _compose(
            "      - prometheus_data:/prometheus\n",
            "      - prometheus_data:/prometheus\n      - ../monitoring/prometheus/prometheus.yml:/etc/prometheus/prometheus.yml:ro\n",
        ),
    ),
    Change("a newer Prometheus", replace(DOCKERFILE, "v2.42.0", "v3.5.0")),
    Change("Prometheus from Quay", replace(DOCKERFILE, "prom/prometheus", "quay.io/prometheus/prometheus")),
    Change("its port as a number", _compose('"${PROMETHEUS_PORT}:9090/tcp"', "9090:9090")),
    Change(
        "its own command",
        _compose(
            "    command:\n      - --config.file=/etc/prometheus/prometheus.yml\n      - --storage.tsdb.path=/prometheus\n      - --storage.tsdb.retention.time=1d\n",
            "",
        ),
    ),
    Change(
        "its command in one line",
        _compose(
            "    command:\n      - --config.file=/etc/prometheus/prometheus.yml\n      - --storage.tsdb.path=/prometheus\n      - --storage.tsdb.retention.time=1d\n",
            "    command: --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/prometheus\n",
        ),
    ),
    Change(
        "jobs of other names",
        _config("job_name: node", "job_name: docker-host"),
        _config("job_name: mongodb", "job_name: percona"),
        _config("job_name: blackbox", "job_name: probes"),
    ),
    Change(
        "a job for post too",
        _config(_job("comment", "comment:9292"), _job("comment", "comment:9292") + "\n" + _job("post", "post:5000")),
    ),
    Change("targets in one line", _config("      - targets:\n          - ui:9292\n", "      - targets: ['ui:9292']\n")),
    Change(
        "a label",
        _config(
            "      - targets:\n          - node-exporter:9100\n",
            "      - targets:\n          - node-exporter:9100\n        labels:\n          host: docker\n",
        ),
    ),
    Change(
        "the node exporter is called otherwise",
        everywhere(COMPOSE, "  node-exporter:\n", "  node_exporter:\n"),
        _config("- node-exporter:9100", "- node_exporter:9100"),
    ),
    Change(
        "the node exporter has no rootfs",
        _compose("      - --path.rootfs=/rootfs\n", ""),
        _compose("      - /:/rootfs:ro\n", ""),
    ),
    Change("rarer scrapes", _config("scrape_interval: 5s", "scrape_interval: 15s")),
    Change(
        "the MongoDB exporter on 9216",
        _compose(
            "      - -mongodb.uri=mongodb://post_db:27017\n",
            "      - -mongodb.uri=mongodb://post_db:27017\n      - -web.listen-address=:9216\n",
        ),
        _config("- mongodb-exporter:9001", "- mongodb-exporter:9216"),
    ),
    Change("the other alias of the database", _compose("mongodb://post_db:27017", "mongodb://comment_db:27017")),
    Change("the database without its port", _compose("mongodb://post_db:27017", "mongodb://post_db")),
    Change(
        "probes of root pages",
        _config("http://ui:9292/healthcheck", "http://ui:9292"),
        _config("http://comment:9292/healthcheck", "http://comment:9292/"),
    ),
    Change(
        "probes without their scheme",
        _config("http://ui:9292/healthcheck", "ui:9292"),
        _config("http://comment:9292/healthcheck", "comment:9292"),
        _config("http://post:5000/healthcheck", "post:5000"),
    ),
    Change("another module", _config("[http_2xx]", "[web]"), replace(MODULES, "http_2xx", "web")),
    Change(
        "a rule of relabelling spelt out",
        _config(
            _TO_THE_INSTANCE,
            "      - source_labels: [__param_target]\n        regex: (.*)\n        replacement: ${1}\n        target_label: instance\n        action: replace\n",
        ),
    ),
    Change("Windows' line ends in prometheus.yml", windows(CONFIGURATION)),
    Change(
        "the Makefile builds with compose",
        replace(
            MAKEFILE,
            "\tdocker build --tag $(USERNAME)/ui:$(UI_VERSION) src/ui\n",
            "\tcd docker && docker-compose -f docker-compose.yml build ui\n",
        ),
    ),
    Change("the Makefile in docker/", move(MAKEFILE, "docker/Makefile")),
]


def _joined(files: dict[str, str]) -> None:
    """Both compose files as one."""
    services, _, _rest = (
        files[COMPOSE].removeprefix(files[COMPOSE].partition("services:\n")[0]).partition("\nnetworks:\n")
    )
    joined = files[APPLICATION].replace("\nnetworks:\n", "\n" + services.removeprefix("services:\n") + "\nnetworks:\n")
    files[APPLICATION] = joined + "  prometheus_data:\n"
    del files[COMPOSE]
