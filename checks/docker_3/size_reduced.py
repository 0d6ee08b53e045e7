"""The item docker-3/size-reduced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._alpine import on_alpine_and_others
from pytest_dockerlab.checks.docker_3._images import service_plan
from pytest_dockerlab.figures import layers
from pytest_dockerlab.findings import Location, NotAttempted, draw, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, size_text
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.deployment.builds.images import Images
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/size-reduced",
    "ui's Alpine image is smaller than the other one",
    level="optional",
    tier="app",
    needs=["docker-3/build", Need.ENGINE],
)
def size_reduced(submission: Submission, app_images: Images, hw_course: Course) -> None:
    from pytest_dockerlab.engine.images.image_size import measure_image

    on_alpine, others = on_alpine_and_others(submission, submission.service_files[Role.UI])
    if not on_alpine:
        raise NotAttempted(_("no Dockerfile of ui is based on Alpine"))
    if not others:
        raise NotAttempted(_("every Dockerfile of ui is based on Alpine: there is nothing to compare it with"))
    alpine, other = on_alpine[0].path, others[0]
    sizes, measured = {}, {}
    for path in (alpine, other):
        image = app_images.image(submission, service_plan(submission, hw_course, Role.UI, path))
        measured[path] = measure_image(app_images.host, image.id)
        sizes[path] = measured[path].total
        note(path, size_text(sizes[path]))
    draw(
        layers(
            {path: (None, [(each.size, each.instruction) for each in size.layers]) for path, size in measured.items()}
        )
    )
    expect(
        sizes[alpine] < sizes[other],
        found=_("{alpine} gives {small}, {other} gives {large}", alpine=alpine, small=size_text(sizes[alpine]),
                other=other, large=size_text(sizes[other])),
        at=Location(alpine),
        hint=_("remove what only the build needs in the RUN that installed it"),
    )  # fmt: skip
