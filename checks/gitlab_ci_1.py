"""Homework 19, gitlab-ci-1: GitLab CI, autoscaling runner."""

from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("gitlab-ci-1", 19, "GitLab CI, autoscaling runner", aliases=("docker-6",))

pipeline_file = planned("gitlab-ci-1/pipeline-file", ".gitlab-ci.yml is valid and its jobs fit its stages")
tests_in_repo = planned("gitlab-ci-1/tests-in-repo", "a test job runs the app's tests with their database")
server = planned("gitlab-ci-1/server", "GitLab is defined: image, URL, three ports, three volumes", level="advisory")
runner = planned("gitlab-ci-1/runner", "the runner is defined: container, volume, restart policy", level="advisory")
runner_registration = planned(
    "gitlab-ci-1/runner-registration", "the runner is registered by script, with no token in it", level="optional"
)
runner_config = planned("gitlab-ci-1/runner-config", "config.toml is valid for the runner's version", level="optional")
autoscaling = planned("gitlab-ci-1/autoscaling", "the runner creates machines as jobs need them", level="optional")
autoscaling_model = planned(
    "gitlab-ci-1/autoscaling-model", "a simulated burst of jobs scales up and back down", level="optional"
)
registry_mirror = planned(
    "gitlab-ci-1/registry-mirror", "the registry mirror that is started is also used", level="advisory"
)
cache = planned("gitlab-ci-1/cache", "the shared cache is set in the form this runner reads", level="advisory")
credentials = planned(
    "gitlab-ci-1/credentials", "cloud credentials are mounted and no secret is committed", level="advisory"
)
slack = planned("gitlab-ci-1/slack", "a Slack integration is shown", level="optional")
vm = planned("gitlab-ci-1/vm", "the VM is large enough and has Docker installed", tier="remote")
address = planned(
    "gitlab-ci-1/address", "external_url is the address GitLab is reached at", level="advisory", tier="remote"
)
instance = planned("gitlab-ci-1/instance", "GitLab answers and is ready", tier="remote")
runner_online = planned(
    "gitlab-ci-1/runner-online", "a runner of this project is online and takes its jobs", tier="remote"
)
pipeline_passed = planned(
    "gitlab-ci-1/pipeline-passed", "the branch's newest pipeline passed and ran its tests", tier="remote"
)
ci_lint = planned("gitlab-ci-1/ci-lint", "GitLab's own lint accepts .gitlab-ci.yml", level="advisory", tier="remote")
scale_up = planned(
    "gitlab-ci-1/scale-up", "a burst of pipelines runs on more than one machine", level="optional", tier="remote"
)
scale_history = planned(
    "gitlab-ci-1/scale-history", "past jobs ran on several machines, within the limit", level="optional", tier="remote"
)
runner_metrics = planned(
    "gitlab-ci-1/runner-metrics", "the runner's metrics show machines within the limit", level="optional", tier="remote"
)
mirror_live = planned(
    "gitlab-ci-1/mirror-live", "the registry mirror answers and has cached something", level="optional", tier="remote"
)
cache_live = planned(
    "gitlab-ci-1/cache-live", "the shared cache answers and holds the runner's objects", level="optional", tier="remote"
)
slack_live = planned(
    "gitlab-ci-1/slack-live", "the project's Slack integration is active", level="optional", tier="remote"
)
