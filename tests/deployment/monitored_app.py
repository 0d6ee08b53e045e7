"""The small application with a Prometheus and two exporters, to be built and run by the tests of the app tier.

The exporters are one program of plain Python, as the application is; the Prometheus is the real one.
"""

from __future__ import annotations

from .small_app import APP

__all__ = ["COMPOSE", "MONITORED", "PROMETHEUS_CONFIGURATION"]

COMPOSE, PROMETHEUS_CONFIGURATION = "docker/docker-compose.yml", "monitoring/prometheus/prometheus.yml"

_EXPORTER = '''\
"""node: what it sees of /proc and of the root. database: whether one listens at an address."""

import argparse
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

parser = argparse.ArgumentParser()
parser.add_argument("kind")
parser.add_argument("--path.procfs", dest="procfs", default="/proc")
parser.add_argument("--path.rootfs", dest="rootfs", default="/")
parser.add_argument("--port", type=int, default=9100)
parser.add_argument("--address", default="")
args = parser.parse_args()


def values():
    if args.kind == "node":
        return {
            "node_processes": sum(name.isdecimal() for name in os.listdir(args.procfs)),
            "node_is_its_own": int(os.path.exists(f"{args.rootfs}/app/exporter.py")),
        }
    try:
        socket.create_connection((args.address, 27017), 1).close()
    except OSError:
        return {"database_up": 0}
    return {"database_up": 1}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = "".join(f"{name} {value}\\n" for name, value in values().items()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *about):
        pass


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", args.port), Handler).serve_forever()
'''


def _exporter(*words: str) -> dict[str, str]:
    folder = f"monitoring/{words[0]}"
    command = ", ".join(f'"{word}"' for word in ("python3", "/app/exporter.py", *words[1:]))
    return {
        f"{folder}/Dockerfile": f"FROM mongo:7.0\nCOPY exporter.py /app/\nENTRYPOINT [{command}]\nCMD []\n",
        f"{folder}/exporter.py": _EXPORTER,
    }


MONITORED = {
    **{path: content for path, content in APP.items() if not path.startswith(("src/docker-compose", "src/.env"))},
    "docker/.env.example": APP["src/.env.example"],
    COMPOSE: APP["src/docker-compose.yml"]
    .replace("build: ./", "build: ../src/")
    .replace(
        "\nvolumes:\n",
        """\
  prometheus:
    image: ${USERNAME}/prometheus
    ports:
      - "9090:9090"
    volumes:
      - prometheus_data:/prometheus
    command:
      - --config.file=/etc/prometheus/prometheus.yml
      - --storage.tsdb.path=/prometheus
      - --storage.tsdb.retention.time=1d
    networks:
      - back_net
      - front_net
  node-exporter:
    image: ${USERNAME}/node-exporter
    user: root
    pid: host
    volumes:
      - /proc:/host/proc:ro
      - /sys:/host/sys:ro
      - /:/rootfs:ro
    command:
      - --path.procfs=/host/proc
      - --path.rootfs=/rootfs
    networks:
      - back_net
  mongodb-exporter:
    image: ${USERNAME}/mongodb-exporter
    command: --address=comment_db
    networks:
      - back_net

volumes:
  prometheus_data:
""",
        1,
    ),
    "monitoring/prometheus/Dockerfile": (
        "FROM prom/prometheus:v2.42.0\nCOPY prometheus.yml /etc/prometheus/prometheus.yml\n"
    ),
    PROMETHEUS_CONFIGURATION: """\
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets: ["localhost:9090"]
  - job_name: node
    static_configs:
      - targets: ["node-exporter:9100"]
  - job_name: mongodb
    static_configs:
      - targets: ["mongodb-exporter:9216"]
""",
    **_exporter("node-exporter", "node"),
    **_exporter("mongodb-exporter", "database", "--port=9216"),
}
