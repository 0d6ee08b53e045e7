"""The item monitoring-1/build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Mismatch, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, size_text

if TYPE_CHECKING:
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.deployment.builds.images import Images
    from pytest_dockerlab.submission.submission import Submission


@check(
    "monitoring-1/build",
    "all images build, Prometheus' too",
    tier="app",
    needs=[Need.COMPOSE, Need.ENGINE],
    told_by=["monitoring-1/prometheus-service"],
)
def build(submission: Submission, app_images: Images, hw_course: Course) -> None:
    """Each of them, whatever came of the others: what is wrong in one is to be seen though another cannot be built."""
    from pytest_dockerlab.deployment.service_images import ServiceImages
    from pytest_dockerlab.engine.images.image_size import measure_image
    from pytest_dockerlab.plans.applications.monitoring import plan_of_monitored

    plan = plan_of_monitored(submission, hw_course.images)
    images = ServiceImages(app_images, submission, hw_course.images)
    stop: Unverified | None = None
    for service in plan.app.services:
        if service.build is None:
            note(service.name, _("{image}, not built here", image=service.image or ""))
            continue
        try:
            image = images.build(service.name, service.build)
        except Mismatch as mismatch:
            report([mismatch.finding])
        except Unverified as unverified:
            stop = stop or unverified
        else:
            size = size_text(measure_image(app_images.host, image.id).total)
            seconds = None if image.built is None else round(image.built.seconds)
            built = size if seconds is None else _("{size}, built in {seconds} s", size=size, seconds=seconds)
            note(service.name, built)
    remarks = [*plan.app.remarks, *(remark for image in images.built.values() for remark in image.plan.remarks)]
    if remarks:
        note("not as described in the submission", remarks)
    if stop is not None:
        raise stop
