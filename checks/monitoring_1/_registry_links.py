"""Links in READMEs to images: on Docker Hub, GitHub, GitLab, Quay, in Google's, or a registry of somebody's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._own_images import PUBLISHERS
from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.submission.files.vendored import is_vendored
from pytest_dockerlab.submission.scan.roles import APPLICATION
from pytest_dockerlab.submission.text.readme import Readme, is_readme

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.checks.monitoring_1._own_images import OwnImage
    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["RegistryLink", "links", "own_link", "read_readmes", "registries", "words"]

_SERVICES = frozenset(map(str, APPLICATION))
_MAX_LINE = 2_000
_MAX_LINKS = 100
_MAX_LARGE = 5
_NAME = r"[\w.-]{1,100}"
_REST = rf"(?:/({_NAME}(?:/{_NAME}){{0,3}}))?"
# How each site's pages of a user and of an image are called; the first group is the user, the second the image.
_SITES = tuple(
    (registry, is_users, re.compile(pattern, re.IGNORECASE | re.ASCII))
    for registry, is_users, pattern in (
        ("docker.io", True, rf"\b(?:hub|cloud)\.docker\.com/(?:u|orgs|app)/({_NAME})"),
        ("docker.io", False, rf"\b(?:hub|cloud)\.docker\.com/(?:u/{_NAME}/)?(?:r|repository/docker)/({_NAME}){_REST}"),
        ("docker.io", False, rf"\b(?:hub|cloud)\.docker\.com/repository/registry-1\.docker\.io/({_NAME}){_REST}"),
        ("docker.io", True, rf"\b(?:hub|cloud)\.docker\.com/repositories/({_NAME})"),
        ("docker.io", True, rf"\bhub\.docker\.com/search\?\S{{0,100}}?\bq=({_NAME})"),
        ("ghcr.io", False, rf"\bghcr\.io/({_NAME}){_REST}"),
        (
            "ghcr.io",
            True,
            rf"\bgithub\.com/(?:users/|orgs/)?({_NAME})\S{{0,100}}?(?:[?&]tab=packages|/packages|/pkgs/)",
        ),
        ("registry.gitlab.com", False, rf"\bregistry\.gitlab\.com/({_NAME}){_REST}"),
        ("registry.gitlab.com", True, rf"\bgitlab\.com/({_NAME})/\S{{0,200}}?container_registry"),
        ("quay.io", False, rf"\bquay\.io/(?:repository|user|organization)?/?({_NAME}){_REST}"),
        ("gcr.io", False, rf"\b(?:\w{{1,10}}\.)?gcr\.io/({_NAME}){_REST}"),
        ("cr.yandex", False, rf"\bcr\.yandex/({_NAME}){_REST}"),
    )
)
_WORDS = re.compile(
    r"docker[ _-]?hub|hub\.docker\.com|докер[ -]?хаб|docker\s{1,3}push|(?:docker|container) registry|ghcr\.io"
    r"|реестр\w{0,3}\s{1,3}(?:docker|докер|образ|контейнер)|(?:docker|докер|контейнер)\w{0,4}[ -]реестр",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RegistryLink:
    """A link to a registry. ``is_users``: to the page of all that a user has there; ``image`` is empty then."""

    registry: str
    user: str
    image: str
    at: Location
    is_users: bool

    def __str__(self) -> str:
        parts = [self.user, self.image] if self.registry == "docker.io" else [self.registry, self.user, self.image]
        return "/".join(filter(None, parts))

    @property
    def is_publishers(self) -> bool:
        """Whether it leads to images that others use: Prometheus' own, and the like."""
        return self.user.lower() in PUBLISHERS or self.user == "_"


def links(readmes: Sequence[Readme], hosts: Sequence[str] = ()) -> list[RegistryLink]:
    """The links in their order. ``hosts`` are registries that the compose project names itself."""
    found = [link for readme in readmes for link in _of(readme, hosts)]
    return found[:_MAX_LINKS]


def _of(readme: Readme, hosts: Sequence[str]) -> Iterator[RegistryLink]:
    for line in readme.lines:
        text = line.text[:_MAX_LINE]
        if "/" not in text:
            continue
        at = readme.location(line.number)
        for registry, is_users, pattern in _SITES:
            for match in pattern.finditer(text):
                image = "" if is_users else (match[2] or "").strip("/.").lower()
                image = image.partition("/")[0] if registry == "docker.io" else image
                user = match[1].strip(".").lower()
                if user and user not in ("login", "signup", "explore", "search"):
                    is_page = is_users or (registry == "docker.io" and not image)
                    yield RegistryLink(registry, user, image, at, is_page)
        for host in hosts:
            place = text.lower().find(f"{host.lower()}/")
            if place >= 0:
                rest = re.match(r"[\w./-]{0,200}", text[place + len(host) + 1 :])
                user, _slash, image = (rest[0] if rest else "").partition("/")
                yield RegistryLink(host, user.lower(), image.lower(), at, not image)


def words(readmes: Sequence[Readme]) -> Location | None:
    """Where a README speaks of a registry, without a link."""
    for readme in readmes:
        for line in readme.lines:
            if _WORDS.search(line.text[:_MAX_LINE]):
                return readme.location(line.number)
    return None


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
        lambda link: link.image in names or bool(_SERVICES.intersection(re.split("[-_.]", link.image))),
    ):
        for link in ours:
            if fits(link):
                return link
    return None
