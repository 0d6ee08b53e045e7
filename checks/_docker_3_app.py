"""docker-3: the three images are built, run together, and built again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pytest_dockerlab.checks._app_steps import drive_deployment, drive_url, wait_for_services, wait_until_up
from pytest_dockerlab.checks._docker_3_files import host_defaults
from pytest_dockerlab.checks._docker_3_variants import alpine_and_others, service_plan
from pytest_dockerlab.course import Course
from pytest_dockerlab.deployment.applications import Applications
from pytest_dockerlab.deployment.builds.images import AppImage, Images
from pytest_dockerlab.engine.images.image_size import measure_image, shared_layers, size_text
from pytest_dockerlab.findings import Location, Mismatch, NotAttempted, Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.plans.applications.of_images import data_mount, plan_of_lines, plan_of_services
from pytest_dockerlab.plans.builds.plan import BuildPlan
from pytest_dockerlab.submission.aliases import alias_scenes
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role
from pytest_dockerlab.submission.submission import Submission

__all__ = ["aliases_run", "app", "build", "build_cache", "persistence", "size_reduced"]

_BUILT = ["docker-3/build", Need.ENGINE]
_RUNS = ["docker-3/app", Need.ENGINE, Need.COMPOSE]


@check("docker-3/build", "the three images build", tier="app", needs=["docker-3/services", Need.ENGINE])
def build(submission: Submission, app_images: Images, hw_course: Course) -> None:
    """Each of them, whatever came of the others: what is wrong in one is to be seen though another cannot be built."""
    stop: Unverified | None = None
    for role in APPLICATION:
        try:
            plan = service_plan(submission, hw_course, role)
            if plan.remarks:
                note(f"{role}, not as the submission says", list(plan.remarks))
            image = app_images.image(submission, plan)
        except Mismatch as mismatch:
            finding = mismatch.finding
            expect(False, finding.expected, found=finding.found, at=finding.at, hint=finding.hint)
        except Unverified as unverified:
            stop = stop or unverified
        else:
            note(str(role), _size(app_images, image))
            if image.built is not None:
                note(f"{role}, built in", _("{seconds} s", seconds=round(image.built.seconds)))
    if stop is not None:
        raise stop


@check(
    "docker-3/build-cache", "a rebuild without changes runs no step again", level="advisory", tier="app", needs=_BUILT
)
def build_cache(submission: Submission, app_images: Images, hw_course: Course) -> None:
    """The sources are the same to the byte, so whatever runs again depends on something outside of them."""
    images = {role: app_images.image(submission, plan) for role, plan in _plans(submission, hw_course)}
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
                hint=_("copy files from the build context instead: what comes from elsewhere is fetched every time"),
            )
        note(str(role), _("{count} steps, rebuilt in {seconds} s", count=len(rebuilt.steps),
                          seconds=f"{rebuilt.seconds:.1f}"))  # fmt: skip
    shared = shared_layers(images[Role.UI].attributes, images[Role.COMMENT].attributes)
    note("layers that ui and comment share", len(shared))


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


@check(
    "docker-3/app",
    "the four containers together keep a post with a comment",
    tier="app",
    needs=["docker-3/build", Need.ENGINE, Need.COMPOSE],
    endpoint=Need.APP_URL,
)
def app(submission: Submission, applications: Applications) -> None:
    if applications.url is not None:
        drive_url(applications.url, comments=True)
    else:
        plan = plan_of_services(submission, applications.replacements)
        drive_deployment(applications.start(plan), comments=True)


@check(
    "docker-3/aliases-run",
    "the app works with the student's own network aliases",
    level="optional",
    tier="app",
    needs=["docker-3/aliases", *_RUNS],
)
def aliases_run(submission: Submission, applications: Applications) -> None:
    scenes = alias_scenes(submission.docker_runs, host_defaults(submission))
    whole = [scene for scene in scenes if {run.role for run in scene} >= set(Role)]
    if not scenes:
        raise NotAttempted(_("no docker run lines give the services other network aliases"))
    scene = (whole or scenes)[-1]
    note("lines", [f"{run.at}: {run.text}" for run in scene])
    drive_deployment(applications.start(plan_of_lines(submission, scene, applications.replacements)), comments=True)


@check(
    "docker-3/persistence",
    "a post survives a new database container",
    level="advisory",
    tier="app",
    needs=["docker-3/volume", *_RUNS],
)
def persistence(submission: Submission, applications: Applications) -> None:
    """The new container gets the named volume of the student's own line, and nothing else of the old one."""
    volume = data_mount(submission.docker_runs)
    if volume is None:
        raise Unverified(
            _("no docker run line mounts a named volume where the database keeps its data"),
            _("add it first: see docker-3/volume"),
        )
    note("line", str(volume.at))
    running = applications.start(plan_of_services(submission, applications.replacements, volume=volume))
    post = drive_deployment(running, comments=False)
    running.replace("database")
    driver = wait_until_up(running)
    wait_for_services(running)
    with running.judging():
        try:
            driver.read_post(post)
        except Mismatch as lost:
            raise Mismatch(replace(lost.finding, at=volume.at)) from lost


def _plans(submission: Submission, course: Course) -> Iterator[tuple[Role, BuildPlan]]:
    return ((role, service_plan(submission, course, role)) for role in APPLICATION)


def _size(images: Images, image: AppImage) -> str:
    return size_text(measure_image(images.host, image.id).total)
