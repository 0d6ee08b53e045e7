"""The item monitoring-1/hub-link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._own_images import OwnImage, own_images
from pytest_dockerlab.checks.monitoring_1._registry_links import links, words
from pytest_dockerlab.errors import DockerlabError, LimitExceeded
from pytest_dockerlab.findings import Location, Mismatch, NotAttempted, Unverified, note, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.vendored import is_vendored
from pytest_dockerlab.submission.text.readme import Readme, is_readme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.checks.monitoring_1._registry_links import RegistryLink
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["hub_link", "own_link", "read_readmes", "registries"]

_MAX_LARGE = 5


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
            found=_("only links to the images of others: {images}", images=[str(link) for link in found][:5]),
            at=found[0].at,
            hint=_("add the link to your own: https://hub.docker.com/u/LOGIN"),
        )
    require(
        False,
        found=_("words, and no link") if spoken is not None else _("no link to a registry"),
        at=spoken or Location(readmes[0].path),
        hint=_("add the link to your images: https://hub.docker.com/u/LOGIN, or where you push them to"),
    )


def read_readmes(submission: Submission) -> list[Readme]:
    """The READMEs. Those that are too large to be taken apart are read line by line, the outermost of them."""
    try:
        return submission.readmes
    except LimitExceeded:
        pass
    paths = sorted(
        (path for path in submission.tree.files if is_readme(path)), key=lambda path: (path.count("/"), path)
    )
    return [Readme(path, submission.tree.text(path).content) for path in paths[:_MAX_LARGE] if not is_vendored(path)]


def _images(submission: Submission) -> list[OwnImage]:
    """The student's images; none where the compose project cannot be read, which is another item's finding."""
    try:
        return own_images(submission, submission.monitoring)
    except (Mismatch, NotAttempted, Unverified, DockerlabError):
        return []


def registries(images: Sequence[OwnImage]) -> list[str]:
    """The registries that the compose project names before its images, with a dot or a port in their names."""
    hosts = {image.user.partition("/")[0] for image in images}
    return sorted(host for host in hosts if "." in host or ":" in host)


def own_link(found: Sequence[RegistryLink], images: Sequence[OwnImage]) -> RegistryLink | None:
    """The link to the student's images: to the user that compose names, to any user's page, to an image of that name.

    What the example env file says of the user need not be the student's own name.
    """
    users = {image.user.rpartition("/")[2].lower() for image in images} - {""}
    names = {image.name for image in images} | {"ui", "post", "comment", "prometheus"}
    ours = [link for link in found if not link.is_publishers]
    for fits in (
        lambda link: link.user in users or link.registry in registries(images),
        lambda link: link.is_users,
        lambda link: link.image in names,
    ):
        for link in ours:
            if fits(link):
                return link
    return None
