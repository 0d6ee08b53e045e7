"""Commands of package managers, taken apart: what apt, apk and the like are told to do in a RUN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.submission.text.shell import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.dockerfiles.runlines import Layer
    from pytest_dockerlab.submission.text.shell import Command

__all__ = ["Call", "apt_calls", "call_of", "is_apt"]

_APT = frozenset({"apt-get", "apt", "aptitude"})
_APT_VALUES = frozenset({"-o", "--option", "-t", "--target-release", "--default-release", "-c", "--config-file", "-a"})


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


def is_apt(command: Command) -> bool:
    """Whether it calls apt, by one of its names."""
    return program(command) in _APT


def apt_calls(layer: Layer) -> Iterator[tuple[int, Command, Call]]:
    """The commands of a RUN that call apt, each with its position among all commands."""
    for at, command in enumerate(layer.commands):
        if is_apt(command):
            yield at, command, call_of(command)
