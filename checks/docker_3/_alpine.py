"""A service's Dockerfiles on Alpine, and what their images keep that only the build needed: compilers, the package
index, caches of gems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import parsed
from pytest_dockerlab.checks.docker_3._packages import call_of
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.runlines import is_removed, layers, removals
from pytest_dockerlab.submission.text.shell import program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.checks.docker_3._packages import Call
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.dockerfiles.runlines import Layer
    from pytest_dockerlab.submission.scan.servicefiles import ServiceFiles
    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.submission.text.shell import Command

__all__ = ["OnAlpine", "on_alpine_and_others"]

_APK_VALUES = frozenset({"-t", "--virtual", "-X", "--repository", "-p", "--root", "--keys-dir", "--repositories-file",
                         "--cache-dir", "--wait", "--arch", "--timeout"})  # fmt: skip
_ALPINE = re.compile(r"(^|[/_.-])alpine|alpine($|[:_.-])", re.IGNORECASE)
# What is no use to a program that is already built.
_BUILD_ONLY = re.compile(
    r"build-base|alpine-sdk|gcc|g\+\+|clang\d*|make|cmake|autoconf|automake|libtool|binutils|patch|bison|flex"
    r"|[\w.+-]+-dev|[\w.+-]*-headers"
)
_INDEX = "/var/cache/apk"
# Where gem and bundle leave what they downloaded: with Alpine's own Ruby, and in the images that are called ruby.
_GEM_FOLDERS = "/root/.bundle/cache /usr/lib/ruby/gems/*/cache"
_GEM_FOLDERS_OF_RUBY = "/root/.bundle/cache /usr/local/bundle/cache"
_GEM_CACHE = re.compile(r"(gem|bundle|ruby)\S*/cache|/\.(bundle|gem)\b|\*\.gem\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OnAlpine:
    """A Dockerfile whose image stands on Alpine: on which image, and what it keeps though only the build needed it."""

    path: str
    base: str
    problems: Sequence[Finding]


def on_alpine_and_others(submission: Submission, files: ServiceFiles) -> tuple[list[OnAlpine], list[str]]:
    """A service's own Dockerfiles: those on Alpine, the best one first, and the others, the one in use first.

    Variants are steps on the way: the best one is what was reached.
    """
    on_alpine, others = [], []
    for path in files.own:
        dockerfile = parsed(submission, path)
        if dockerfile is None:
            continue
        base = _alpine_base(dockerfile)
        if base is None:
            others.append(path)
        else:
            on_alpine.append(OnAlpine(path, base, _problems(dockerfile)))
    on_alpine.sort(key=lambda each: (len(each.problems), each.path != files.in_use, each.path))
    return on_alpine, sorted(others, key=lambda path: path != files.in_use)


def _alpine_base(dockerfile: Dockerfile) -> str | None:
    """The Alpine image that the final image stands on, behind stages and aliases; ``None`` for another one."""
    line = dockerfile.line_of()
    base = line[0].base if line else ""
    return base if _ALPINE.search(base) else None


def _problems(dockerfile: Dockerfile) -> list[Finding]:
    """What stays in the image though only the build needed it, at the commands that brought it."""
    found: list[Finding] = []
    for layer in layers(dockerfile):
        found += _kept_packages(dockerfile, layer)
        found += _kept_index(dockerfile, layer)
        found += _kept_gems(dockerfile, layer)
    return found


def _calls(layer: Layer, name: str) -> Iterator[tuple[int, Command, Call]]:
    for at, command in enumerate(layer.commands):
        if program(command) == name:
            yield at, command, call_of(command, _APK_VALUES)


def _kept_packages(dockerfile: Dockerfile, layer: Layer) -> Iterator[Finding]:
    deleted: dict[str, int] = {}
    deleted_with_groups: dict[str, int] = {}
    for at, command, call in _calls(layer, "apk"):
        if call.subcommand == "del" and command.is_reached:
            names = {_package(each): at for each in call.arguments}
            deleted.update(names)
            if {"-r", "--rdepends"} & set(call.options):
                deleted_with_groups.update(names)
    for at, command, call in _calls(layer, "apk"):
        if call.subcommand != "add":
            continue
        group = next((o.partition("=")[2] for o in call.options if re.match(r"(-t|--virtual)=", o)), None)
        # apk leaves a package in place that a group still depends on, though del names it.
        gone = deleted_with_groups if group else deleted
        needless = [name for name in map(_package, call.arguments) if _BUILD_ONLY.fullmatch(name)]
        kept = [name for name in needless if gone.get(name, -1) < at]
        if kept and deleted.get(group or "", -1) < at:
            yield Finding(
                _("what only the build needs is removed in the RUN that installs it"),
                _("left in the image: {packages}", packages=kept),
                Location(dockerfile.path, command.line),
                _("add && apk del {group} at the end of this RUN", group=group)
                if group
                else _("install them with --virtual .build-deps and add && apk del .build-deps at the end of this RUN, "
                       "or build in a stage of its own"),
            )  # fmt: skip


def _package(word: str) -> str:
    """A package's name without its version and repository: ``ruby=2.4``, ``ruby~3``, ``ruby@edge``."""
    return re.split(r"[=<>~@]", word.lstrip("!"), maxsplit=1)[0]


def _kept_index(dockerfile: Dockerfile, layer: Layer) -> Iterator[Finding]:
    if any(is_removed(mount, _INDEX) or mount in ("/etc/apk/cache", "/var/cache/apk") for mount in layer.mounts):
        return
    fetching = [
        (at, command)
        for at, command, call in _calls(layer, "apk")
        if call.subcommand in ("add", "update", "upgrade") and "--no-cache" not in call.options
    ]
    removed = [at for at, path in removals(layer.commands) if is_removed(path, _INDEX)]
    if fetching and max(removed, default=-1) < fetching[-1][0]:
        command = fetching[0][1]
        yield Finding(
            _("no package index of apk stays"),
            " ".join(command.words),
            Location(dockerfile.path, command.line),
            _("use apk add --no-cache, without apk update: it fetches the index and leaves none"),
        )


def _kept_gems(dockerfile: Dockerfile, layer: Layer) -> Iterator[Finding]:
    if any(_GEM_CACHE.search(f"{mount}/") or "bundle" in mount for mount in layer.mounts):
        return
    installing = [(at, command) for at, command in enumerate(layer.commands) if _installs_gems(command)]
    removed = [at for at, path in removals(layer.commands) if _GEM_CACHE.search(path)]
    if installing and max(removed, default=-1) < installing[-1][0]:
        command = installing[0][1]
        yield Finding(
            _("no cache of gem or bundle stays"),
            " ".join(command.words),
            Location(dockerfile.path, command.line),
            _(
                "remove the downloaded gems in the same RUN: rm -rf {folders}",
                folders=_GEM_FOLDERS_OF_RUBY if _is_ruby(dockerfile) else _GEM_FOLDERS,
            ),
        )


def _is_ruby(dockerfile: Dockerfile) -> bool:
    """Whether it stands on an image called ruby, as the Docker Hub's own: its GEM_HOME is /usr/local/bundle."""
    return (_alpine_base(dockerfile) or "").rpartition("/")[2].partition(":")[0] == "ruby"


def _installs_gems(command: Command) -> bool:
    name, call = program(command), call_of(command, frozenset({"-v", "--version", "-n", "-i"}))
    if name == "gem":
        return call.subcommand in ("install", "update")
    version_or_help = {"-v", "--version", "-h", "--help"} & {option.partition("=")[0] for option in call.options}
    return name in ("bundle", "bundler") and call.subcommand in ("install", "update", "") and not version_or_help
