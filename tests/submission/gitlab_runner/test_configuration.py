"""The runner's configuration as a model."""

from __future__ import annotations

import dataclasses

import pytest

from pytest_dockerlab.findings import Location, Mismatch
from pytest_dockerlab.submission.gitlab_runner.configuration import duration_seconds, read_configuration
from pytest_dockerlab.submission.gitlab_runner.sections import MachineSection, TokenKind
from pytest_dockerlab.submission.gitlab_runner.tokens import is_literal, kind_of

MACHINE = """\
concurrent = 5
check_interval = 0

[[runners]]
  name = "first"
  executor = "shell"

[[runners]]
  name = "second"
  url = "http://10.0.0.2"
  token = "glrt-0123456789abcdefghij"
  executor = "docker+machine"
  limit = 6
  [runners.docker]
    image = "ruby:2.4"
    volumes = ["/cache", "/certs"]
  [runners.cache]
    Type = "s3"
    ServerAddress = "10.0.0.2:9005"
    SecretKey = "canary-77f0"
  [runners.machine]
    idlecount = 1
    MachineName = "auto-%s"
    MachineDriver = "google"
    MachineOptions = [
      "google-project=docker-000000",

      # a comment
      "google-zone=europe-west1-b",
    ]
    [[runners.machine.autoscaling]]
      Periods = ["* * 9-17 * * mon-fri *"]
      IdleCount = 4
    [[runners.machine.autoscaling]]
      Periods = ["* * * * * sat,sun *"]
      IdleScaleFactor = 1.5
"""
GROUP = """\
[[runners]]
  executor = "instance"
  [runners.autoscaler]
    plugin = "googlecloud"
    max_instances = 3
    [runners.autoscaler.plugin_config]
      name = "group"
      credentials_file = "canary-77f0"
    [[runners.autoscaler.policy]]
      idle_count = 2
      idle_time = "1h0m30s"
"""


def test_every_section_is_where_it_stands() -> None:
    read = read_configuration(MACHINE, "config.toml", first_line=11)
    first, second = read.runners
    assert (read.concurrent, read.check_interval) == (5, 3)
    assert (first.location, second.location) == (Location("config.toml", 14), Location("config.toml", 18))
    assert (second.limit, second.request_concurrency, second.token_kind) == (6, 1, TokenKind.AUTHENTICATION)
    assert second.token_location == Location("config.toml", 21)
    assert second.docker is not None
    assert second.docker.volumes == ("/cache", "/certs")
    machine = second.machine
    assert machine is not None
    assert (machine.idle_count, machine.idle_time, machine.driver) == (1, 0, "google")
    assert machine.options == ("google-project=docker-000000", "google-zone=europe-west1-b")
    assert read.location("runners", 1, "machine", "MachineOptions", 1).line == 39
    assert read.location("runners", 1, "machine", "IdleCount").line == 32
    assert read.location("runners", 1, "machine", "IdleTime") == machine.location
    assert [each.idle_count for each in machine.autoscaling] == [4, 0]
    assert [each.location.line for each in machine.autoscaling] == [41, 44]
    assert machine.autoscaling[1].idle_scale_factor == 1.5


def test_what_is_not_written_has_the_runner_s_defaults() -> None:
    read = read_configuration("[[runners]]\n[runners.machine]\n", "config.toml")
    assert (read.concurrent, read.check_interval) == (1, 3)
    machine = read.runners[0].machine
    assert machine is not None
    assert machine == dataclasses.replace(MachineSection(machine.location))


def test_the_instances_of_a_group() -> None:
    scaler = read_configuration(GROUP, "config.toml").runners[0].autoscaler
    assert scaler is not None
    assert (scaler.plugin, scaler.max_instances, scaler.capacity_per_instance) == ("googlecloud", 3, 0)
    assert scaler.plugin_config == {"name": "group"}
    assert [(each.idle_count, each.idle_time, each.periods) for each in scaler.policies] == [
        (2, 3630.0, ("* * * * *",))
    ]


@pytest.mark.parametrize("text", [MACHINE, GROUP])
def test_no_secret_is_part_of_the_model(text: str) -> None:
    shown = repr(read_configuration(text, "config.toml").runners)
    assert "canary-77f0" not in shown
    assert "glrt-" not in shown


def test_a_value_that_a_template_fills_in_is_a_hole() -> None:
    text = MACHINE.replace("concurrent = 5", "concurrent = {{ jobs }}").replace("limit = 6", "limit = ${limit}")
    read = read_configuration(text.replace('"auto-%s"', '"{{ name }}-%s"'), "config.toml.j2")
    assert read.holes == {("concurrent",), ("runners", 1, "limit")}
    assert read.concurrent == 1
    assert read.runners[1].machine is not None
    assert read.runners[1].machine.machine_name == "{{ name }}-%s"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ("a = 1\n[a]\nb = 1\n", 2), ('a = "x\n', 1), ("[a\n", 1),
        ("a = 1\n\nb = [1,\n\n", 3), ("a = 01\n", 1), ("[[a]]\n[a]\n", 2), ("a = 1 b = 2\n", 1),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line(text: str, line: int) -> None:
    with pytest.raises(Mismatch) as refused:
        read_configuration(text, "config.toml", first_line=5)
    assert refused.value.finding.at == Location("config.toml", 4 + line)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("20m0s", 1200.0), ("1h30m", 5400.0), ("1.5h", 5400.0), ("500ms", 0.5), ("0", 0.0), (10**9, 1.0), ("-1s", -1.0),
     ("20", None), ("20 m", None), ("", None), ("1d", None), (True, None), (1.5, None), ("m", None)],
)  # fmt: skip
def test_durations_are_those_of_go(value: object, seconds: float | None) -> None:
    assert duration_seconds(value) == seconds


@pytest.mark.parametrize(
    ("token", "kind", "literal"),
    [
        ("glrt-0123456789abcdefghij", TokenKind.AUTHENTICATION, True),
        ("glrt-t1_0123456789abcdefghij", TokenKind.AUTHENTICATION, True),
        ("be2265a1" + "7" * 22, TokenKind.AUTHENTICATION, True),
        ("Zz0123456789abcdefgh", TokenKind.AUTHENTICATION, True),
        ("GR13489410123456789abcdefghi", TokenKind.REGISTRATION, True),
        ("glpat-0123456789abcdefghij", TokenKind.ACCESS, True),
        ("REGISTRATION_TOKEN", TokenKind.REGISTRATION, False),
        ("<your registration token>", TokenKind.REGISTRATION, False),
        ("$REGISTRATION_TOKEN", TokenKind.REGISTRATION, False),
        ("$CI_SERVER_TOKEN", TokenKind.PLACEHOLDER, False),
        ("{{ runner_token }}", TokenKind.PLACEHOLDER, False),
        ("glrt-XXXXXXXXXXXXXXXXXXXX", TokenKind.AUTHENTICATION, False),
        ("TOKEN", TokenKind.PLACEHOLDER, False),
        ("xxxxxxxxxxxxxxxxxxxx", TokenKind.PLACEHOLDER, False),
        ("", TokenKind.ABSENT, False),
        (None, TokenKind.ABSENT, False),
    ],
)
def test_a_token_is_told_by_its_form(token: str | None, kind: TokenKind, literal: bool) -> None:
    assert (kind_of(token), is_literal(token)) == (kind, literal)
