"""The item monitoring-1/hub-link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._own_images import own_images
from pytest_dockerlab.checks.monitoring_1._registry_links import links, own_link, read_readmes, registries, words
from pytest_dockerlab.errors import DockerlabError
from pytest_dockerlab.findings import Location, Mismatch, NotAttempted, Unverified, note, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.checks.monitoring_1._own_images import OwnImage
    from pytest_dockerlab.submission.submission import Submission


@check("monitoring-1/hub-link", "the README links to the images' registry", level="advisory")
def hub_link(submission: Submission) -> None:
    readmes = read_readmes(submission)
    require(readmes, found=_("no README"), hint=_("write a README.md with a link to your images"))
    images = _images(submission)
    found = links(readmes, registries(images))
    own = own_link(found, images)
    if own is not None:
        note("link", f"{own} ({own.at})")
        return
    spoken = words(readmes)
    if found:
        require(
            False,
            found=_("only links to other images: {images}", images=[str(link) for link in found][:5]),
            at=found[0].at,
            hint=_("add the link to your own: https://hub.docker.com/u/LOGIN"),
        )
    require(
        False,
        found=_("words, and no link") if spoken is not None else _("no link to a registry"),
        at=spoken or Location(readmes[0].path),
        hint=_("add the link to your images: https://hub.docker.com/u/LOGIN, or where you push them to"),
    )


def _images(submission: Submission) -> list[OwnImage]:
    """The student's images; none where the compose project cannot be read, which is another item's finding."""
    try:
        return own_images(submission, submission.monitoring)
    except (Mismatch, NotAttempted, Unverified, DockerlabError):
        return []
