"""The commands of a Dockerfile's RUN instructions, each with its own line of the file."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..text.shell import SHELLS, Command, braces, commands, program, with_inner
from .dockerfile import Dockerfile
from .image import Step
from .instructions import Instruction

__all__ = ["Layer", "assigned", "is_removed", "layers", "mounts", "removals", "run_commands"]

_FLAGS = re.compile(r"\s*\w+(?:(?:\s|\\\n)+--[a-z-]+(?:=\S+)?)*", re.IGNORECASE)
# The word may be quoted in whole or in part: <<"EOF", <<\EOF, <<E'O'F.
_HEREDOC = re.compile(r"""(?<!<)\d{0,4}<<-?[ \t]*(?:\\.|'[^'\n]*'|"[^"\n]*"|[^\s'"\\<>|&;()])+""")


@dataclass(frozen=True, slots=True)
class Layer:
    """A RUN instruction and its commands, those of ``sh -c`` and their like included."""

    instruction: Instruction
    commands: tuple[Command, ...]
    mounts: tuple[str, ...]
    """The folders that are a cache or in memory during this RUN: what is written there is not in the layer."""


def layers(dockerfile: Dockerfile, steps: Iterable[Step] | None = None) -> Iterator[Layer]:
    """The RUN instructions of the final image, or those among ``steps``."""
    for step in dockerfile.steps() if steps is None else steps:
        if step.instruction.name == "RUN":
            yield Layer(step.instruction, run_commands(dockerfile, step), mounts(step.instruction))


def run_commands(dockerfile: Dockerfile, step: Step) -> tuple[Command, ...]:
    """The commands of a RUN instruction, in the form of a string, a list, or heredocs."""
    instruction, values = step.instruction, step.values
    if instruction.is_json:
        return tuple(with_inner([Command(instruction.values, instruction.line)], values))
    found = []
    for text, line in _scripts(dockerfile, instruction):
        found += commands(text, values, line)
    return tuple(with_inner(found, values))


def mounts(instruction: Instruction) -> tuple[str, ...]:
    """The targets of ``--mount=type=cache`` and ``tmpfs``."""
    targets = []
    for flag in instruction.flags:
        pairs = dict(part.partition("=")[::2] for part in flag.removeprefix("--mount=").split(","))
        if flag.startswith("--mount=") and pairs.get("type") in ("cache", "tmpfs"):
            target = pairs.get("target") or pairs.get("dst") or pairs.get("destination") or ""
            targets.append(posixpath.normpath(target.strip("\"'")))
    return tuple(targets)


def _scripts(dockerfile: Dockerfile, instruction: Instruction) -> Iterator[tuple[str, int]]:
    """The shell texts of an instruction, with the lines they begin on."""
    end = instruction.end_line
    bodies: list[tuple[str, int]] = []
    for content in reversed(instruction.heredocs):
        start = end - content.count("\n")
        bodies.insert(0, (content, start))
        end = start - 1
    head = _continued(dockerfile, instruction.line, end if bodies else instruction.end_line)
    flags = _FLAGS.match(head)
    skipped = head[: flags.end()] if flags else ""
    # The text keeps its line breaks, so that each command knows its own line.
    head = re.sub(r"[^\n\\]", " ", skipped) + head[len(skipped) :]
    if not bodies:
        yield head, instruction.line
        return
    outside = _HEREDOC.sub("", head).replace("\\\n", " ").split()
    yield _HEREDOC.sub("", head), instruction.line
    for content, line in bodies:
        reader = _named_by_shebang(content) or (outside[0].rpartition("/")[2] if outside else "sh")
        if reader in SHELLS:
            yield content, line


def _named_by_shebang(content: str) -> str:
    """``bash`` of ``#!/bin/bash`` and of ``#!/usr/bin/env bash``; empty where it names no program so simply."""
    first = content.partition("\n")[0]
    words = first[2:].split() if first.startswith("#!") else []
    is_simple = len(words) == 1 or (len(words) == 2 and re.fullmatch(r"\w+", words[1]))
    return re.split(r"\W", words[-1])[-1] if is_simple else ""


def _continued(dockerfile: Dockerfile, first: int, last: int) -> str:
    """Lines of an instruction as a shell reads them: BuildKit drops comments and empty lines between its lines."""
    lines = []
    for number in range(first, last + 1):
        line = dockerfile.lines[number - 1].rstrip() if number <= len(dockerfile.lines) else ""
        if number > first and (not line.strip() or line.lstrip().startswith("#")):
            line = "\\"
        elif line.endswith(dockerfile.escape):
            line = line[: -len(dockerfile.escape)] + "\\"
        lines.append(line)
    return "\n".join(lines)


def removals(found: Iterable[Command]) -> Iterator[tuple[int, str]]:
    """What ``rm`` and ``find … -delete`` take away: the command's place in the list, and the path or pattern.

    Not what they take away only where something else fails: the layer is that of a build that succeeds.
    """
    folder = ""
    for at, command in enumerate(found):
        name, arguments = program(command), command.words[1:]
        if not command.is_reached:
            continue
        if name in ("cd", "pushd") and arguments:
            folder = posixpath.join(folder, arguments[-1])
        elif name == "rm":
            for word in arguments:
                if not word.startswith("-"):
                    yield from ((at, posixpath.join(folder, each)) for each in braces(word))
        elif name == "find" and ("-delete" in arguments or "rm" in arguments):
            names = [value for option, value in itertools.pairwise(arguments) if option in ("-name", "-iname")]
            for word in arguments:
                if word.startswith(("-", "(", "!")):
                    break
                yield at, posixpath.join(folder, word, *names[:1]) if names else posixpath.join(folder, word)


def is_removed(pattern: str, folder: str) -> bool:
    """Whether taking ``pattern`` away empties ``folder``: itself, what is in it, or a folder above it."""
    base = pattern.rstrip("/")
    above, _slash, last = base.rpartition("/")
    if last.removeprefix(".") and not last.removeprefix(".").strip("*") and "/" in base:
        base = above
    if not base or "$" in base:
        return False
    if base.startswith(f"{folder}/"):
        return "*" in base  # /var/lib/apt/lists/*_*
    return base == folder or folder.startswith(f"{base}/")


def assigned(found: Iterable[Command]) -> Mapping[str, str]:
    """The variables that a script sets for itself, and that need no program to know."""
    values: dict[str, str] = {}
    for command in found:
        pairs = dict(command.assignments)
        if not command.words or command.words[0] in ("export", "declare", "local", "readonly"):
            values.update((name, value) for name, value in pairs.items() if "$" not in value and "`" not in value)
    return values
