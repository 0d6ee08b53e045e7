"""A service's Dockerfiles on Alpine: what they do not install, and what they keep though only the build needed it:
compilers, the package index, caches of gems."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import parsed
from pytest_dockerlab.checks.docker_3._packages import call_of
from pytest_dockerlab.findings import Finding, Location, NotAttempted
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.runlines import is_removed, layers, removals
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.text.shell import program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.checks.docker_3._packages import Call
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.dockerfiles.runlines import Layer
    from pytest_dockerlab.submission.scan.servicefiles import ServiceFiles
    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.submission.text.shell import Command

__all__ = ["OnAlpine", "best_on_alpine", "on_alpine_and_others"]

_APK_VALUES = frozenset({"-t", "--virtual", "-X", "--repository", "-p", "--root", "--keys-dir", "--repositories-file",
                         "--cache-dir", "--wait", "--arch", "--timeout"})  # fmt: skip
_ALPINE = re.compile(r"(^|[/_.-])alpine|alpine($|[:_.-])", re.IGNORECASE)
# What is no use to a program that is already built.
_BUILD_ONLY = re.compile(
    r"build-base|alpine-sdk|gcc|g\+\+|clang\d*|make|cmake|autoconf|automake|libtool|binutils|patch|bison|flex"
    r"|[\w.+-]+-dev|[\w.+-]*-headers"
)
_INDEX = "/var/cache/apk"
# Where gem and bundle leave the gems they downloaded: with Alpine's own Ruby, and in the images that are called ruby.
_GEM_HOME, _GEM_HOME_OF_RUBY = "/usr/lib/ruby/gems/*", "/usr/local/bundle"
_ANY_GEM_CACHE = re.compile(r"(gem|bundle|ruby)\S{0,200}/cache\b", re.IGNORECASE)
# The beginning of a command stands for all of it: bundle inst. By itself bundle installs too.
_BUNDLE_INSTALLS = frozenset({"", "i", "update", *("install"[:length] for length in range(3, 8))})
_INDEX_OF_BUNDLE = "/root/.bundle/cache"  # and there bundle has the list of all gems there are


@dataclass(frozen=True, slots=True)
class OnAlpine:
    """A Dockerfile whose image stands on Alpine, and on which image.

    ``missing`` is what it does not install, ``kept`` what stays though only the build needed it.
    """

    path: str
    base: str
    missing: Sequence[Finding]
    kept: Sequence[Finding]


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
            missing = list(_missing(submission, files.folder, dockerfile, base))
            on_alpine.append(OnAlpine(path, base, missing, _kept(dockerfile)))
    on_alpine.sort(key=lambda each: (len(each.missing), len(each.kept), each.path != files.in_use, each.path))
    return on_alpine, sorted(others, key=lambda path: path != files.in_use)


def best_on_alpine(submission: Submission) -> OnAlpine:
    """The best of ui's Dockerfiles on Alpine. Raises ``NotAttempted`` without any."""
    files = submission.service_files.get(Role.UI)
    on_alpine = on_alpine_and_others(submission, files)[0] if files is not None else []
    if not on_alpine:
        raise NotAttempted(_("no Dockerfile of ui is based on Alpine"))
    return on_alpine[0]


def _alpine_base(dockerfile: Dockerfile) -> str | None:
    """The Alpine image that the final image stands on, behind stages and aliases; ``None`` for another one."""
    line = dockerfile.line_of()
    base = line[0].base if line else ""
    return base if _ALPINE.search(base) else None


