"""Configurations of runners that several items' samples start from, and edits of the plain one."""

from __future__ import annotations

from pytest_dockerlab.testing import Edit, replace, write

from ._homework import COMPOSE, CONFIG, CONFIGURATION

TEXT = CONFIG[CONFIGURATION]
FLAT = """\
  [runners.cache]
    Type = "s3"
    Shared = true
    ServerAddress = "10.132.0.2:9005"
    AccessKey = "$CACHE_ACCESS_KEY"
    SecretKey = "$CACHE_SECRET_KEY"
    BucketName = "runner"
    Insecure = true
"""
NESTED = TEXT[TEXT.index("  [runners.cache]") : TEXT.index("  [runners.machine]")]
GROUP = """\
concurrent = 10

[[runners]]
  name = "group"
  url = "https://gitlab.somebody.ru"
  token = "$RUNNER_TOKEN"
  executor = "docker-autoscaler"
  [runners.docker]
    image = "ruby:2.4.2"
  [runners.autoscaler]
    plugin = "googlecloud"
    capacity_per_instance = 1
    max_use_count = 1
    max_instances = 10
    [runners.autoscaler.plugin_config]
      name = "ci-instances"
      project = "docker-000000"
      zone = "europe-west1-b"
    [[runners.autoscaler.policy]]
      idle_count = 5
      idle_time = "20m0s"
"""


def edit(old: str, new: str) -> Edit:
    """An edit of the configuration."""
    return replace(CONFIGURATION, old, new)


def of_version(tag: str) -> Edit:
    """The runner of another version."""
    return replace(COMPOSE, "gitlab-runner:v18.5.0", f"gitlab-runner:{tag}")


def in_readme(text: str, fence: str = "") -> Edit:
    """The configuration in a block of the README."""
    return write("README.md", f"# HW19\n\nThe runner:\n`config.toml`:\n```{fence}\n{text}```\nand it starts.\n")
