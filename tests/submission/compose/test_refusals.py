"""What compose says of a project with several mistakes does not depend on which it met first."""

from __future__ import annotations

import pytest

from pytest_dockerlab.submission.compose.refusals import steady
from pytest_dockerlab.submission.text.yamldoc import YamlDoc, YamlFiles

PROJECT = """\
services:
  db:
    image: mongo
    networks: [default, back_net]
  post:
    image: post
    depends_on: [cache, db]
    networks:
      front_net: {aliases: [p]}
      known:
  ui:
    image: ui
    depends_on: {queue: {condition: service_started}}
    networks: [front_net]
networks:
  known:
"""


def said(message: str, text: str = PROJECT) -> str:
    return steady(message, YamlFiles([YamlDoc("docker-compose.yml", text)]))


@pytest.mark.parametrize(("service", "name"), [("db", "back_net"), ("post", "front_net"), ("ui", "front_net")])
def test_of_several_networks_the_first_in_the_file_is_named(service, name):
    message = f'service "{service}" refers to undefined network {name}: invalid compose project'
    assert said(message) == 'service "db" refers to undefined network back_net: invalid compose project'


@pytest.mark.parametrize(("service", "name"), [("post", "cache"), ("ui", "queue")])
def test_so_it_is_with_services(service, name):
    message = f'service "{service}" depends on undefined service "{name}": invalid compose project'
    assert said(message) == 'service "post" depends on undefined service "cache": invalid compose project'


@pytest.mark.parametrize(
    "message",
    [
        'service "ui" refers to undefined network from_a_variable: invalid compose project',  # not in the file so
        'service "ui" refers to undefined volume data: invalid compose project',
        "dependency cycle detected: ui -> post -> ui",
    ],
)
def test_what_is_not_known_to_be_one_of_several_stays(message):
    assert said(message) == message
    assert said(message, "services:") == message