def _missing(submission: Submission, folder: str, dockerfile: Dockerfile, base: str) -> Iterator[Finding]:
    """What an application in Ruby needs and the image does not get: Ruby itself, and the gems of its Gemfile.

    What other stages, images or scripts bring nobody can see here: it is not missing.
    """
    inside = [path.rpartition("/")[2] for path in submission.tree.files if path.startswith(f"{folder}/")]
    steps = [step.instruction for step in dockerfile.steps()]
    image = _official(base)
    copied = any(flag.startswith("--from=") for each in steps if each.name in ("COPY", "ADD") for flag in each.flags)
    ran = [command for layer in layers(dockerfile) for command in layer.commands]
    if copied or image not in ("alpine", "ruby") or any(_is_a_script(command) for command in ran):
        return
    at = Location(dockerfile.path, dockerfile.line_of()[-1].line)
    is_ruby = "Gemfile" in inside or any(name.endswith(".rb") for name in inside)
    if is_ruby and image == "alpine" and not any(re.match(r"j?ruby|.*\$", name) for name in _installed(dockerfile)):
        yield Finding(
            _("Ruby is in the image"),
            _("no apk add installs it for good"),
            at,
            _("add RUN apk add --no-cache ruby, outside of the group that is removed again"),
        )
    if "Gemfile" in inside and not any(_installs_gems(command) for command in ran):
        yield Finding(
            _("the gems of the Gemfile are in the image"),
            _("no RUN calls bundle install"),
            at,
            _("add RUN bundle install behind the COPY of the Gemfile"),
        )


def _is_a_script(command: Command) -> bool:
    word = command.words[0] if command.words else ""
    return word.startswith((".", "/app", "$")) or word.endswith(".sh") or program(command) in ("make", "rake")


def _installed(dockerfile: Dockerfile) -> set[str]:
    """The packages that stay, as they are called in the commands."""
    found: dict[str, str] = {}
    for layer in layers(dockerfile):
        for _at, _command, call in _calls(layer, "apk"):
            names = [_package(each) for each in call.arguments]
            if call.subcommand == "add":
                found.update((name, _group(call)) for name in names)
            elif call.subcommand == "del":
                found = {name: group for name, group in found.items() if name not in names and group not in names}
    return set(found)


def _group(call: Call) -> str:
    return next((o.partition("=")[2] for o in call.options if re.match(r"(-t|--virtual)=", o)), "")


def _kept(dockerfile: Dockerfile) -> list[Finding]:
    """What stays in the image though only the build needed it, at the commands that brought it."""
    found: list[Finding] = []
    of_image = list(layers(dockerfile))
    for at, layer in enumerate(of_image):
        later = (command for other in of_image[at + 1 :] for command in other.commands if _installs_gems(command))
        found += _kept_packages(dockerfile, layer, next(later, None))
        found += _kept_index(dockerfile, layer)
        found += _kept_gems(dockerfile, layer)
    return found


def _calls(layer: Layer, name: str) -> Iterator[tuple[int, Command, Call]]:
    for at, command in enumerate(layer.commands):
        if program(command) == name:
            yield at, command, call_of(command, _APK_VALUES)


def _kept_packages(dockerfile: Dockerfile, layer: Layer, gems: Command | None) -> Iterator[Finding]:
    """``gems`` is the command of a later RUN that installs them, and wants the compiler there."""
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
        group = _group(call)
        # apk leaves a package in place that a group still depends on, though del names it.
        gone = deleted_with_groups if group else deleted
        needless = [name for name in map(_package, call.arguments) if _BUILD_ONLY.fullmatch(name)]
        kept = [name for name in needless if gone.get(name, -1) < at]
        if kept and deleted.get(group, -1) < at:
            yield Finding(
                _("what only the build needs is removed in the RUN that installs it"),
                _("left in the image: {packages}", packages=kept),
                Location(dockerfile.path, command.line),
                _without(group, kept, gems),
            )


