"""What the instructions of a Dockerfile make of an image: variables, the working directory, ports, the program."""

from __future__ import annotations

import posixpath
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...errors import LimitExceeded
from ...messages import _
from ..budget import LIMITS
from ..text.interpolation import expand, uses
from .instructions import Instruction

__all__ = ["Image", "ImageState", "Setting", "Step", "arguments_of", "word"]

_WORD_PARTS = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|(?:\\.|[^'"\\])+|.""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction, and the variables it sees: a view that only holds until the next step is asked for."""

    instruction: Instruction
    values: Mapping[str, str]

    def expand(self, text: str) -> str:
        """A word without its quotes, with its variables replaced; one without a value stays as it is."""
        return word(text, self.values, keep=True)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and the line that gave it."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Image:
    """What a stage's image says of itself. ``None`` where the Dockerfile leaves it to the base image."""

    environment: Mapping[str, Setting]
    workdir: Setting | None
    exposed: tuple[str, ...]
    entrypoint: tuple[str, ...] | None
    command: tuple[str, ...] | None


class ImageState:
    """An image while its instructions are read."""

    def __init__(self, global_arguments: Mapping[str, str], build_args: Mapping[str, str]) -> None:
        self.environment: dict[str, Setting] = {}
        self.workdir: Setting | None = None
        self.exposed: list[str] = []
        self.entrypoint: tuple[str, ...] | None = None
        self.command: tuple[str, ...] | None = None
        self._is_commands_stage = False
        self._arguments: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        # An ARG above the first FROM is empty in a stage that does not declare it.
        undeclared = dict.fromkeys(global_arguments, "")
        self.values: Mapping[str, str] = ChainMap(self._plain, self._arguments, undeclared)
        self._global_arguments = global_arguments
        self._build_args = build_args

    def enter(self) -> None:
        """Begin a stage: an ARG ends with its stage, everything else stays."""
        self._arguments.clear()
        self._is_commands_stage = False

    def take(self, instruction: Instruction) -> None:
        """Carry an instruction out. Raises :class:`LimitExceeded`."""
        match instruction.name:
            case "ARG":
                for name, default in arguments_of(instruction):
                    value = word(default, self.values) or self._global_arguments.get(name, "")
                    self._arguments[name] = self._build_args.get(name, value)
            case "ENV":
                words = instruction.values
                # All of one ENV see the values before it, not each other's.
                pairs = [(name, word(each, self.values)) for name, each in zip(words[::2], words[1::2], strict=False)]
                for (name, value), line in zip(pairs, instruction.value_lines[::2], strict=False):
                    self.environment[name] = Setting(value, line)
                    self._plain[name] = value
            case "WORKDIR" if instruction.values:
                value = word(instruction.values[0], self.values)
                before = self.workdir.value if self.workdir else "/"
                self.workdir = Setting(posixpath.normpath(posixpath.join(before, value)), instruction.line)
            case "EXPOSE":
                self.exposed += [word(value, self.values) for value in instruction.values]
            case "ENTRYPOINT":
                # It takes away the CMD of the image that the stage begins with, not one of the same stage.
                self.entrypoint = _program(instruction)
                self.command = self.command if self._is_commands_stage else None
            case "CMD":
                self.command, self._is_commands_stage = _program(instruction), True


def arguments_of(instruction: Instruction) -> Iterator[tuple[str, str]]:
    """What an ARG declares: each name with its default."""
    for word in instruction.values:
        name, _equals, default = word.partition("=")
        yield name, default


def _program(instruction: Instruction) -> tuple[str, ...]:
    return instruction.values if instruction.is_json else ("/bin/sh", "-c", " ".join(instruction.values))


def word(text: str, values: Mapping[str, str], *, keep: bool = False) -> str:
    """A word without its quotes and with its variables replaced, except in single quotes, as BuildKit does.

    ``keep`` leaves the text as it stands where one of its variables has no value.
    """
    if keep and any(use.name not in values and not use.has_default for use in uses(text)):
        return text.strip("\"'")
    result = ""
    for part in _WORD_PARTS.findall(text):
        if len(part) >= 2 and part[0] == part[-1] == "'":
            result += part[1:-1]
            continue
        bare = part[1:-1] if len(part) >= 2 and part[0] == part[-1] == '"' else part
        pieces = re.split(r"\\(.)", bare, flags=re.DOTALL)
        result += "".join(piece if at % 2 else expand(piece, values).text for at, piece in enumerate(pieces))
    if len(result) > max(LIMITS.value_characters, len(text)):
        limit = LIMITS.value_characters
        raise LimitExceeded(_("more than {limit} characters once its variables are replaced", limit=limit))
    return result
