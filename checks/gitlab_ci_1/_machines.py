"""What docker+machine needs to create machines: a driver, options that it knows, and names that are unique."""

from __future__ import annotations

import difflib
import re
from types import NoneType
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._readable import TOLD_BY
from pytest_dockerlab.findings import Finding, Unverified
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.template import is_open
from pytest_dockerlab.submission.text.secrets import is_random

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.sections import MachineSection, RunnerSection
    from pytest_dockerlab.submission.gitlab_runner.tomldoc import Key
    from pytest_dockerlab.submission.gitlab_runner.versions import RunnerVersion
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["machine_problems", "machine_remarks"]

# docker-machine's own drivers; others come as programs of their own.
_DRIVERS = ("amazonec2", "azure", "digitalocean", "exoscale", "generic", "google", "hyperv", "openstack", "rackspace",
            "softlayer", "virtualbox", "vmwarefusion", "vmwarevcloudair", "vmwarevsphere")  # fmt: skip
# How people call the clouds otherwise.
_CLOUDS = {"gce": ["google"], "gcp": ["google"], "googlecloud": ["google"], "aws": ["amazonec2"], "ec2": ["amazonec2"],
           "azurerm": ["azure"]}  # fmt: skip
_OF_ENGINE = ("engine-env", "engine-insecure-registry", "engine-install-url", "engine-label", "engine-opt",
              "engine-registry-mirror", "engine-storage-driver")  # fmt: skip
_COMMON = ("engine-", "swarm", "tls-san", "custom-install-script", "native-ssh")
_NAME = re.compile(r"[a-zA-Z0-9.-]*")
_OF_GOOGLE = re.compile(r"[a-z0-9-]*")
_LONGEST = 63
# runner-<token>- before the template, and seconds-random for %s: 1519281417-b8c4439c
_AROUND = len("runner--") + len("1519281417-b8c4439c")


def machine_problems(
    submission: Submission, configuration: RunnerConfiguration, index: int, version: RunnerVersion
) -> Iterator[Finding]:
    """Why this runner would create no machines, or two of one name."""
    runner, path = configuration.runners[index], ("runners", index, "machine")
    machine = runner.machine
    for key, kind in ((path, dict), ((*path, "MachineOptions"), list)):
        if not isinstance(configuration.written(*key), (kind, NoneType)) and not configuration.may_have(*key):
            at = configuration.location(*key)
            raise Unverified(_("the runner does not read it in this form"), told_by=TOLD_BY, at=at)
    if machine is None:
        if configuration.may_have(*path):
            return
        yield Finding(
            _("the runner knows how to create machines"),
            _("no [runners.machine]"),
            runner.location,
            _("add [runners.machine] with IdleCount, MachineDriver, MachineName and MachineOptions"),
        )
        return
    yield from _name(configuration, machine, path, version)
    yield from _driver(submission, configuration, machine, path)
    yield from _options(configuration, machine, path)


def machine_remarks(configuration: RunnerConfiguration, runner: RunnerSection) -> Iterator[Message]:
    """How concurrent, limit and IdleCount go together."""
    machine, jobs, limit = runner.machine, configuration.concurrent, runner.limit
    if machine is None or configuration.holes:
        return
    if limit > jobs:
        yield _("{place}: limit {limit}, concurrent {jobs}: at most {jobs} jobs run, on up to {machines} machines",
                place=str(runner.location), limit=limit, jobs=jobs,
                machines=min(limit, jobs + machine.idle_count))  # fmt: skip
    elif not limit and not machine.idle_count:
        yield _("{place}: without a limit there are as many machines as jobs: at most {jobs}",
                place=str(runner.location), jobs=jobs)  # fmt: skip
    if limit and machine.idle_count > limit:
        yield _("{place}: IdleCount {idle} is above limit {limit}, which counts idle machines too",
                place=str(machine.location), idle=machine.idle_count, limit=limit)  # fmt: skip


