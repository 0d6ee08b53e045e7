"""docker-4/app: projects that come up and keep a post, and those that do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_4.app import app
from pytest_dockerlab.testing import Edit, Sample, replace, sample_tests, write

from ...deployment.small_app import APP, in_another_way
from .._app import FIXTURES, AppChecks, said, submission

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

COMPOSE, UI, POST = "src/docker-compose.yml", "src/ui/Dockerfile", "src/post-py/Dockerfile"
OTHER_FORMS = """\
x-wait: &wait {interval: 1s, timeout: 5s, retries: 30, start_period: 1s}
services:
  mongo_db:
    image: mongo:${MONGO_VERSION-7.0}
    networks: {back: {aliases: [comment_db, post_db]}}
    volumes: [{type: volume, source: data, target: /data/db}]
    healthcheck: {<<: *wait, test: "python3 -c 'import socket; socket.create_connection((\\"localhost\\", 27017))'"}
  frontend:
    build:
      context: ./ui
      dockerfile: ./Dockerfile
      target: last
      args: [version=7.0]
    env_file: [ui.env]
    links: ["post-service:letters"]
    ports: [{target: 9292, published: "${UI_PORT:-9292}", protocol: tcp}]
    depends_on: {post-service: {condition: service_healthy}, comment-service: {condition: service_started}}
    networks: [front]
  post-service:
    build: post-py
    restart: always
    init: true
    healthcheck: {<<: *wait, test: [CMD, python3, -c, "import urllib.request as r; r.urlopen('http://localhost:5000')"]}
    depends_on: {mongo_db: {condition: service_healthy}}
    networks: {front: , back: }
  comment-service:
    build: {context: "comment"}
    container_name: talk
    user: "65534"
    read_only: true
    cap_drop: [ALL]
    tmpfs: /tmp
    networks: {front: , back: }
  once:
    image: mongo:7.0
    command: "true"
networks: {front: , back: {internal: true}}
volumes: {data: }
"""
MONITORING = """\
  prometheus: {image: "${USERNAME}/prometheus", ports: ["9090:9090"]}
  node-exporter: {image: "localhost:1/prom/node-exporter:v1.5.0", network_mode: host, volumes: ["/:/rootfs"]}

volumes:
"""


def with_settings(service: str, text: str) -> Edit:
    """One service of the compose file with other settings."""
    before = {"ui": "./ui", "post": "./post-py", "comment": "./comment"}[service]
    return replace(COMPOSE, f"    build: {before}\n", text)


test_right = sample_tests(
    "docker-4/app",
    APP,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "other service names, links, an env file, health checks that others wait for, build with everything in it",
            [
                write(
                    "src/ui/Dockerfile",
                    in_another_way(APP[UI]).replace("FROM mongo:${version}", "FROM mongo:7.0 AS Last"),
                ),
                write("src/ui.env", "POST_SERVICE_HOST=letters\nCOMMENT_SERVICE_HOST='talk'\n"),
                write(COMPOSE, OTHER_FORMS),
            ],
        ),
        Sample(
            "unusual",
            "one file with Prometheus and exporters, whose images are nowhere: the application does without",
            [
                with_settings("ui", "    build: ./ui\n    depends_on: [prometheus]\n"),
                replace(COMPOSE, "\nvolumes:\n", MONITORING),
            ],
        ),
    ],
    asked_by="ask_app",
)


test_wrong = sample_tests(
    "docker-4/app",
    APP,
    [
        Sample(
            "fails",
            "ui waits for the health of a service that has no health check",
            [with_settings("ui", "    build: ./ui\n    depends_on: {post: {condition: service_healthy}}\n")],
            file=COMPOSE,
            line="  ui:",
            says="the application starts | dependency failed to start: container post has no healthcheck configured",
            findings=1,
        ),
        Sample(
            "fails",
            "a line of a Dockerfile is broken",
            [replace(POST, "COPY . .\n", "COPY . .\nRUN pip3 install -r requirements.txt\n")],
            file=POST,
            line="RUN pip3",
            says="pip3: not found",
            findings=1,
        ),
        Sample(
            "fails",
            "post ends at once",
            [with_settings("post", "    build: ./post-py\n    command: [puma, --prot, '80']\n")],
            file=COMPOSE,
            line="    command:",
            says="post stays up | service.py: error: unrecognized arguments: --prot 80",
            findings=1,
        ),
        Sample(
            "fails",
            "post restarts for ever",
            [with_settings("post", "    build: ./post-py\n    restart: always\n    command: ['false']\n")],
            file=COMPOSE,
            line="    command:",
            says="it keeps exiting",
            findings=1,
        ),
        Sample(
            "fails",
            "a first health check that fails, and all after it",
            [
                with_settings(
                    "comment",
                    "    build: ./comment\n"
                    "    healthcheck: {test: 'echo not well; exit 1', interval: 1s, retries: 1}\n",
                )
            ],
            file=COMPOSE,
            line="healthcheck:",
            says="its health check fails: not well",
            findings=1,
        ),
    ],
    asked_by="ask_app_soon",
)


test_never_up = sample_tests(
    "docker-4/app",
    APP,
    [
        Sample(
            "fails",
            "ui asks for a name that nobody has on its network",
            [replace(UI, "COMMENT_SERVICE_HOST=comment", "COMMENT_SERVICE_HOST=comments")],
            file=COMPOSE,
            says="what it depends on: post: 1, comment: 0",
            findings=1,
        ),
    ],
    asked_by="ask_app_never_up",
)


@pytest.mark.sample("docker-4/app", "unusual")
def test_a_service_that_ends_until_its_database_is_there(checks: AppChecks, tmp_path: Path) -> None:
    """It is started again, as its compose file wants it, and that is all right."""
    image = "    image: mongo:${MONGO_VERSION}\n"
    connect = 'import socket; socket.create_connection(("post_db", 27017), 2)'
    edits = [
        replace(COMPOSE, image, f"{image}    entrypoint: sh -c 'sleep 3; exec mongod --bind_ip_all'\n"),
        with_settings("post", "    build: ./post-py\n    restart: always\n"),
        replace("src/post-py/puma", "exec ", f"python3 -c '{connect}' || exit 1\nexec "),
    ]
    result = checks.run(app, submission(tmp_path, APP, edits))
    assert str(result.verdict) == "passed", said(result)


@pytest.mark.sample("docker-4/app", "unusual")
def test_read_only_a_link_that_leads_up_and_a_first_check_that_fails(checks: AppChecks, tmp_path: Path) -> None:
    settings = """\
    read_only: true
    tmpfs: [/tmp]
    volumes: ["./comment/VERSION:/version:ro", "./comment:/more:ro"]
    healthcheck:
      test: "[ -e /tmp/asked ] || { touch /tmp/asked; exit 1; }"
      interval: 2s
      retries: 1
"""
    homework = submission(tmp_path, APP, [with_settings("comment", f"    build: ./comment\n{settings}")])
    (tmp_path / "src/comment/README.md").symlink_to("../../README.md")
    result = checks.run(app, homework)
    assert str(result.verdict) == "passed", said(result)
