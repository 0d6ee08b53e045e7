"""The item docker-2/pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks._registries import ask
from pytest_dockerlab.checks.docker_2._pushed_images import pushed_images
from pytest_dockerlab.findings import Unverified, expect, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.options import Settings
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-2/pushed",
    "the image the student names is in its registry",
    level="advisory",
    tier="remote",
    needs=[Need.REGISTRY],
)
def pushed(submission: Submission, hw_settings: Settings) -> None:
    """One of the names is enough. While one of them could not be asked for, that none is there is not known."""
    from pytest_dockerlab.registry.endpoint import parse_endpoint

    named = parse_endpoint(hw_settings.endpoints[Need.REGISTRY])
    images = pushed_images(submission)
    note("named images", [f"{image.name} ({image.at})" for image in images])
    if not images:
        raise Unverified(
            _("no README and no script says which image was pushed"),
            _("write it down: the docker push line, or the link to the image on Docker Hub"),
        )
    if named is None:
        require(
            any(image.has_user for image in images),
            found=images[0].name,
            at=images[0].at,
            hint=_(
                "put your login before the name (docker tag {image} LOGIN/{image}), and push that", image=images[0].name
            ),
        )
    answers = ask(named, images, until_found=True)
    for found in answers.found:
        note("found", str(found.reference))
        note("registry", found.registry)
        note("digest", found.digest)
        note("platforms", list(found.platforms) or _("not shown"))
        return
    answers.raise_trouble()
    answers.require_asked(named, images)
    first, answer = answers.absent[0]
    expect(
        False,
        found=[_("{image}: {why}", image=str(each.reference), why=each.reason) for _image, each in answers.absent],
        at=first.at,
        hint=_(
            "push it (docker login, docker push {image}) and let everybody see it, or correct the name in {file}",
            image=str(answer.reference),
            file=first.at.file,
        ),
    )
