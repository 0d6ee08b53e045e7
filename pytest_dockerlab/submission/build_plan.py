"""How one image of a submission is built by us: its Dockerfile as we send it, and what of it we refuse to do.

What a Dockerfile asks of the machine that builds it is refused (privileges, the docker host's network, ssh
keys, secrets), and what only chooses the builder is left out: a frontend of its own (``# syntax=``) would
be a program of the student's choice that reads the whole context. Base images are replaced where the course says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..findings import Finding, Location, Mismatch, Unverified
from ..messages import Message, _
from .base_images import replacement
from .dockerfiles import Dockerfile, DockerfileError, Instruction
from .submission import Submission

__all__ = ["BuildPlan", "plan_build"]

# https://docs.docker.com/reference/dockerfile/#syntax: a comment among the first lines
_SYNTAX = re.compile(r"#\s*syntax\s*=", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*\w+\s*=")
# What the classic builder lacks: https://docs.docker.com/build/buildkit/
_BUILDKIT_FLAG = re.compile(r"--(mount|network|security|device|link|parents|exclude|keep-git-dir|checksum|chmod)\b")
_REFUSED = (
    (re.compile(r"--security=insecure"), _("a RUN with all privileges")),
    (re.compile(r"--network=host"), _("a RUN in the docker host's network")),
    (re.compile(r"--mount=(?:.*,)?type=ssh\b"), _("a RUN with the ssh keys of whoever builds")),
    (re.compile(r"--mount=(?:.*,)?type=secret\b"), _("a RUN with a secret of whoever builds")),
    (re.compile(r"--device\b"), _("a RUN with a device of the docker host")),
)


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """One image to build. ``lines`` are the Dockerfile's as we send them, one for each of the student's."""

    name: str
    """What the image is for: ``ui``, ``reddit``."""
    dockerfile: str
    context: str
    """The folder whose files the build sees; ``""`` is the whole submission."""
    target: str | None
    args: Mapping[str, str]
    lines: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    buildkit: Location | None
    """The first thing that the classic builder cannot do."""
    remarks: tuple[Message, ...]
    """What was replaced or left out."""

    def content(self, labels: Mapping[str, str]) -> bytes:
        """The Dockerfile with our labels behind every FROM: the images of single steps carry them too then."""
        text = " ".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
        ends = {each.end_line for each in self.instructions if each.name == "FROM"}
        lines: list[str] = []
        for number, line in enumerate(self.lines, start=1):
            lines.append(line)
            if number in ends:
                lines.append(f"LABEL {text}")
        return "\n".join(lines).encode()

    def steps(self) -> tuple[Instruction | None, ...]:
        """The builder's steps in its own counting; ``None`` for our labels."""
        found: list[Instruction | None] = []
        for each in self.instructions:
            found.append(each)
            if each.name == "FROM":
                found.append(None)
        return tuple(found)

    def command(self) -> Instruction | None:
        """The instruction that says what the container runs."""
        found = [each for each in self.instructions if each.name in ("CMD", "ENTRYPOINT")]
        return found[-1] if found else None

    def original_line(self, sent: int) -> int:
        """The student's line of a line of :meth:`content`, both from 1."""
        ends = sorted(each.end_line for each in self.instructions if each.name == "FROM")
        for end in reversed(ends):
            added = sum(1 for each in ends if each <= end)
            if sent > end + added:
                return sent - added
        return sent

    def at(self, instruction: Instruction | None) -> Location:
        """Where an instruction stands; the Dockerfile where none is known."""
        return Location(self.dockerfile, instruction.line if instruction is not None else None)


