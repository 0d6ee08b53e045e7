"""The item docker-4/app-override."""

from __future__ import annotations

import contextlib
import re
import secrets
from typing import TYPE_CHECKING, Any

from pytest_dockerlab.checks._driving import drive_deployment, driver_of, wait_until_up
from pytest_dockerlab.checks.docker_4._override import merged
from pytest_dockerlab.engine.waiting import wait_until
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.deployment.applications import Applications
    from pytest_dockerlab.deployment.running import Deployment
    from pytest_dockerlab.plans.applications.plan import AppMount, AppService
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.submission import Override, Submission

_WORKERS = 2
# How puma names its workers: https://github.com/puma/puma, "puma: cluster worker 0: 1 [app]"
_WORKER = re.compile(r"puma: cluster worker \d+")
_VERSION = "VERSION"


@check(
    "docker-4/app-override",
    "with the override two workers run, and changed code is served without a build",
    level="optional",
    tier="app",
    needs=[
        "docker-4/override",
        "docker-4/override-code",
        "docker-4/override-puma",
        "docker-4/app",
        Need.COMPOSE,
        Need.ENGINE,
    ],
)
def app_override(
    submission: Submission, override: Override, applications: Applications, workers_within: float = 30.0
) -> None:
    """Code that is mounted is read when the program starts: the container is restarted, and nothing is built.

    All workers are there within ``workers_within`` seconds.
    """
    from pytest_dockerlab.plans.applications.monitoring import without_monitoring
    from pytest_dockerlab.plans.applications.of_compose import plan_of_compose

    project = merged(override)
    parts = without_monitoring(submission, project)
    running = applications.start(plan_of_compose(submission, project, applications.replacements, parts))
    drive_deployment(running, comments=True)
    for role in (Role.UI, Role.COMMENT):
        service = running.plan.service(role)
        if service is not None:
            _count_workers(running, project, service, workers_within)
    _change_code(running, project)


def _count_workers(running: Deployment, project: ComposeProject, service: AppService, within: float) -> None:
    api: Any = running.host.client.api
    seen: list[str] = []

    def enough() -> bool:
        running.watch()
        top: dict[str, Any] = api.top(running.container(service.name))
        rows = [" ".join(row) for row in top.get("Processes") or ()]
        seen[:] = [row for row in rows if _WORKER.search(row)]
        return len(seen) >= _WORKERS

    with contextlib.suppress(TimeoutError):
        wait_until(enough, timeout=within, error=TimeoutError)
    note(f"{service.name}: puma", _("workers: {count}", count=len(seen)))
    expect(
        len(seen) == _WORKERS,
        _("puma workers of {service}: {count}", service=service.name, count=_WORKERS),
        found=len(seen),
        at=project.winning_location(service.name, "command"),
        hint=_("command: puma --debug -w 2"),
    )


def _change_code(running: Deployment, project: ComposeProject) -> None:
    """Change a file of ui's mounted code, and see the change once the container is started again."""
    ui = running.plan.service(Role.UI)
    assert ui is not None, "docker-4/compose-file is needed first"
    mount = _code_mount(running, ui)
    if mount is None:
        raise Mismatch(
            Finding(
                _("the code of {service} is mounted", service=ui.name),
                _("nothing of the repository is mounted where its code runs"),
                project.winning_location(ui.name, "volumes"),
                _("mount its folder over the code in the image: see docker-4/override-code"),
            )
        )
    driver = driver_of(running, running.url(Role.UI))
    before = driver.health().version
    path = f"{mount.target.rstrip('/')}/{_VERSION}"
    content = running.read(ui.name, path)
    if before is None or content is None or content.decode("utf-8", "replace").strip() != before:
        raise Unverified(
            _("there is no file whose change would be visible: the healthcheck's version is {version}, not the one "
              "in {path}", version=before or _("missing"), path=path),
            _("check by hand whether a change in {folder} is served after a restart", folder=mount.source or ui.name),
        )  # fmt: skip
    mark = f"0.0.{secrets.randbelow(10**9)}"
    running.put(ui.name, path, f"{mark}\n".encode())
    running.restart(ui.name)
    driver = wait_until_up(running)
    with running.judging():
        after = driver.health().version
    note("version before and after", [before, after or ""])
    expect(
        after == mark,
        _("a changed file of {service} takes effect without a build", service=ui.name),
        found=_("after a change of {path} and a restart the version is still {version}", path=path,
                version=after or _("missing")),
        at=mount.at,
        hint=_("mount the code where the program reads it: at the WORKDIR of the image"),
    )  # fmt: skip


def _code_mount(running: Deployment, service: AppService) -> AppMount | None:
    """The mount that holds the service's code: of a folder of the repository, with its VERSION."""
    from pytest_dockerlab.plans.applications.plan import MountKind

    folders = [mount for mount in service.mounts if mount.kind is MountKind.FOLDER and mount.source is not None]
    has_version = [each for each in folders if running.read(service.name, f"{each.target.rstrip('/')}/{_VERSION}")]
    return next(iter(has_version or folders), None)
