"""The item docker-2/build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_2._monolith import monolith_to_build
from pytest_dockerlab.findings import note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, size_text

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.deployment.builds.images import Images
    from pytest_dockerlab.submission.submission import Submission


@check("docker-2/build", "the monolith image builds", tier="app", needs=["docker-2/files", Need.ENGINE])
def build(submission: Submission, app_images: Images, hw_course: Course) -> None:
    from pytest_dockerlab.engine.images.image_size import measure_image
    from pytest_dockerlab.plans.builds.plan import plan_build

    monolith = monolith_to_build(submission.tree)
    plan = plan_build(submission, "reddit", monolith.path("Dockerfile"), monolith.folder, images=hw_course.images)
    if plan.remarks:
        note("not as described in the submission", list(plan.remarks))
    image = app_images.image(submission, plan)
    size = measure_image(app_images.host, image.id)
    note("image", size_text(size.total))
    if image.built is not None:
        note("built in", _("{seconds} s", seconds=round(image.built.seconds)))
