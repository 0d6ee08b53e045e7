"""The item docker-3/size-reduced."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_3._app import _BUILT, _size
from pytest_dockerlab.checks.docker_3._variants import alpine_and_others, service_plan
from pytest_dockerlab.course import Course
from pytest_dockerlab.deployment.builds.images import Images
from pytest_dockerlab.engine.images.image_size import measure_image, size_text
from pytest_dockerlab.findings import Location, NotAttempted, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/size-reduced",
    "ui's Alpine image is smaller than the other one",
    level="optional",
    tier="app",
    needs=_BUILT,
)
def size_reduced(submission: Submission, app_images: Images, hw_course: Course) -> None:
    on_alpine, others = alpine_and_others(submission, Role.UI)
    if on_alpine is None:
        raise NotAttempted(_("no Dockerfile of ui stands on Alpine"))
    if not others:
        raise NotAttempted(_("every Dockerfile of ui stands on Alpine: there is nothing to compare it with"))
    other = others[0]
    sizes = {}
    for path in (on_alpine, other):
        image = app_images.image(submission, service_plan(submission, hw_course, Role.UI, path))
        sizes[path] = measure_image(app_images.host, image.id).total
        note(path, _size(app_images, image))
    expect(
        sizes[on_alpine] < sizes[other],
        found=_("{alpine} gives {small}, {other} gives {large}", alpine=on_alpine, small=size_text(sizes[on_alpine]),
                other=other, large=size_text(sizes[other])),
        at=Location(on_alpine),
        hint=_("remove what only the build needs in the RUN that installed it"),
    )  # fmt: skip
