"""Homework 21, monitoring-1: what goes wrong with Prometheus and what it asks."""

from __future__ import annotations

from .homeworks import HERE, Homework, Step, everywhere, move, replace, windows, write
from .kinds import NOWHERE, Change, Fault

APPLICATION = "docker/docker-compose.yml"
COMPOSE = "docker/docker-compose-monitoring.yml"
DOCKERFILE = "monitoring/prometheus/Dockerfile"
CONFIGURATION = "monitoring/prometheus/prometheus.yml"
MODULES = "monitoring/blackbox/blackbox.yml"
MAKEFILE = "Makefile"
README = "README.md"

# Parts of the example's files.
_COPY = "COPY prometheus.yml /etc/prometheus/\n"
_COMMAND = """\
    command:
      - --config.file=/etc/prometheus/prometheus.yml
      - --storage.tsdb.path=/prometheus
      - --storage.tsdb.retention.time=1d
"""
_PORTS = '    ports:\n      - "${PROMETHEUS_PORT}:9090/tcp"\n'
_DATA = "      - prometheus_data:/prometheus\n"
_BOTH = "    networks:\n      - front_net\n      - back_net\n"
_FRONT = "    networks:\n      - front_net\n"
_BACK = "    networks:\n      - back_net\n"
_NODE = """\
  node-exporter:
    image: prom/node-exporter:${NODE_EXPORTER_VERSION}
    restart: unless-stopped
    command:
      - --path.procfs=/host/proc
      - --path.sysfs=/host/sys
      - --path.rootfs=/rootfs
"""
_ROOT = "      - /:/rootfs:ro\n"
_MOUNTS = f"    volumes:\n      - /proc:/host/proc:ro\n      - /sys:/host/sys:ro\n{_ROOT}"
_MONGODB = "  mongodb-exporter:\n    image"
_URI = "    command:\n      - -mongodb.uri=mongodb://post_db:27017\n"
_NO_OPLOG = "      - -mongodb.collect.oplog=false\n"
_SCRAPED = "scrape_configs:\n"
_PROBED = "  - job_name: blackbox\n"
_TO_THE_PARAMETER = "      - source_labels: [__address__]\n        target_label: __param_target\n"
_TO_THE_INSTANCE = "      - source_labels: [__param_target]\n        target_label: instance\n"
_TO_THE_EXPORTER = "      - target_label: __address__\n        replacement: blackbox-exporter:9115\n"


def _job(name: str, target: str) -> str:
    return f"  - job_name: {name}\n    static_configs:\n      - targets:\n          - {target}\n"


def _compose(old: str, new: str) -> Step:
    return replace(COMPOSE, old, new)


def _config(old: str, new: str) -> Step:
    return replace(CONFIGURATION, old, new)


def _make(old: str, new: str) -> Step:
    return replace(MAKEFILE, old, new)


def _here(path: str, text: str) -> Step:
    """The end of the text's first line is where the fault is told."""
    return replace(path, text, text.replace("\n", f"{HERE}\n", 1))


def _without_job(name: str, target: str) -> tuple[Step, Step]:
    return _config(f"{_job(name, target)}\n", ""), _here(CONFIGURATION, _SCRAPED)


