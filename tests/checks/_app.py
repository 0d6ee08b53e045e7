"""How a check of the app tier is called on a submission in a folder, as its fixtures would have it."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.course import Course
from pytest_dockerlab.deployment.applications import Applications
from pytest_dockerlab.deployment.builds.contract import BuildLimits
from pytest_dockerlab.deployment.builds.images import Images
from pytest_dockerlab.deployment.patience import Patience
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import Labels
from pytest_dockerlab.engine.owned.limits import AppLimits
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.homework import Item, item_of
from pytest_dockerlab.messages import text
from pytest_dockerlab.options import Settings
from pytest_dockerlab.plans.applications.plan import AppPlan
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, ask, write_homework
from pytest_dockerlab.testing import said as said_by

from ..engine.killing import eventually

__all__ = ["FIXTURES", "AppChecks", "app_checks", "require_image", "said", "submission", "wait_until_all_listen"]

FIXTURES = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
"""The ``pytest_plugins`` of a module with such tests."""


class AppChecks:
    """Calls checks. The images of one submission are built once, whatever its files are: they are known by these.

    :ivar course: the course's settings.
    :ivar limits: what an application may take.
    :ivar patience: how long it is waited for.
    :ivar given: parameters of checks of their own.
    :ivar is_started: called with every application once its containers run, before it is asked anything.
    """

    def __init__(self, host: DockerHost, run_id: str, limits: BuildLimits) -> None:
        self.host = host
        self.run_id = run_id
        self.images = Images(host, Labels.of_run(run_id), limits)
        self.course = Course()
        self.limits = AppLimits()
        self.patience = Patience()
        self.is_started: Callable[[Deployment], None] = lambda _deployment: None
        self.given: dict[str, Any] = {}

    def copy(self) -> AppChecks:
        """The same with settings of its own, and the same images."""
        copied = copy.copy(self)
        copied.given = dict(self.given)
        return copied

    def run(self, check: Callable[..., object], submission: Submission, *, url: str | None = None) -> ItemResult:
        """The result of one check, given as its function."""
        item = item_of(check)
        assert item is not None
        return self.ask(item, submission, url=url)

    def ask(self, item: Item, submission: Submission, *, url: str | None = None) -> ItemResult:
        """The result of one check."""
        with contextlib.ExitStack() as life:
            result = ask(
                item,
                submission,
                app_images=self.images,
                hw_course=self.course,
                hw_settings=Settings(),
                docker_host=self.host,
                own_images=lambda: self.images,
                applications=Applications(url, lambda plan: self._start(life, submission, plan), self.course.images),
                **self.given,
            )
        assert all(finding.hint is not None for finding in result.findings), said(result)
        return result

    def _start(self, life: contextlib.ExitStack, submission: Submission, plan: AppPlan) -> Deployment:
        probes = life.enter_context(Probes(self.host, self.run_id))
        deployment = Deployment(
            probes,
            self.images,
            submission,
            plan,
            replacements=self.course.images,
            limits=self.limits,
            patience=self.patience,
        )
        life.enter_context(deployment)
        self.is_started(deployment)
        return deployment


def require_image(host: DockerHost, name: str) -> None:
    """Skip the test where the docker host has no such test image."""
    if not host.client.images.list(name):
        pytest.skip(f"no image {name}: tests/images/build.sh makes it")


@contextlib.contextmanager
def app_checks(host: DockerHost, run_id: str, limits: BuildLimits | None = None) -> Iterator[AppChecks]:
    """Something that calls checks for the block."""
    found = AppChecks(host, run_id, limits or BuildLimits(seconds=120))
    with found.images:
        yield found


def wait_until_all_listen(running: Deployment) -> None:
    """The application's own services have said so in their logs."""
    api = running.host.client.api
    for service in running.plan.services:
        if service.role is not Role.DATABASE:
            container = running.container(service.name)
            eventually(lambda container=container: b"listens on" in api.logs(container), 60)


def submission(folder: Path, base: Mapping[str, str], edits: Sequence[Edit] = ()) -> Submission:
    """A submission of these files."""
    write_homework(folder, base, edits)
    return Submission("sample", WorkTree(folder))


def said(result: ItemResult) -> str:
    """Everything that the result tells its reader."""
    lines = [f"{each.at}: {said_by(each)}" for each in result.findings]
    lines += [text(part) for part in (result.reason, result.remedy) if part is not None]
    return "\n".join([str(result.verdict), *lines, str(result.details or ""), str(result.evidence)])
