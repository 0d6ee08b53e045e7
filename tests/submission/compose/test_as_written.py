"""A run of compose that is saved: what it would have said is in the file, and where it may not be, it is asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.submission.compose import loading
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

PLAIN = """\
# what stands in most submissions
x-nothing: &more
  LOG: debug
services:
  ui:
    image: ${USERNAME}/ui:${UI_VERSION:-1.0}
    build: ./ui
    container_name: "${NAME:-ui}"
    environment:
      COST: ${COST:-5}
      FIXED: costs $$5
    command: ["puma", "-w", "${WORKERS:?say how many}"]
    ports:
      - "${UI_PORT}:9292/tcp"
      - ${IP}:${OTHER:-${OLD:-81}}:9293
      - 80:8080
      - 9000
    networks: [front, back]
    depends_on: [db]
  db:
    image: mongo:${MONGO_VERSION}
    environment: *more
    ports: ["1234:27017"]
    command: ["--path", "/$$1"]
    volumes: ["data:/data"]
networks:
  front:
  back: {internal: true}
  unused:
volumes: {data: }
"""
BASE = "services:\n  ui:\n    image: me/ui:$V\n"
OTHERS = {
    "include": f"include: [b.yml]\n{BASE}",
    "extends": f"{BASE}    extends: {{service: b}}\n  b: {{image: x, ports: ['$P:80']}}\n",
    "a profile": f"{BASE}    profiles: [later]\n  b: {{image: '$X'}}\n",
    "a file of labels": f"{BASE}    label_file: labels\n",
    "a merged mapping": f"x-a: &a\n  ports: ['$P:80']\n{BASE}    <<: *a\n",
    "a tag": f"{BASE}    ports: !reset ['$P:80']\n",
    "two documents": f"{BASE}---\n{BASE.replace('$V', '$W')}",
    "a network's name": f"{BASE}networks: {{front: {{name: '$F'}}}}\n",
    "an extension": f"x-a: $A\n{BASE}",
    "environment as a list": f"{BASE}    environment: [A=$A, A=$B]\n",
    "labels as a list": f"{BASE}    labels: ['$A=$B']\n",
    "volumes": f"{BASE}    volumes: ['$A:/a', '$B:/a']\n",
    "a command that is taken apart": f"{BASE}    command: sleep $S\n",
    "a port that is taken apart": f"{BASE}    ports: ['127.0.0.1:80:80']\n",
    "a port with its protocol": f"{BASE}    ports: ['80:80/tcp']\n",
    "several ports": f"{BASE}    ports: ['80-81:80-81']\n",
    "a port in the long form": f"{BASE}    ports: [{{target: 80, published: $P}}]\n",
    "a port twice": f"{BASE}    ports: ['80:80', '$P:80']\n",
    "a number of eights": f"{BASE}    ports: [010]\n",
}
FILES = {"b.yml": "services: {b: {image: '$B'}}\n", "labels": "a=$L\n", ".env.example": "USERNAME=me\nV=1\n"}


class Compose:
    """Counts how often the texts before interpolation are asked of compose."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        template = loading._template

        def count(*arguments: object) -> object:
            self.asked += 1
            return template(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(loading, "_template", count)


@pytest.fixture
def compose(monkeypatch: pytest.MonkeyPatch) -> Compose:
    return Compose(monkeypatch)


def load(folder: Path, text: str) -> ComposeProject:
    for path, content in {**FILES, "docker-compose.yml": text}.items():
        (folder / path).write_text(content)
    return Submission("x", WorkTree(folder)).compose


def said(project: ComposeProject) -> str:
    texts = (project.services, project.networks, list(project.variables.items()), project.undefined, project.raw)
    return re.sub(r"dockerlab-\w{8}", "…", repr(texts))


def test_a_plain_file_says_it_itself(tmp_path: Path, compose: Compose, monkeypatch: pytest.MonkeyPatch) -> None:
    found = load(tmp_path, PLAIN)
    assert compose.asked == 0
    monkeypatch.setattr(loading, "is_as_written", lambda _guarded: False)
    asked = load(tmp_path, PLAIN)
    assert compose.asked == 1
    assert said(found) == said(asked)
    assert [each.text for each in found.services["ui"].port_templates] == [
        "${UI_PORT}:9292/tcp", "${IP}:${OTHER:-${OLD:-81}}:9293", "80:8080", "9000",
    ]  # fmt: skip


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_of_any_other_compose_is_asked(tmp_path: Path, compose: Compose, text: str) -> None:
    load(tmp_path, text)
    assert compose.asked == 1
