"""What docker-autoscaler and instance need to scale a group of instances, and what keeps them from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.sections import RunnerSection
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["instance_problems", "instance_remarks"]

_PLUGINS = re.compile(r"(?:^|/|fleeting-plugin-)(?:aws|googlecloud|googlecompute|azure)(?::|$)")
_GROUP = re.compile(
    r'^[ \t]{0,40}resource[ \t]{1,10}"(?:aws_autoscaling_group|google_compute_autoscaler)"', re.MULTILINE
)
_NONE = re.compile(r"^[ \t]{0,40}(?:max_size|max_replicas)[ \t]{0,40}=[ \t]{0,40}0[ \t]{0,40}(?:#.*)?$", re.MULTILINE)


def instance_problems(submission: Submission, configuration: RunnerConfiguration, index: int) -> Iterator[Finding]:
    """Why this runner would get no instances, or fewer than it asks for."""
    runner, path = configuration.runners[index], ("runners", index, "autoscaler")
    scaler = runner.autoscaler
    if scaler is None:
        if configuration.may_have(*path):
            return
        yield Finding(
            _("the runner knows which group of instances to scale"),
            _("no [runners.autoscaler]"),
            runner.location,
            _("add [runners.autoscaler] with plugin, max_instances and [runners.autoscaler.plugin_config]"),
        )
        return
    if scaler.plugin is None and not configuration.may_have(*path, "plugin"):
        yield Finding(
            _("a plugin creates the instances"), _("no plugin"), configuration.location(*path, "plugin"),
            _('name it: plugin = "googlecloud"'),
        )  # fmt: skip
    is_known = scaler.plugin is not None and _PLUGINS.search(scaler.plugin) is not None
    if is_known and not (scaler.plugin_config or {}).get("name") and not configuration.may_have(*path, "plugin_config"):
        yield Finding(
            _("the plugin knows which group of instances to scale"),
            _("no name in [runners.autoscaler.plugin_config]"),
            configuration.location(*path, "plugin_config"),
            _('add name = "<your instance group>"'),
        )
    capacity = max(1, scaler.capacity_per_instance)
    jobs = scaler.max_instances * capacity
    if runner.limit and jobs and runner.limit < min(jobs, configuration.concurrent):
        yield Finding(
            _("limit leaves room for every instance"),
            _("limit is {limit}, and {instances} instances take {jobs} jobs",
              limit=runner.limit, instances=scaler.max_instances, jobs=jobs),
            configuration.location("runners", index, "limit"),
            _("take limit away, or make it {jobs}", jobs=jobs),
        )  # fmt: skip
    if scaler.max_instances < 0:
        yield Finding(
            _("max_instances is the most instances, 0 for any number"),
            scaler.max_instances,
            configuration.location(*path, "max_instances"),
            _("write how many there may be"),
        )
    yield from _empty_groups(submission)


def _empty_groups(submission: Submission) -> Iterator[Finding]:
    """The groups in Terraform that may have no instance."""
    for path in submission.tree.files:
        if not path.endswith(".tf"):
            continue
        try:
            text = submission.tree.text(path).content
        except RefusedPath:
            continue
        if _GROUP.search(text) and (empty := _NONE.search(text)):
            yield Finding(
                _("the group of instances may grow"),
                empty[0].strip(),
                Location(path, text.count("\n", 0, empty.start()) + 1),
                _("write how many instances there may be: as many as max_instances"),
            )


def instance_remarks(configuration: RunnerConfiguration, runner: RunnerSection) -> Iterator[Message]:
    """How concurrent, max_instances and the policies go together."""
    scaler = runner.autoscaler
    if scaler is None or configuration.holes:
        return
    place, jobs = str(scaler.location), scaler.max_instances * max(1, scaler.capacity_per_instance)
    if not jobs:
        yield _("{place}: without max_instances only concurrent bounds them", place=place)
    elif jobs > configuration.concurrent:
        yield _("{place}: all instances take {jobs} jobs, and concurrent is {concurrent}",
                place=place, jobs=jobs, concurrent=configuration.concurrent)  # fmt: skip
    for policy in scaler.policies:
        if jobs and policy.idle_count > jobs:
            yield _("{place}: idle_count counts jobs: {idle} are more than all instances take",
                    place=str(policy.location), idle=policy.idle_count)  # fmt: skip
