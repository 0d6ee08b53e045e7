"""What the RUN lines of a Dockerfile do with apt, and what is wrong with it.

A layer is never changed afterwards, so only what the same RUN removes is not in the image; and only the stages that
the final image is made of count: what stays behind in a build stage costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..findings import Finding, Location
from ..messages import _
from .dockerfiles.dockerfile import Dockerfile
from .dockerfiles.runlines import Layer, is_removed, layers, removals
from .text.shell import Command, program

__all__ = ["Call", "apt_lists_problems", "apt_recommends_problems", "call_of", "has_apt"]

_APT = frozenset({"apt-get", "apt", "aptitude"})
_APT_VALUES = frozenset({"-o", "--option", "-t", "--target-release", "--default-release", "-c", "--config-file", "-a"})
_LISTS = "/var/lib/apt/lists"
_NO = r"['\"]?(false|0|no|off)\b"
_NO_RECOMMENDS = re.compile(rf"APT::Install-Recommends\s*=?\s*{_NO}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """A command as ``program [options] subcommand [arguments]``."""

    subcommand: str
    arguments: tuple[str, ...]
    options: tuple[str, ...]
    """Every option, with its value behind ``=`` where it takes one."""


def call_of(command: Command, with_value: frozenset[str] = _APT_VALUES) -> Call:
    """Take a command apart. Options may stand anywhere; ``with_value`` are those whose value is the next word."""
    options: list[str] = []
    plain: list[str] = []
    words = iter(command.words[1:])
    for word in words:
        if word in with_value:
            options.append(f"{word}={next(words, '')}")
        elif word.startswith("-") and len(word) > 1:
            options.append(word)
        else:
            plain.append(word)
    return Call(plain[0] if plain else "", tuple(plain[1:]), tuple(options))


def has_apt(layer: Layer) -> bool:
    """Whether a RUN calls apt."""
    return any(program(command) in _APT for command in layer.commands)


def apt_lists_problems(dockerfile: Dockerfile) -> Iterator[Finding]:
    """The layers of the image that apt's package lists stay in.

    Removed by ``rm``, ``find -delete`` or ``apt-get distclean`` after the last update of the same RUN, or written to a
    cache mount. ``apt-get clean`` removes the downloaded packages, not the lists.
    """
    for layer in layers(dockerfile):
        fetched = _positions(layer, "update")
        installed = _positions(layer, "install")
        if not (fetched or installed) or any(is_removed(mount, _LISTS) for mount in layer.mounts):
            continue
        removed = [at for at, path in removals(layer.commands) if is_removed(path, _LISTS)]
        removed += _positions(layer, "distclean", "dist-clean")
        if not removed or max(removed) < max(fetched, default=-1):
            first = layer.commands[(installed or fetched)[0]]
            yield Finding(
                _("the RUN that calls apt-get also removes {folder}", folder=_LISTS),
                " ".join(first.words),
                Location(dockerfile.path, first.line),
                _("they are fetched again by an update after the removal: remove them last")
                if removed
                else _("add && rm -rf /var/lib/apt/lists/* at the end of this RUN: in a later one it is too late"),
            )


def apt_recommends_problems(dockerfile: Dockerfile) -> Iterator[Finding]:
    """Each ``apt-get install`` that also installs what packages recommend."""
    switched_off = False
    for layer in layers(dockerfile):
        for command in layer.commands:
            switched_off = switched_off or _configures(command)
            if program(command) not in _APT:
                continue
            call = call_of(command)
            if call.subcommand == "install" and not switched_off and not _without_recommends(call.options):
                yield Finding(
                    _("apt-get install has --no-install-recommends"),
                    " ".join(command.words),
                    Location(dockerfile.path, command.line),
                    _("add --no-install-recommends, and name what you need of the rest yourself"),
                )


def _positions(layer: Layer, *subcommands: str) -> list[int]:
    return [
        at
        for at, command in enumerate(layer.commands)
        if program(command) in _APT and call_of(command).subcommand in subcommands
    ]


def _without_recommends(options: Sequence[str]) -> bool:
    return any(
        option in ("--no-install-recommends", "--no-install-recommends=true", "--without-recommends", "-R")
        or _NO_RECOMMENDS.search(option)
        for option in options
    )


def _configures(command: Command) -> bool:
    """Whether a command writes apt's configuration: ``echo 'APT::Install-Recommends "false";' > /etc/apt/…``."""
    return program(command) in ("echo", "printf") and bool(_NO_RECOMMENDS.search(" ".join(command.words)))
