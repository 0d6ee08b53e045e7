"""The item gitlab-ci-1/registry-mirror."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Finding, NotAttempted, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_setup.definitions import PROXY_OF
from pytest_dockerlab.submission.gitlab_setup.mirrors import ENGINE_OPTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.submission.gitlab_setup.definitions import ContainerDefinition, GitlabSetup, MirrorUse
    from pytest_dockerlab.submission.submission import Submission

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^\]]{1,60}\]|[^/:]{1,250})(?::(?P<port>[^/]{1,60}))?(?P<path>/.*)?"
)
_LOOPBACK = re.compile(r"localhost|127\.[\d.]{1,12}|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal", re.IGNORECASE)
_OTHERS = re.compile(
    r"(?:^|\.)(?:gcr\.io|docker\.(?:io|com)|amazonaws\.com|aliyuncs\.com|daocloud\.io|timeweb\.cloud|huecker\.io)$",
    re.IGNORECASE,
)
"""Mirrors that others run."""
_SITE = re.compile(r"https?://(?:hub\.docker\.com|www\.docker\.com|docker\.com)/?")
_PORTS = {"http": "80", "https": "443"}


@check("gitlab-ci-1/registry-mirror", "the registry mirror that is started is also used", level="advisory")
def registry_mirror(submission: Submission, gitlab_setup: GitlabSetup) -> None:
    mirrors, uses = gitlab_setup.mirrors, gitlab_setup.mirror_uses
    if not mirrors and not uses:
        raise NotAttempted(_("no registry mirror is started"))
    if mirrors:
        note("mirror", [str(each.location) for each in mirrors])
    if uses:
        note("used by", [f"{each.setting} ({each.at})" for each in uses])
    report(_problems(mirrors, uses, has_images=_has_images(submission)))
    if not mirrors:
        report(_no_mirrors(gitlab_setup.registries, uses))


def _has_images(submission: Submission) -> bool:
    """Whether the instances that run jobs come from an image of the student's, and have no MachineOptions."""
    with contextlib.suppress(LimitExceeded):
        scaling = [each.text for each in submission.written_configurations if each.scales]
        return bool(scaling) and not any("+machine" in text for text in scaling)
    return False


def _problems(
    mirrors: Sequence[ContainerDefinition], uses: Sequence[MirrorUse], *, has_images: bool
) -> Iterator[Finding]:
    own = [use for use in uses if not _is_of_others(use)]
    if mirrors and not own:
        port = next((each.host for mirror in mirrors for each in mirror.ports if each.host), "6000")
        yield Finding(
            _("the machines that run jobs take images from the mirror"),
            _("it is started, and no Docker daemon is told of it")
            if not uses
            else _("they take them from {mirrors}", mirrors=[use.url for use in uses]),
            mirrors[0].location,
            _("add to /etc/docker/daemon.json in the image of the instances: {option}",
              option=f'"registry-mirrors": ["http://ADDRESS:{port}"]')
            if has_images
            else _("add to MachineOptions: {option} (or registry-mirrors to the daemon.json of the machines)",
                   option=f'"{ENGINE_OPTION}=http://ADDRESS:{port}"'),
        )  # fmt: skip
    yield from _upstreams(mirrors)
    # In whichever of several places it is right: a use that is wrong is a machine without the mirror.
    for use in own:
        finding = _problem(use, mirrors)
        if finding is not None:
            yield finding


def _upstreams(mirrors: Sequence[ContainerDefinition]) -> Iterator[Finding]:
    """The mirrors of what is no registry."""
    for mirror in mirrors:
        upstream = mirror.environment[PROXY_OF]
        if _SITE.fullmatch(upstream.value):
            yield Finding(
                _("the mirror is one of a registry: {variable}", variable=PROXY_OF),
                _("{url}, which is a site for people", url=upstream.value),
                upstream.at,
                _("write https://registry-1.docker.io"),
            )


def _no_mirrors(registries: Sequence[ContainerDefinition], uses: Sequence[MirrorUse]) -> Iterator[Finding]:
    """The registries that a daemon is told of, and that only hold what is pushed to them."""
    for use in uses:
        parts = _URL.fullmatch(use.url)
        port = (parts["port"] or _PORTS[parts["scheme"]]) if parts is not None and not _is_of_others(use) else None
        for registry in registries:
            is_configured = any(each.target.startswith("/etc/") for each in registry.volumes)
            if not is_configured and port in {each.host for each in registry.ports}:
                yield Finding(
                    _("the registry is a mirror of Docker Hub: {variable}", variable=PROXY_OF),
                    _("it is not set, and the registry has only what is pushed to it"),
                    registry.location,
                    _("add to its environment: {setting}", setting=f"{PROXY_OF}=https://registry-1.docker.io"),
                )
                return


def _is_of_others(use: MirrorUse) -> bool:
    parts = _URL.fullmatch(use.url)
    return parts is not None and _OTHERS.search(parts["host"]) is not None


def _problem(use: MirrorUse, mirrors: Sequence[ContainerDefinition]) -> Finding | None:
    """What is wrong with the address that a daemon is told."""
    parts = _URL.fullmatch(use.url)
    expected = _("the address of the mirror is one that the machines reach: {setting}", setting=use.setting)
    published = [each.host for mirror in mirrors for each in mirror.ports if each.host.isdecimal()]
    example = f"http://10.132.0.2:{published[0] if published else '6000'}"
    if parts is None:
        # A variable may hold all of it.
        return (
            None
            if use.url.startswith(("{{", "$", "<"))
            else Finding(
                expected, _("{url}, without http://", url=use.url), use.at, _("write it as {url}", url=example)
            )
        )
    if use.setting == ENGINE_OPTION and _LOOPBACK.fullmatch(parts["host"]):
        return Finding(
            expected,
            _("{host}, which is each machine itself", host=parts["host"]),
            use.at,
            _("write the inner address of the machine that the mirror runs on: {url}", url=example),
        )
    if use.setting == ENGINE_OPTION and parts["host"] in {each.name for each in mirrors}:
        return Finding(
            expected,
            _("{host}, a name that only containers beside it know", host=parts["host"]),
            use.at,
            _("write the inner address of the machine that the mirror runs on: {url}", url=example),
        )
    if (parts["path"] or "/").rstrip("/"):
        return Finding(
            expected,
            _("a path: {path}", path=parts["path"]),
            use.at,
            _("leave the path out: Docker takes a mirror at the root of its address only"),
        )
    port = parts["port"] or _PORTS[parts["scheme"]]
    if parts["scheme"] == "http" and published and port.isdecimal() and port not in published:
        return Finding(
            expected,
            _("port {port}", port=port),
            use.at,
            _("write the port that the mirror is published at: {port}", port=published[0]),
        )
    of_port = [mirror for mirror in mirrors if port in {each.host for each in mirror.ports}]
    if parts["scheme"] == "https" and of_port and not any(map(_may_have_tls, of_port)):
        return Finding(
            expected,
            _("https, and the mirror answers at port {port} without TLS", port=port),
            use.at,
            _("write it as {url}", url=f"http://{parts['host']}:{port}"),
        )
    return None


def _may_have_tls(mirror: ContainerDefinition) -> bool:
    """Whether a certificate is given to it, or a file that may do so."""
    return any("TLS" in name for name in mirror.environment) or any(
        each.target.startswith("/etc/") for each in mirror.volumes
    )
