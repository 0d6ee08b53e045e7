"""docker-3: which of ui's Dockerfiles stands on Alpine, and how an image of the three services is built."""

from __future__ import annotations

from pytest_dockerlab.course import Course
from pytest_dockerlab.plans.applications.of_images import service_build
from pytest_dockerlab.plans.builds.plan import BuildPlan, plan_build
from pytest_dockerlab.submission.alpine import alpine_base, alpine_problems
from pytest_dockerlab.submission.dockerfiles.dockerfile import DockerfileError
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.submission import Submission


def alpine_and_others(submission: Submission, role: Role) -> tuple[str | None, list[str]]:
    """A service's Dockerfile on Alpine, the best one of several, and those on other bases, the one in use first."""
    files = submission.service_files[role]
    on_alpine: dict[str, int] = {}
    others = []
    for path in files.own:
        try:
            read = submission.dockerfile(path)
        except DockerfileError:
            continue  # docker-3/hadolint says so
        if alpine_base(read) is not None:
            on_alpine[path] = len(alpine_problems(read))
        else:
            others.append(path)
    best = min(on_alpine, key=lambda path: (on_alpine[path], path != files.in_use, path), default=None)
    return best, sorted(others, key=lambda path: path != files.in_use)


def service_plan(submission: Submission, course: Course, role: Role, path: str | None = None) -> BuildPlan:
    """How a service's image is built: by the Dockerfile at ``path``, else by the one in use."""
    source = service_build(submission.service_files[role], path)
    return plan_build(submission, str(role), source.dockerfile, source.context, images=course.images)
