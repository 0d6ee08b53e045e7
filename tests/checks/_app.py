"""How a check of the app tier is called on a submission in a folder, as its fixtures would have it."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.course import Course
from pytest_dockerlab.deployment.applications import Applications
from pytest_dockerlab.deployment.builds.classic import BuildLimits
from pytest_dockerlab.deployment.builds.images import Images
from pytest_dockerlab.deployment.running import UP_TIMEOUT, Deployment
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import Labels
from pytest_dockerlab.engine.owned.limits import AppLimits
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.findings import Finding, collecting
from pytest_dockerlab.homework import item_of
from pytest_dockerlab.messages import text
from pytest_dockerlab.options import Settings
from pytest_dockerlab.plans.applications.plan import AppPlan
from pytest_dockerlab.results import ItemResult, decide
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from tests.samples import Edit, build

__all__ = ["AppChecks", "app_checks", "require_image", "said", "submission"]


class AppChecks:
    """Calls checks. The images of one submission are built once, whatever its files are: they are known by these."""

    def __init__(self, host: DockerHost, run_id: str, limits: BuildLimits) -> None:
        self.host = host
        self.run_id = run_id
        self.images = Images(host, Labels.of_run(run_id), limits)
        self.course = Course()
        self.limits = AppLimits()
        self.up_timeout = UP_TIMEOUT

    def run(self, check: Callable[..., object], submission: Submission, *, url: str | None = None) -> ItemResult:
        """The result of one check."""
        item = item_of(check)
        assert item is not None
        exception: BaseException | None = None
        with contextlib.ExitStack() as life, collecting() as collected:
            given: dict[str, Any] = {
                "submission": submission,
                "app_images": self.images,
                "hw_course": self.course,
                "hw_settings": Settings(),
                "docker_host": self.host,
                "own_images": lambda: self.images,
                "applications": Applications(url, lambda plan: self._start(life, submission, plan), self.course.images),
            }
            try:
                check(
                    **{
                        name: given[name] if name in given else getattr(submission, name)
                        for name in inspect.signature(check).parameters
                    }
                )
            except Exception as error:  # noqa: BLE001 - decide() judges whatever a check ends with
                exception = error
        return decide(item, item.level, 1.0, collected, exception, repr(exception))

    def _start(self, life: contextlib.ExitStack, submission: Submission, plan: AppPlan) -> Deployment:
        probes = life.enter_context(Probes(self.host, self.run_id))
        deployment = Deployment(
            probes,
            self.images,
            submission,
            plan,
            replacements=self.course.images,
            limits=self.limits,
            up_timeout=self.up_timeout,
        )
        return life.enter_context(deployment)


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


def submission(folder: Path, base: dict[str, str], edits: list[Edit] | tuple[Edit, ...] = ()) -> Submission:
    """A submission of these files. Scripts are executable, as git has them."""
    build(folder, base, edits)
    for path in folder.rglob("*"):
        if path.is_file() and path.read_bytes().startswith(b"#!"):
            path.chmod(0o755)
    return Submission("sample", WorkTree(folder))


def said(result: ItemResult) -> str:
    """Everything that the result tells its reader."""
    lines = [f"{each.at}: {_finding(each)}" for each in result.findings]
    lines += [text(part) for part in (result.reason, result.remedy) if part is not None]
    return "\n".join([str(result.verdict), *lines, str(result.details or ""), str(result.evidence)])


def _finding(finding: Finding) -> str:
    return " | ".join(text(part) for part in (finding.expected, finding.found, finding.hint) if part is not None)
