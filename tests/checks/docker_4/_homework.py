"""The homework that samples of docker-4 start from, done in the plainest way, and the parts of it that they change."""

from __future__ import annotations

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.testing import Sample, replace

COMPOSE = "src/docker-compose.yml"
OVERRIDE = "src/docker-compose.override.yml"
ENV = "src/.env.example"

BASE = {
    "README.md": """\
# Homework

## docker-4

A compose project is called like its folder. `COMPOSE_PROJECT_NAME` in `.env` gives it another name.
""",
    "src/docker-compose.yml": """\
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
    build: ./ui
    image: ${USERNAME}/ui:${UI_VERSION}
    ports:
      - ${UI_PORT}:9292/tcp
    networks:
      - front_net
  post:
    build: ./post-py
    image: ${USERNAME}/post:${POST_VERSION}
    networks:
      - back_net
      - front_net
  comment:
    build: ./comment
    image: ${USERNAME}/comment:${COMMENT_VERSION}
    networks:
      - back_net
      - front_net

volumes:
  post_db:

networks:
  back_net:
  front_net:
""",
    "src/.env.example": """\
USERNAME=somebody
UI_PORT=9292
UI_VERSION=1.0
POST_VERSION=1.0
COMMENT_VERSION=1.0
MONGO_VERSION=3.2
""",
    "src/docker-compose.override.yml": """\
services:
  ui:
    command: puma --debug -w 2
    volumes:
      - ./ui:/app
  post:
    volumes:
      - ./post-py:/app
  comment:
    command: ["puma", "--debug", "-w", "2"]
    volumes:
      - ./comment:/app
""",
    "src/ui/Dockerfile": """\
FROM debian:bookworm-slim
ENV APP_HOME /app
WORKDIR $APP_HOME
COPY . $APP_HOME
ENV POST_SERVICE_HOST post
ENV POST_SERVICE_PORT 5000
ENV COMMENT_SERVICE_HOST comment
ENV COMMENT_SERVICE_PORT 9292
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

UI_IMAGE = "image: ${USERNAME}/ui:${UI_VERSION}"
UI = f"    {UI_IMAGE}\n"
POST = "    image: ${USERNAME}/post:${POST_VERSION}\n"
COMMENT = "    image: ${USERNAME}/comment:${COMMENT_VERSION}\n"
UI_PORT = "      - ${UI_PORT}:9292/tcp\n"
DB_NETWORKS = "      back_net:\n        aliases:\n          - comment_db\n"

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


def image(kind: str, title: str, entry: str, env: str = "", **expected: str) -> Sample:
    """The image of ui named by ``entry``, with ``env`` in the place of the example's UI_VERSION."""
    edits = [replace(COMPOSE, UI, entry)]
    if env:
        edits.append(replace(ENV, "UI_VERSION=1.0\n", env))
    return Sample(kind, title, edits, **expected)