def plan_build(
    submission: Submission,
    name: str,
    dockerfile: str,
    context: str,
    *,
    target: str | None = None,
    args: Mapping[str, str] | None = None,
    images: Mapping[str, str] | None = None,
) -> BuildPlan:
    """The plan for an image.

    :param images: the course's replacements of base images.

    Raises ``Mismatch`` where docker itself would refuse the file, ``Unverified`` for what we refuse to do.
    """
    read = _read(submission, dockerfile)
    for instruction in read.instructions:
        for pattern, what in _REFUSED:
            if any(pattern.match(flag) for flag in _flags(instruction)):
                raise Unverified(
                    _("{place} asks for {what}, which is not given to anybody's code here",
                      place=str(Location(dockerfile, instruction.line)), what=what),
                    _("build without it"),
                )  # fmt: skip
    remarks: list[Message] = []
    lines = list(read.lines)
    for number in _frontends(read.lines):
        lines[number - 1] = "#"
        remarks.append(_("{place}: a frontend of its own is not used", place=str(Location(dockerfile, number))))
    given = {key: value for key, value in (args or {}).items() if not key.upper().startswith("BUILDKIT_")}
    for each in _replacements(read, given, images or {}):
        place = str(Location(dockerfile, each.instruction.line))
        remarks.append(
            _("{place}: {old} is replaced by {new}, as the course says", place=place, old=each.old, new=each.new)
        )
        _write(lines, each)
    buildkit = next((Location(dockerfile, each.line) for each in read.instructions if _wants_buildkit(each)), None)
    return BuildPlan(
        name, dockerfile, context, target, given, tuple(lines), read.instructions, buildkit, tuple(remarks)
    )


def _read(submission: Submission, path: str) -> Dockerfile:
    hint = _("Docker's own parser refuses the file: correct it at this place")
    expected = _("the Dockerfile parses")
    try:
        read = submission.dockerfile(path)
    except DockerfileError as error:
        raise Mismatch(Finding(expected, error.reason, error.at, hint)) from None
    for line, why in read.problems():
        raise Mismatch(Finding(expected, why, Location(path, line), hint))
    return read


def _flags(instruction: Instruction) -> tuple[str, ...]:
    if instruction.triggers is None:
        return instruction.flags
    # the flags behind ONBUILD are not taken apart by the parser
    return tuple(word for word in instruction.original.split() if word.startswith("--"))


def _frontends(lines: tuple[str, ...]) -> Iterator[int]:
    """The lines that name a frontend. A directive is a comment above everything that is none."""
    for number, line in enumerate(lines, start=1):
        text = line.strip().removeprefix("\ufeff")
        if not _DIRECTIVE.match(text):
            return
        if _SYNTAX.match(text):
            yield number


def _wants_buildkit(instruction: Instruction) -> bool:
    if instruction.heredocs:
        return True
    return instruction.name in ("RUN", "COPY", "ADD") and any(map(_BUILDKIT_FLAG.match, instruction.flags))


@dataclass(frozen=True, slots=True)
class _Replaced:
    instruction: Instruction
    old: str
    new: str


def _replacements(read: Dockerfile, args: Mapping[str, str], images: Mapping[str, str]) -> Iterator[_Replaced]:
    names = {stage.name.lower() for stage in read.stages if stage.name}
    bases = dict(zip((each.line for each in read.stages), read.bases(args), strict=True))
    for each in read.instructions:
        old = bases.get(each.line) if each.name == "FROM" else None
        if each.name in ("COPY", "ADD"):
            old = next((flag.partition("=")[2] for flag in each.flags if flag.startswith("--from=")), None)
        if old is None or old.lower() in names or old.isdecimal():
            continue
        new = replacement(old, images)
        if new is not None:
            yield _Replaced(each, old, new)


def _write(lines: list[str], replaced: _Replaced) -> None:
    """Write a replaced image; an instruction over several lines becomes one and empty comments."""
    instruction = replaced.instruction
    if instruction.name == "FROM":
        text = " ".join(("FROM", *instruction.flags, replaced.new, *instruction.values[1:]))
    else:
        text = instruction.original.replace(f"--from={replaced.old}", f"--from={replaced.new}", 1)
    span = slice(instruction.line - 1, instruction.end_line)
    lines[span] = [text, *["#"] * (instruction.end_line - instruction.line)]
