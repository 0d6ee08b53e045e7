"""How the images of the three services are built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.plans.applications.plan import BuildSource
    from pytest_dockerlab.plans.builds.plan import BuildPlan
    from pytest_dockerlab.submission.scan.roles import Role
    from pytest_dockerlab.submission.scan.servicefiles import ServiceFiles
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["service_build", "service_plan"]


def service_build(files: ServiceFiles, path: str | None = None) -> BuildSource:
    """How a service's image is built: from its own folder, by ``path`` or by the Dockerfile that is in use."""
    from pytest_dockerlab.plans.applications.plan import BuildSource

    dockerfile = path or files.in_use
    if dockerfile is None:
        raise Unverified(
            _("nothing says which Dockerfile of {role} is built", role=files.role),
            _("add a file Dockerfile: see docker-3/services"),
            told_by="docker-3/services",
        )
    return BuildSource(dockerfile, files.folder)


def service_plan(submission: Submission, course: Course, role: Role, path: str | None = None) -> BuildPlan:
    """The plan of that build, with what we refuse to do and what the course replaces."""
    from pytest_dockerlab.plans.builds.plan import plan_build

    source = service_build(submission.service_files[role], path)
    return plan_build(submission, str(role), source.dockerfile, source.context, images=course.images)
