"""The item docker-3/build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._images import service_plan
from pytest_dockerlab.findings import Mismatch, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, size_text
from pytest_dockerlab.submission.scan.roles import APPLICATION

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.deployment.builds.images import Images
    from pytest_dockerlab.submission.submission import Submission


@check("docker-3/build", "the three images build", tier="app", needs=["docker-3/services", Need.ENGINE])
def build(submission: Submission, app_images: Images, hw_course: Course) -> None:
    """Each of them, whatever came of the others: what is wrong in one is to be seen though another cannot be built."""
    from pytest_dockerlab.engine.images.image_size import measure_image

    stop: Unverified | None = None
    remarks: dict[str, object] = {}
    for role in APPLICATION:
        try:
            plan = service_plan(submission, hw_course, role)
            if plan.remarks:
                remarks[str(role)] = list(plan.remarks)
            image = app_images.image(submission, plan)
        except Mismatch as mismatch:
            report([mismatch.finding])
        except Unverified as unverified:
            stop = stop or unverified
        else:
            size = size_text(measure_image(app_images.host, image.id).total)
            seconds = None if image.built is None else round(image.built.seconds)
            note(str(role), size if seconds is None else _("{size}, built in {seconds} s", size=size, seconds=seconds))
    if remarks:
        note("not as described in the submission", remarks)
    if stop is not None:
        raise stop
