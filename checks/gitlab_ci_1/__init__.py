"""Homework 19, gitlab-ci-1: GitLab CI, autoscaling runner."""

from pytest_dockerlab.homework import Homework, planned

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
        planned("pipeline-passed", "the branch's newest pipeline passed and ran its tests", tier="remote"),
        "ci-lint",
        planned("scale-up", "a burst of pipelines runs on more than one machine", level="optional", tier="remote"),
        planned(
            "scale-history", "past jobs ran on several machines, within the limit", level="optional", tier="remote"
        ),
        "runner-metrics",
        "mirror-live",
        "cache-live",
        "slack-live",
    ),
    aliases=("docker-6",),
)