FAULTS = [
    # layout
    Fault(
        "layout",
        "monitoring/ is called otherwise",
        move("monitoring", "monitor"),
        everywhere(COMPOSE, "../monitoring/", "../monitor/"),
        everywhere(MAKEFILE, " monitoring/", " monitor/"),
        at=NOWHERE,
    ),
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
    Fault("prometheus-image", "another program", replace(DOCKERFILE, "prom/prometheus:v2.42.0", "debian:bookworm")),
    Fault("prometheus-image", "the configuration is not copied", replace(DOCKERFILE, _COPY, ""), at=DOCKERFILE),
    Fault("prometheus-image", "copied to another place", replace(DOCKERFILE, "/etc/prometheus/", "/etc/")),
    Fault("prometheus-image", "a file that is not there", replace(DOCKERFILE, "prometheus.yml", "prometeus.yml")),
    Fault("prometheus-image", "an instruction misspelt", replace(DOCKERFILE, "COPY", "COPPY")),
    # copy-not-add
    Fault("copy-not-add", "ADD", replace(DOCKERFILE, "COPY", "ADD")),
    # config
    Fault("config", "scrape_config: for scrape_configs:", _config("scrape_configs:", "scrape_config:")),
    Fault(
        "config",
        "static_config: for static_configs:",
        _config("ui\n    static_configs:", "ui\n    static_config:"),
    ),
    Fault("config", "a tab", _config("  scrape_timeout: 4s", "\tscrape_timeout: 4s")),
    Fault("config", "an interval without its unit", _config("scrape_interval: 5s", "scrape_interval: 5")),
    Fault("config", "a timeout that is longer than the interval", _config("scrape_timeout: 4s", "scrape_timeout: 6s")),
    Fault("config", "a job's name twice", _config("job_name: comment", "job_name: ui")),
    Fault("config", "targets that are no list", _config("targets:\n          - ui:9292", "targets: ui:9292")),
    Fault("config", "a target with its scheme", _config("- comment:9292\n", "- http://comment:9292\n")),
    Fault("config", "an indentation", _config("  - job_name: node\n", "   - job_name: node\n")),
    # jobs
    Fault("jobs", "none of ui", *_without_job("ui", "ui:9292")),
    Fault("jobs", "none of comment", *_without_job("comment", "comment:9292")),
    Fault("jobs", "none of Prometheus", *_without_job("prometheus", "localhost:9090")),
    # prometheus-service
    Fault("prometheus-service", "no port", _compose(_PORTS, ""), _here(COMPOSE, "  prometheus:\n")),
    Fault("prometheus-service", "another port", _here(COMPOSE, _PORTS), _compose(":9090/tcp", ":9009/tcp")),
    Fault(
        "prometheus-service",
        "another file",
        _here(COMPOSE, _COMMAND),
        _compose("/etc/prometheus/prometheus.yml", "/etc/prometheus.yml"),
    ),
    Fault(
        "prometheus-service",
        "an option misspelt",
        _here(COMPOSE, _COMMAND),
        _compose("--config.file", "--config-file"),
    ),
    Fault(
        "prometheus-service",
        "the data is not in the volume",
        _here(COMPOSE, _DATA),
        _compose("path=/prometheus\n", "path=/data\n"),
    ),
    # node-exporter
    Fault(
        "node-exporter",
        "there is none",
        _compose(f"{_NODE}{_MOUNTS}{_BACK}\n", ""),
        *_without_job("node", "node-exporter:9100")[:1],
        _here(COMPOSE, "services:\n"),
    ),
    Fault("node-exporter", "no job", *_without_job("node", "node-exporter:9100")),
    Fault(
        "node-exporter", "procfs is not mounted", _here(COMPOSE, _MOUNTS), _compose("      - /proc:/host/proc:ro\n", "")
    ),
    Fault(
        "node-exporter",
        "procfs of another path",
        _here(COMPOSE, _MOUNTS),
        _compose("=/host/proc\n", "=/hosts/proc\n"),
    ),
    Fault(
        "node-exporter",
        "an option misspelt",
        _compose("    command:\n      - --path.procfs", f"    command:{HERE}\n      - --path.procf"),
    ),
    # targets-resolve
    Fault("targets-resolve", "ui's port", _config("- ui:9292\n", "- ui:9293\n")),
    Fault("targets-resolve", "comment misspelt", _config("- comment:9292\n", "- coment:9292\n")),
    Fault("targets-resolve", "node misspelt", _config("- node-exporter:9100", "- node_exporter:9100")),
    Fault("targets-resolve", "node's port", _config("- node-exporter:9100", "- node-exporter:9101")),
    Fault("targets-resolve", "localhost", _config("- node-exporter:9100", "- localhost:9100")),
    Fault("targets-resolve", "MongoDB's exporter has another port", _config("exporter:9001", "exporter:9216")),
    Fault("targets-resolve", "the blackbox exporter has another port", _config("exporter:9115", "exporter:9155")),
    Fault("targets-resolve", "the blackbox exporter has another name", _config("blackbox-exporter:", "blackbox:")),
    Fault(
        "targets-resolve",
        "another network",
        _compose(f"{_ROOT}{_BACK}", f"{_ROOT}    networks:\n      - node_net\n"),
        _compose("\nnetworks:\n", "\nnetworks:\n  node_net:\n"),
        _here(CONFIGURATION, "          - node-exporter:9100\n"),
    ),
    # both-networks
    Fault(
        "both-networks",
        "one is enough for what it asks",
        _compose(f"{_DATA}{_BOTH}", f"{_DATA}{_FRONT}".replace("networks:", f"networks:{HERE}")),
        _compose(f"{_ROOT}{_BACK}", f"{_ROOT}{_FRONT}"),
        _compose(f"{_NO_OPLOG}{_BACK}", f"{_NO_OPLOG}{_BOTH}"),
    ),
    # mongodb-exporter
    Fault("mongodb-exporter", "another database", _here(COMPOSE, _URI), _compose("//post_db:", "//postdb:")),
    Fault("mongodb-exporter", "another port of it", _here(COMPOSE, _URI), _compose("post_db:27017", "post_db:27018")),
    Fault(
        "mongodb-exporter",
        "no URI: it asks itself",
        _compose(_URI, "    command:\n"),
        _compose(_MONGODB, _MONGODB.replace("\n", f"{HERE}\n")),
    ),
    Fault(
        "mongodb-exporter",
        "it is not on the database's network",
        _here(COMPOSE, _URI),
        _compose(f"{_NO_OPLOG}{_BACK}", f"{_NO_OPLOG}{_FRONT}"),
    ),
    Fault("mongodb-exporter", "no job", *_without_job("mongodb", "mongodb-exporter:9001")),
    # blackbox
    Fault("blackbox", "no metrics_path", _here(CONFIGURATION, _PROBED), _config("    metrics_path: /probe\n", "")),
    Fault("blackbox", "the exporter's own metrics", _config("metrics_path: /probe", "metrics_path: /metrics")),
    Fault(
        "blackbox",
        "a module that is not there",
        _here(CONFIGURATION, "    params:\n"),
        _config("[http_2xx]", "[http_200]"),
    ),
    Fault(
        "blackbox",
        "the target is no parameter",
        _here(CONFIGURATION, "    relabel_configs:\n"),
        _config(_TO_THE_PARAMETER, ""),
    ),
    Fault(
        "blackbox",
        "the exporter is not asked",
        _here(CONFIGURATION, "    relabel_configs:\n"),
        _config(_TO_THE_EXPORTER, ""),
    ),
    Fault("blackbox", "post's port", _config("http://post:5000/", "http://post:9292/")),
    Fault("blackbox", "https", _config("http://post:5000/", "https://post:5000/")),
    Fault("blackbox", "a service misspelt", _config("http://comment:9292/", "http://comments:9292/")),
    # makefile
    Fault(
        "makefile",
        "an image is not built",
        _here(MAKEFILE, "build-post:\n"),
        _make("\tdocker build --tag $(USERNAME)/post:$(POST_VERSION) src/post-py\n", "\t@echo post\n"),
    ),
    Fault(
        "makefile",
        "an image is not pushed",
        _here(MAKEFILE, "push-ui:\n"),
        _make("\tdocker push $(USERNAME)/ui:$(UI_VERSION)\n", ""),
    ),
    Fault(
        "makefile",
        "nothing builds all",
        _make("build: build-ui build-post build-comment build-prometheus", "build: build-ui build-post build-comment"),
    ),
    Fault("makefile", "another image's name", _make("push $(USERNAME)/comment:", "push $(USERNAME)/comments:")),
    Fault("makefile", "another folder", _make(") monitoring/prometheus\n", ") monitoring/prometeus\n")),
    # hub-link
    Fault(
        "hub-link",
        "there is none",
        replace(README, "They belong at <https://hub.docker.com/u/example>.\n", ""),
        _here(README, "`docker push example/reddit:1.0`\n"),
    ),
]


