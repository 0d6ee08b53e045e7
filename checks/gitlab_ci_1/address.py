"""The item gitlab-ci-1/address."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._definitions import EXTERNAL_URL
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, note
from pytest_dockerlab.gitlab.errors import asking
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.gitlab.instance import GitlabInstance
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.net.http import Url
    from pytest_dockerlab.submission.submission import Submission

_EXAMPLE = re.compile(r"(?:^|\.)(?:example(?:\.\w{2,3})?|test|invalid|localdomain)$|your|<|^gitlab$")
_SECONDS = 5.0


@check(
    "gitlab-ci-1/address",
    "external_url is the address GitLab is reached at",
    level="advisory",
    tier="remote",
    needs=[Need.GITLAB_URL, "gitlab-ci-1/instance"],
)
def address(submission: Submission, gitlab_instance: GitlabInstance) -> None:
    """What counts is what GitLab calls itself; where it does not say, what the submission's definition of it says."""
    from pytest_dockerlab.net.http import Url

    with asking():
        own = gitlab_instance.calls_itself()
    written = list(_written(submission))
    note("external_url", {str(at): url for url, at in written})
    note("GitLab calls itself", own)
    at = next((at for url, at in written if own is None or url.rstrip("/") == own), written[0][1] if written else None)
    name = own or next((url for url, _at in written if not re.search(r"[${]", url)), None)
    if name is None:
        raise Unverified(_("neither GitLab nor the submission says what its external_url is"))
    try:
        known = Url.parse(name)
    except ValueError:
        raise Mismatch(Finding(None, _("{url} is no address", url=name), at, _hint(gitlab_instance.url))) from None
    asked = Url.parse(gitlab_instance.url)
    if known.origin == asked.origin:
        return
    problem = _problem(known, asked)
    if problem is not None:
        raise Mismatch(Finding(None, problem, at, _hint(gitlab_instance.url)))


def _written(submission: Submission) -> Iterator[tuple[str, Location]]:
    for server in submission.gitlab_setup.servers:
        for setting in server.environment.values():
            for url in EXTERNAL_URL.findall(setting.value):
                yield url, setting.at


def _hint(url: str) -> Message:
    return _(
        "external_url '{url}' in GITLAB_OMNIBUS_CONFIG, then recreate the container: docker compose up -d", url=url
    )


def _problem(known: Url, asked: Url) -> Message | None:
    """What is wrong with a name that is not the one we ask at; ``None`` where it leads to the same place."""
    if _is_loopback(known.host):
        return _("{url} is every machine's own: runners and clones look for GitLab at themselves", url=str(known))
    if _EXAMPLE.search(known.host):
        return _("{url} is the name of an example", url=str(known))
    if _is_loopback(asked.host):
        raise Unverified(
            _("GitLab is asked by an address of this machine, {url}, as through a tunnel", url=str(asked)),
            _("name the address that others reach it at in --hw-gitlab-url"),
        )
    if known.host != asked.host and not _addresses(known) & _addresses(asked):
        return _("{url}, and it is reached at {asked}", url=str(known), asked=str(asked))
    if (known.scheme, known.port) != (asked.scheme, asked.port):
        return _(
            "{url}, and it is reached at {asked}: links and clones lead elsewhere", url=str(known), asked=str(asked)
        )
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _addresses(url: Url) -> set[str]:
    """The addresses of a name, none of one that does not resolve here. Nothing is sent there."""
    from pytest_dockerlab.net.addresses import ANY_ADDRESS
    from pytest_dockerlab.net.causes import Failure
    from pytest_dockerlab.net.deadline import Deadline

    try:
        return set(ANY_ADDRESS.addresses(url.host, url.port, Deadline(_SECONDS)))
    except Failure:
        return set()
