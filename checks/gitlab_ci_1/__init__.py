"""Homework 19, gitlab-ci-1: GitLab CI, autoscaling runner."""

from pytest_dockerlab.homework import Homework

HOMEWORK = Homework(
    "gitlab-ci-1",
    19,
    "GitLab CI, autoscaling runner",
    items=(
        "pipeline-file",
        "tests-in-repo",
        "server",
        "runner",
        "runner-registration",
        "runner-config",
        "autoscaling",
        "autoscaling-model",
        "registry-mirror",
        "cache",
        "credentials",
        "slack",
        "vm",
        "address",
        "instance",
        "runner-online",
        "pipeline-passed",
        "ci-lint",
        "scale-up",
        "scale-history",
        "runner-metrics",
        "mirror-live",
        "cache-live",
        "slack-live",
    ),
    aliases=("docker-6",),
)
