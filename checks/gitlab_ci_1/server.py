"""The item gitlab-ci-1/server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._definitions import EXTERNAL_URL, most_complete, none_found, unknown_parts
from pytest_dockerlab.findings import Finding, Location, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.gitlab_setup.definitions import ContainerDefinition, Setting
    from pytest_dockerlab.submission.submission import Submission

_CONFIG = "GITLAB_OMNIBUS_CONFIG"
_PORT = re.compile(r"https?://[^/:]{1,200}:(\d{1,5})")
_WHAT = {"web": _("web pages"), "tls": _("web pages over TLS"), "ssh": _("git over ssh")}
_VOLUMES = {
    "/etc/gitlab": _("the configuration"),
    "/var/log/gitlab": _("the logs"),
    "/var/opt/gitlab": _("the repositories and the database"),
}
_SOURCES = {"/etc/gitlab": "config", "/var/log/gitlab": "logs", "/var/opt/gitlab": "data"}
"""What GitLab's own documentation calls the folders of the machine."""


@check("gitlab-ci-1/server", "GitLab is defined: image, URL, three ports, three volumes", level="advisory")
def server(submission: Submission) -> None:
    setup = submission.gitlab_setup
    installed = [each for each in setup.installations if each.program == "gitlab"]
    if not setup.servers and installed:
        note("GitLab", _("a package of the machine: {place}", place=str(installed[0].at)))
        return
    if not setup.servers:
        none_found(
            setup,
            "gitlab",
            _("GitLab is defined in a compose file, by Ansible or Terraform, or in a README"),
            _("add gitlab-ci/docker-compose.yml with a service of the image gitlab/gitlab-ce"),
        )
    best, findings = most_complete(setup.servers, lambda each: list(_problems(each, submission.tree)))
    note("GitLab", str(best.location))
    note("image", best.image)
    report(findings)
    unknown_parts(best, ("environment", "ports", "volumes"), is_told=bool(findings))


def _problems(server: ContainerDefinition, tree: Tree) -> Iterator[Finding]:
    url = _url(server, tree) or _of_hostname(server.hostname)
    if url is None and "environment" not in server.unknown:
        config = server.environment.get(_CONFIG)
        yield Finding(
            _("GitLab is told its address: external_url"),
            _("no external_url"),
            config.at if config is not None else server.place("environment"),
            _("write in {variable}: external_url 'http://ADDRESS'", variable=_CONFIG),
        )
    swallowed = _swallowed(server)
    if swallowed is not None:
        yield swallowed
        return
    yield from _ports(server, url or "")
    yield from _volumes(server)


def _swallowed(server: ContainerDefinition) -> Finding | None:
    """A finding where ``ports:`` or ``volumes:`` are indented so far that they are lines of GitLab's configuration."""
    config = server.environment.get(_CONFIG)
    for number, line in enumerate(config.value.split("\n") if config is not None else (), start=1):
        key, colon, _value = line.strip().partition(":")
        if colon and key in ("ports", "volumes") and config is not None:
            return Finding(
                _("{what} belongs to the container", what=f"{key}:"),
                _("it is a line of {variable}, by its indentation", variable=_CONFIG),
                Location(config.at.file, (config.at.line or 0) + number),
                _("indent ports: and volumes: as much as environment:"),
            )
    return None


def _url(server: ContainerDefinition, tree: Tree) -> str | None:
    """The address that GitLab is given: in its variable, or in a ``gitlab.rb`` that is mounted or copied."""
    config: Setting | None = server.environment.get(_CONFIG)
    texts = [config.value] if config is not None else []
    texts += [
        tree.text(path).content
        for path, entry in tree.files.items()
        if re.search(r"(?:^|/)(?:gitlab|omnibus)[\w-]{0,40}\.rb(?:\.\w{1,10})?$", path)
        and (entry.size or 0) < 100_000
        and not entry.is_symlink
    ]
    for text in texts:
        for line in text.split("\n"):
            match = EXTERNAL_URL.search(line[:2_000].partition("#")[0])
            if match is not None:
                return match[1]
    return None


def _of_hostname(name: str | None) -> str | None:
    """What GitLab takes for its address where nobody gives it one: the container's name, unless that is an example."""
    is_own = name is not None and "." in name and not name.endswith((".example.com", ".example.org", ".local"))
    return f"http://{name}" if is_own else None


def _ports(server: ContainerDefinition, url: str) -> Iterator[Finding]:
    if "ports" in server.unknown or server.network == "host":
        return
    own = _PORT.match(url)
    is_tls = url.startswith("https:")
    wanted = {
        "web": own[1] if own is not None and not is_tls else "80",
        "tls": own[1] if own is not None and is_tls else "443",
        "ssh": "22",
    }
    if server.is_behind_proxy:
        wanted = {"ssh": "22"}
    missing = [what for what, port in wanted.items() if not any(_is_in(port, each.container) for each in server.ports)]
    example = {what: "2222:22" if what == "ssh" else f"{port}:{port}" for what, port in wanted.items()}
    found = [f"{each.host}:{each.container}" if each.host else each.container for each in server.ports]
    if len(missing) == 3:
        yield Finding(
            _("GitLab's ports are published: {ports}", ports=list(wanted.values())),
            found or _("none"),
            server.place("ports"),
            _("publish them: {ports}", ports=list(example.values())),
        )
        return
    for what in missing:
        other = next((each for each in server.ports if each.host == wanted[what]), None)
        yield Finding(
            _("port {port} of GitLab is published: {what}", port=wanted[what], what=_WHAT[what]),
            found,
            server.place("ports") if other is None else other.at,
            _("add under its ports: {port}", port=example[what])
            if other is None
            else _("write {port} instead of {other}: the machine's port, then the container's",
                   port=example[what], other=f"{other.host}:{other.container}"),
        )  # fmt: skip


def _is_in(port: str, published: str) -> bool:
    """Whether a container's port, or a range of them, has this one; what is a variable may be it."""
    first, _dash, last = published.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        return True
    return int(first) <= int(port) <= int(last or first)


def _volumes(server: ContainerDefinition) -> Iterator[Finding]:
    if "volumes" in server.unknown:
        return
    targets = [each.target for each in server.volumes]
    missing = [folder for folder in _VOLUMES if not server.mounts(folder)]
    if any("{{" in target or "$" in target for target in targets):
        return
    if len(missing) == len(_VOLUMES):
        yield Finding(
            _("what GitLab keeps is in volumes: {folders}", folders=missing),
            targets or _("none"),
            server.place("volumes"),
            _("mount a volume for each of them; without it an update of the container loses all"),
        )
        return
    for folder in missing:
        yield Finding(
            _("a volume is mounted at {folder}: {what}", folder=folder, what=_VOLUMES[folder]),
            targets,
            server.place("volumes"),
            _("add under its volumes: {volume}", volume=f"/srv/gitlab/{_SOURCES[folder]}:{folder}"),
        )
