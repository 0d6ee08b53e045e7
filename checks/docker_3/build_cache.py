"""The item docker-3/build-cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._images import service_plan
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.deployment.builds.images import Images
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/build-cache",
    "a rebuild without changes runs no step again",
    level="advisory",
    tier="app",
    needs=["docker-3/build", Need.ENGINE],
)
def build_cache(submission: Submission, app_images: Images, hw_course: Course) -> None:
    """The sources are the same to the byte, so whatever runs again depends on something outside of them."""
    from pytest_dockerlab.engine.images.image_size import shared_layers

    images = {role: app_images.image(submission, service_plan(submission, hw_course, role)) for role in APPLICATION}
    for role, image in images.items():
        rebuilt = app_images.rebuild(submission, image)
        steps = image.plan.steps()
        for step in rebuilt.steps:
            instruction = steps[step.number - 1] if image.plan.buildkit is None else None
            if step.is_cached or step.text.startswith(("FROM", "LABEL org.pytest-dockerlab.")):
                continue
            expect(
                False,
                found=_("it runs again: {instruction}", instruction=step.text[:200]),
                at=image.plan.at(instruction),
                hint=_("copy files from the build context instead: what comes from elsewhere is downloaded every time"),
            )
        note(str(role), _("{count} steps, rebuilt in {seconds} s", count=len(rebuilt.steps),
                          seconds=f"{rebuilt.seconds:.1f}"))  # fmt: skip
    shared = shared_layers(images[Role.UI].attributes, images[Role.COMMENT].attributes)
    note("layers that ui and comment share", len(shared))