def _name(
    configuration: RunnerConfiguration, machine: MachineSection, path: tuple[Key, ...], version: RunnerVersion
) -> Iterator[Finding]:
    at = configuration.location(*path, "MachineName")
    name = machine.machine_name
    if name is None:
        if not configuration.may_have(*path, "MachineName"):
            yield Finding(
                _("each machine has a name of its own"), _("no MachineName"), at,
                _('add MachineName = "gitlab-runner-%s"'),
            )  # fmt: skip
        return
    if is_open(name):
        return
    verbs = re.findall(r"%.?", name.replace("%%", ""))
    if verbs != ["%s"]:
        yield Finding(
            _("each machine has a name of its own: MachineName has one %s, for what is unique"),
            name,
            at,
            _('write it like "gitlab-runner-%s"'),
        )
        return
    text = name.replace("%s", "").replace("%%", "%")
    allowed = _OF_GOOGLE if machine.driver == "google" else _NAME
    if not allowed.fullmatch(text):
        yield Finding(
            _("the names of machines are of small letters, digits and dashes"),
            name,
            at,
            _('write it like "gitlab-runner-%s"'),
        )
    token = 8 if version < (15, 9, 0) else 9
    length = _AROUND + token + len(text)
    if length > _LONGEST:
        yield Finding(
            _("the names of machines have at most {most} characters", most=_LONGEST),
            _("{name} becomes {length}: runner-<token>-{name}, with seconds and a random number for %s",
              name=name[:100], length=length),
            at,
            _("shorten it to {most} characters beside %s", most=_LONGEST - _AROUND - token),
        )  # fmt: skip


def _driver(
    submission: Submission, configuration: RunnerConfiguration, machine: MachineSection, path: tuple[Key, ...]
) -> Iterator[Finding]:
    at = configuration.location(*path, "MachineDriver")
    driver = machine.driver
    if driver is None:
        if not configuration.may_have(*path, "MachineDriver"):
            yield Finding(
                _("the machines have a driver"), _("no MachineDriver"), at,
                _('name who makes them: MachineDriver = "google"'),
            )  # fmt: skip
        return
    if driver not in _DRIVERS and not is_open(driver):
        near = _CLOUDS.get(driver.lower()) or difflib.get_close_matches(driver.lower()[:40], _DRIVERS, n=1, cutoff=0.8)
        if near:
            yield Finding(_("docker-machine knows the driver"), driver, at, _("write {near}", near=near[0]))
        return
    if driver == "google" and not _is_project_known(submission, configuration, machine, path):
        yield Finding(
            _("the driver google knows in which project"),
            _("no google-project among MachineOptions"),
            configuration.location(*path, "MachineOptions"),
            _('add "google-project=<your project>", or set GOOGLE_PROJECT for the runner\'s container'),
        )


def _is_project_known(
    submission: Submission, configuration: RunnerConfiguration, machine: MachineSection, path: tuple[Key, ...]
) -> bool:
    is_open_list = configuration.may_have(*path, "MachineOptions") or any(map(is_open, machine.options))
    is_named = any(each.lstrip("-").startswith("google-project=") for each in machine.options)
    return (
        is_named
        or is_open_list
        or any("GOOGLE_PROJECT" in each.environment for each in submission.gitlab_setup.runners)
    )


def _options(configuration: RunnerConfiguration, machine: MachineSection, path: tuple[Key, ...]) -> Iterator[Finding]:
    for number, option in enumerate(machine.options):
        at = configuration.location(*path, "MachineOptions", number)
        if is_open(option):
            continue
        before = option.partition("=")[0]
        words = before.split()
        name = words[0][:80] if words else ""  # what is behind it may be a key of the cloud
        if option.startswith("-"):
            meant = name.lstrip("-") + ("=…" if len(words) > 1 else "")
            yield Finding(
                _("MachineOptions are without dashes, which the runner adds"), name, at,
                _("write {option}", option=meant),
            )  # fmt: skip
        elif len(words) > 1:
            yield Finding(
                _("an option and its value are one text, with = between them"), name, at,
                _('write it like "google-zone=europe-west1-b"'),
            )  # fmt: skip
        elif name.startswith("engine-") and name not in _OF_ENGINE:
            near = difflib.get_close_matches(name[:60], _OF_ENGINE, n=1)
            yield Finding(
                _("docker-machine knows the option"), name, at,
                _("write {near}", near=near[0]) if near else _("write one of {names}", names=list(_OF_ENGINE)),
            )  # fmt: skip
        elif machine.driver in _DRIVERS and not before.startswith((f"{machine.driver}-", *_COMMON)):
            yield Finding(
                _("the driver {driver} knows the option", driver=machine.driver),
                _("text") if is_random(name) else name, at,
                _("its options begin with {prefix}", prefix=f"{machine.driver}-"),
            )  # fmt: skip