def _in_one_file(homework: Homework) -> None:
    """Both compose files as one."""
    monitoring = homework.text(COMPOSE).partition("services:\n")[2].partition("\nnetworks:\n")[0]
    application = homework.text(APPLICATION).replace("\nnetworks:\n", f"\n{monitoring}\nnetworks:\n")
    homework.files[APPLICATION] = f"{application}  prometheus_data:\n"
    del homework.files[COMPOSE]


CHANGES = [
    Change("all in one compose file", _in_one_file, everywhere(MAKEFILE, " -f docker-compose-monitoring.yml", "")),
    Change(
        "the configuration is mounted",
        replace(DOCKERFILE, _COPY, ""),
        _compose(_DATA, f"{_DATA}      - ../{CONFIGURATION}:/etc/prometheus/prometheus.yml:ro\n"),
    ),
    Change("a newer Prometheus", replace(DOCKERFILE, "v2.42.0", "v3.5.0")),
    Change("Prometheus from Quay", replace(DOCKERFILE, "prom/prometheus", "quay.io/prometheus/prometheus")),
    Change("its port as a number", _compose('"${PROMETHEUS_PORT}:9090/tcp"', "9090:9090")),
    Change("the image's own command", _compose(_COMMAND, "")),
    Change(
        "the command in one line",
        _compose(
            _COMMAND, "    command: --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/prometheus\n"
        ),
    ),
    Change("a job of another name", _config("job_name: node", "job_name: docker-host")),
    Change("a job for post too", _config("  - job_name: node\n", f"{_job('post', 'post:5000')}\n  - job_name: node\n")),
    Change("targets in one line", _config("targets:\n          - ui:9292\n", "targets: ['ui:9292']\n")),
    Change(
        "a label", _config("- node-exporter:9100\n", "- node-exporter:9100\n        labels:\n          os: linux\n")
    ),
    Change("rarer scrapes", _config("scrape_interval: 5s", "scrape_interval: 15s")),
    Change(
        "the node exporter is called otherwise",
        _compose("  node-exporter:\n", "  node_exporter:\n"),
        _config("- node-exporter:", "- node_exporter:"),
    ),
    Change(
        "the MongoDB exporter on 9216",
        _compose(_NO_OPLOG, f"{_NO_OPLOG}      - -web.listen-address=:9216\n"),
        _config("- mongodb-exporter:9001", "- mongodb-exporter:9216"),
    ),
    Change("the other alias of the database", _compose("//post_db:", "//comment_db:")),
    Change("the database without its port", _compose("//post_db:27017", "//post_db")),
    Change("probes of other pages", _config("http://ui:9292/healthcheck", "http://ui:9292")),
    Change("a probe without its scheme", _config("http://comment:9292/healthcheck", "comment:9292")),
    Change("another module", _config("[http_2xx]", "[web]"), replace(MODULES, "http_2xx", "web")),
    Change(
        "a step of relabelling spelt out",
        _config(_TO_THE_INSTANCE, f"{_TO_THE_INSTANCE}        regex: (.*)\n        replacement: ${{1}}\n"),
    ),
    Change("prometheus.yml with Windows' line ends", windows(CONFIGURATION)),
    Change(
        "an image that compose builds",
        _make(
            "\tdocker build --tag $(USERNAME)/ui:$(UI_VERSION) src/ui\n",
            "\tcd docker && docker-compose -f docker-compose.yml build ui\n",
        ),
    ),
]
