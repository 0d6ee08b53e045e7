"""The item monitoring-1/pushed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks._registries import ask
from pytest_dockerlab.checks.monitoring_1._own_images import own_images
from pytest_dockerlab.checks.monitoring_1._project import TOLD_BY, monitored_project
from pytest_dockerlab.checks.monitoring_1._registry_links import links, own_link, read_readmes, registries
from pytest_dockerlab.findings import Location, Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.checks.monitoring_1._own_images import OwnImage
    from pytest_dockerlab.checks.monitoring_1._registry_links import RegistryLink
    from pytest_dockerlab.options import Settings
    from pytest_dockerlab.submission.submission import Submission

_HUB_LINK = "monitoring-1/hub-link"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An image as it would be called in the registry that the README names."""

    name: str
    at: Location


@check(
    "monitoring-1/pushed",
    "the images are in the registry that the README names",
    level="advisory",
    tier="remote",
    needs=[Need.COMPOSE, Need.REGISTRY],
    told_by=[TOLD_BY, _HUB_LINK],
)
def pushed(submission: Submission, hw_settings: Settings) -> None:
    """Every image of the student's, in whatever version: the tag is a matter of the env file of a day."""
    from pytest_dockerlab.registry.endpoint import parse_endpoint

    named = parse_endpoint(hw_settings.endpoints[Need.REGISTRY])
    project = monitored_project(submission)
    images = own_images(submission, project)
    if not images:
        raise Unverified(_("no image in {file} is built here", file=project.file))
    readmes = read_readmes(submission)
    link = own_link(links(readmes, registries(images)), images)
    if link is None:
        raise Unverified(
            _("no README links to the images' registry"),
            _("add the link first: see {item}", item=_HUB_LINK),
            told_by=_HUB_LINK,
            at=Location(readmes[0].path) if readmes else None,
        )
    wanted = [_Wanted(_name(image, link), link.at) for image in images]
    note("link", f"{link} ({link.at})")
    note("named images", [each.name for each in wanted])
    answers = ask(named, wanted)
    note("found", [str(found.reference) for found in answers.found])
    if not answers.absent:
        answers.raise_trouble()
    answers.require_asked(named, wanted)
    _report(wanted, [(image.name, absent.reason) for image, absent in answers.absent], link)


def _name(image: OwnImage, link: RegistryLink) -> str:
    host = image.user.partition("/")[0]
    if link.registry != "docker.io" and host == link.registry:
        return f"{image.user}/{image.name}"  # with the folders between, which a link need not have
    user = link.user if link.registry == "docker.io" else f"{link.registry}/{link.user}"
    return f"{user}/{image.name}".replace("//", "/")


def _report(wanted: Sequence[_Wanted], absent: Sequence[tuple[str, object]], link: RegistryLink) -> None:
    expect(
        not absent,
        found=[_("{image}: {why}", image=name, why=why) for name, why in absent],
        at=link.at,
        hint=_(
            "push what is missing (docker login, docker push {image}) and let everybody see it, or correct the link",
            image=absent[0][0] if absent else "",
        ),
    )
