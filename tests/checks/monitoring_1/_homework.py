"""The homework that samples of monitoring-1 start from, done in the plainest way, and the parts that they change."""

from __future__ import annotations

import pytest

from pytest_dockerlab import tools

COMPOSE = "docker/docker-compose.yml"
ENV = "docker/.env.example"
DOCKERFILE = "monitoring/prometheus/Dockerfile"
CONFIGURATION = "monitoring/prometheus/prometheus.yml"

BASE = {
    "README.md": """\
# Homework

## monitoring-1

The images: <https://hub.docker.com/u/somebody>
""",
    ".gitignore": ".env\n",
    COMPOSE: """\
services:
  post_db:
    image: mongo:${MONGO_VERSION}
    volumes:
      - post_db:/data/db
    networks:
      back_net:
        aliases:
          - comment_db
  ui:
    image: ${USERNAME}/ui:${UI_VERSION}
    ports:
      - ${UI_PORT}:9292/tcp
    networks:
      - front_net
  post:
    image: ${USERNAME}/post:${POST_VERSION}
    networks:
      - back_net
      - front_net
  comment:
    image: ${USERNAME}/comment:${COMMENT_VERSION}
    networks:
      - back_net
      - front_net
  prometheus:
    image: ${USERNAME}/prometheus
    ports:
      - 9090:9090
    volumes:
      - prometheus_data:/prometheus
    command:
      - --config.file=/etc/prometheus/prometheus.yml
      - --storage.tsdb.path=/prometheus
      - --storage.tsdb.retention=1d
    networks:
      - back_net
      - front_net
  node-exporter:
    image: prom/node-exporter:v0.15.2
    user: root
    volumes:
      - /proc:/host/proc:ro
      - /sys:/host/sys:ro
      - /:/rootfs:ro
    command:
      - --path.procfs=/host/proc
      - --path.sysfs=/host/sys
      - --collector.filesystem.ignored-mount-points="^/(sys|proc|dev|host|etc)($$|/)"
    networks:
      - back_net
  mongodb-exporter:
    image: percona/mongodb_exporter:0.30.0
    environment:
      MONGODB_URI: mongodb://post_db:27017
    networks:
      - back_net
  blackbox-exporter:
    image: prom/blackbox-exporter:v0.14.0
    networks:
      - back_net
      - front_net

volumes:
  post_db:
  prometheus_data:

networks:
  back_net:
  front_net:
""",
    ENV: """\
USERNAME=somebody
UI_PORT=9292
UI_VERSION=1.0
POST_VERSION=1.0
COMMENT_VERSION=1.0
MONGO_VERSION=3.2
""",
    DOCKERFILE: """\
FROM prom/prometheus:v2.1.0
COPY prometheus.yml /etc/prometheus/
""",
    CONFIGURATION: """\
---
global:
  scrape_interval: 5s

scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets:
          - localhost:9090

  - job_name: ui
    static_configs:
      - targets:
          - ui:9292

  - job_name: comment
    static_configs:
      - targets:
          - comment:9292

  - job_name: node
    static_configs:
      - targets:
          - node-exporter:9100

  - job_name: mongodb
    static_configs:
      - targets:
          - mongodb-exporter:9216

  - job_name: blackbox
    metrics_path: /probe
    params:
      module: [http_2xx]
    static_configs:
      - targets:
          - http://ui:9292
          - http://comment:9292/healthcheck
          - http://post:5000/healthcheck
    relabel_configs:
      - source_labels: [__address__]
        target_label: __param_target
      - source_labels: [__param_target]
        target_label: instance
      - target_label: __address__
        replacement: blackbox-exporter:9115
""",
    "src/ui/Dockerfile": """\
FROM debian:bookworm-slim
WORKDIR /app
COPY . /app
ENV POST_SERVICE_HOST=post POST_SERVICE_PORT=5000 COMMENT_SERVICE_HOST=comment COMMENT_SERVICE_PORT=9292
CMD ["puma"]
""",
    "src/ui/app.rb": "# ui\n",
    "src/post-py/Dockerfile": """\
FROM debian:bookworm-slim
WORKDIR /app
COPY . /app
ENV POST_DATABASE_HOST post_db
ENTRYPOINT ["python3", "post_app.py"]
""",
    "src/post-py/post_app.py": "# post\n",
    "src/comment/Dockerfile": """\
FROM debian:bookworm-slim
WORKDIR /app
COPY . /app
ENV COMMENT_DATABASE_HOST=comment_db COMMENT_DATABASE=comments
CMD ["puma"]
""",
    "src/comment/app.rb": "# comment\n",
}

PROMETHEUS_COMMAND = """\
    command:
      - --config.file=/etc/prometheus/prometheus.yml
      - --storage.tsdb.path=/prometheus
      - --storage.tsdb.retention=1d
"""
PROMETHEUS_NETWORKS = f"{PROMETHEUS_COMMAND}    networks:\n      - back_net\n      - front_net\n"
NODE_COMMAND = """\
    command:
      - --path.procfs=/host/proc
      - --path.sysfs=/host/sys
      - --collector.filesystem.ignored-mount-points="^/(sys|proc|dev|host|etc)($$|/)"
"""

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
needs_promtool = pytest.mark.skipif(tools.find("promtool") is None, reason="no promtool here")
needs_both = pytest.mark.skipif(
    tools.compose_command() is None or tools.find("promtool") is None, reason="no Docker Compose or no promtool here"
)
