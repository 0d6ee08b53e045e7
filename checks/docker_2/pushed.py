"""The item docker-2/pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_2._pushed_images import pushed_images
from pytest_dockerlab.findings import Unverified, expect, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.checks.docker_2._pushed_images import PushedImage
    from pytest_dockerlab.errors import DockerlabError
    from pytest_dockerlab.options import Settings
    from pytest_dockerlab.registry.client import Absent, RegistryClient
    from pytest_dockerlab.registry.endpoint import RegistryEndpoint
    from pytest_dockerlab.registry.references import ImageReference
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
    from pytest_dockerlab.registry.client import Found, RegistryClient
    from pytest_dockerlab.registry.endpoint import parse_endpoint
    from pytest_dockerlab.registry.errors import RateLimited, RegistryError

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
    client = RegistryClient(named)
    troubles: list[DockerlabError | Unverified] = []
    absent: list[tuple[PushedImage, Absent]] = []
    for image in images:
        reference = _reference(image)
        endpoint = client.endpoint_of(reference) if reference is not None else None
        if reference is None or endpoint is None:
            continue
        try:
            found = client.look_up(reference)
        except RegistryError as error:
            # A registry that only the submission speaks of need not be anybody's: what goes wrong there is no error.
            is_known = named is not None or endpoint.is_hub or isinstance(error, RateLimited)
            troubles.append(error if error.is_error and is_known else error.unverified())
            continue
        if isinstance(found, Found):
            note("found", str(found.reference))
            note("registry", found.registry)
            note("digest", found.digest)
            note("platforms", list(found.platforms) or _("not shown"))
            return
        absent.append((image, found))
    _none_found(client, named, images, troubles, absent)


def _reference(image: PushedImage) -> ImageReference | None:
    from pytest_dockerlab.registry.references import ReferenceInvalid, parse_reference

    try:
        return parse_reference(image.name)
    except ReferenceInvalid:
        return None


def _none_found(
    client: RegistryClient,
    named: RegistryEndpoint | None,
    images: list[PushedImage],
    troubles: list[DockerlabError | Unverified],
    absent: list[tuple[PushedImage, Absent]],
) -> None:
    for trouble in sorted(troubles, key=lambda each: isinstance(each, Unverified)):
        raise trouble
    if not absent:
        valid = [each for each in map(_reference, images) if each is not None]
        registries = sorted({each.registry for each in valid if client.endpoint_of(each) is None})
        require(
            valid,
            _("an image has a name that docker accepts"),
            found=images[0].name,
            at=images[0].at,
            hint=_("use lower-case letters and digits, with single . _ - between them: LOGIN/otus-reddit:1.0"),
        )
        raise Unverified(
            _(
                "the images that are named belong to a registry other than {registry}: {others}",
                registry=str(named),
                others=registries,
            ),
            _("ask the registry that each name belongs to: --hw-registry public"),
        )
    first, answer = absent[0]
    expect(
        False,
        found=[_("{image}: {why}", image=str(each.reference), why=each.reason) for _image, each in absent],
        at=first.at,
        hint=_(
            "push it (docker login, docker push {image}) and let everybody see it, or correct the name in {file}",
            image=str(answer.reference),
            file=first.at.file,
        ),
    )
