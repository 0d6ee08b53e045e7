"""docker-2: the monolith's image is built and run."""

from __future__ import annotations

from pytest_dockerlab.checks._app_steps import drive_deployment, drive_url
from pytest_dockerlab.course import Course
from pytest_dockerlab.deployment.applications import Applications
from pytest_dockerlab.deployment.builds.images import Images
from pytest_dockerlab.engine.images.image_size import measure_image, size_text
from pytest_dockerlab.findings import Unverified, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.plans.applications.of_images import plan_of_monolith
from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.submission.monolith import Monolith, find_monolith
from pytest_dockerlab.submission.submission import Submission

__all__ = ["app", "build"]


@check("docker-2/build", "the monolith image builds", tier="app", needs=["docker-2/files", Need.ENGINE])
def build(submission: Submission, app_images: Images, hw_course: Course) -> None:
    monolith = _monolith(submission)
    plan = plan_build(submission, "reddit", monolith.path("Dockerfile"), monolith.folder, images=hw_course.images)
    if plan.remarks:
        note("not as the submission says", list(plan.remarks))
    image = app_images.image(submission, plan)
    size = measure_image(app_images.host, image.id)
    note("image", size_text(size.total))
    if image.built is not None:
        note("built in", _("{seconds} s", seconds=round(image.built.seconds)))


@check(
    "docker-2/app",
    "the app on port 9292 keeps a post and shows it again",
    tier="app",
    needs=["docker-2/build", Need.ENGINE, Need.COMPOSE],
    endpoint=Need.APP_URL,
)
def app(submission: Submission, applications: Applications) -> None:
    if applications.url is not None:
        drive_url(applications.url, comments=False)
    else:
        drive_deployment(applications.start(plan_of_monolith(_monolith(submission))), comments=False)


def _monolith(submission: Submission) -> Monolith:
    monolith = find_monolith(submission.tree)
    if monolith is None:
        raise Unverified(_("there is no Dockerfile beside the monolith's files"), _("add it first: see docker-2/files"))
    return monolith