def _without(group: str, kept: Sequence[str], gems: Command | None) -> Message:
    if gems is not None:
        return _("put {command} (line {line}) into this RUN, and apk del {group} behind it: removed before, "
                 "the gems cannot be built; or build in a stage of its own",
                 command=" ".join(gems.words[:2]), line=gems.line, group=group or " ".join(kept))  # fmt: skip
    if group:
        return _("add && apk del {group} at the end of this RUN", group=group)
    return _("install them with --virtual .build-deps and add && apk del .build-deps at the end of this RUN, "
             "or build in a stage of its own")  # fmt: skip


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
    installing = [(at, command) for at, command in enumerate(layer.commands) if _installs_gems(command)]
    if not installing:
        return
    last, command = installing[-1]
    home = _gem_home(dockerfile, layer)
    removed = [path for at, path in removals(layer.commands) if at > last] + list(layer.mounts)
    kept = [] if any(_empties(path, home) for path in removed) else [f"{home or _GEM_HOME}/cache"]
    if program(command) != "gem" and not any(is_removed(path, _INDEX_OF_BUNDLE) for path in map(_at_home, removed)):
        kept.append(_INDEX_OF_BUNDLE)
    if kept:
        yield Finding(
            _("no cache of gem or bundle stays"),
            " ".join(installing[0][1].words),
            Location(dockerfile.path, installing[0][1].line),
            _("remove the downloaded gems in the same RUN: rm -rf {folders}", folders=" ".join(kept)),
        )


def _gem_home(dockerfile: Dockerfile, layer: Layer) -> str | None:
    """Where gems are installed in a RUN: ``None`` in an image of somebody's, who may have put it anywhere."""
    settings = dockerfile.image().environment
    path = settings["BUNDLE_PATH"].value if "BUNDLE_PATH" in settings else ""
    for command in layer.commands:
        text = " ".join(command.words)
        named = re.findall(r"--path[= ](\S+)", text) or re.findall(r"\bpath (\S+)", text.partition("config ")[2])[-1:]
        if program(command) in ("bundle", "bundler") and named:
            path = named[0]
    if path:
        return None  # below it as the version of bundle likes
    if "GEM_HOME" in settings:
        return settings["GEM_HOME"].value
    return {"ruby": _GEM_HOME_OF_RUBY, "alpine": _GEM_HOME}.get(_official(_alpine_base(dockerfile) or ""))


def _official(image: str) -> str:
    """The name of an image of Docker Hub's own, without its tag; somebody else's stays as it is."""
    return re.sub(r"^(docker\.io/)?(library/)?", "", image).partition(":")[0]


def _empties(path: str, home: str | None) -> bool:
    """Whether taking a path away takes the downloaded gems: ``$GEM_HOME/cache``, or every ``*.gem``."""
    if path.endswith("*.gem") or re.search(r"\$\{?GEM_HOME\}?/cache|gemdir\S{0,9}/cache", path):
        return True
    if home is None:
        return _ANY_GEM_CACHE.search(path) is not None and not is_removed(path, _INDEX_OF_BUNDLE)
    parts = _without_stars(path.split("/"))
    wanted = f"{home}/cache".split("/")
    return 1 < len(parts) <= len(wanted) and all(
        fnmatch.fnmatchcase(one, other) or fnmatch.fnmatchcase(other, one)
        for one, other in zip(parts, wanted, strict=False)
    )


def _without_stars(parts: list[str]) -> list[str]:
    """``/cache`` of ``/cache/*/**/``."""
    end = len(parts)
    while end > 1 and not parts[end - 1]:
        end -= 1
    first = end
    while first > 1 and parts[first - 1] and not parts[first - 1].strip("*"):
        first -= 1
    return parts[:first] if first < end else parts


def _at_home(path: str) -> str:
    return re.sub(r"^(~|\$HOME|\$\{HOME\})(?=/)", "/root", path)


def _installs_gems(command: Command) -> bool:
    name, call = program(command), call_of(command, frozenset({"-v", "--version", "-n", "-i"}))
    if name == "gem":
        return call.subcommand in ("install", "update")
    version_or_help = {"-v", "--version", "-h", "--help"} & {option.partition("=")[0] for option in call.options}
    return name in ("bundle", "bundler") and call.subcommand in _BUNDLE_INSTALLS and not version_or_help
