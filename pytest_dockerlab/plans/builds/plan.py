"""How one image of a submission is built by us: its Dockerfile as we send it, and what of it we refuse to do.

What a Dockerfile asks of the machine that builds it is refused (privileges, the docker host's network, ssh
keys, secrets), and what only chooses the builder is left out: a frontend of its own (``# syntax=``) would
be a program of the student's choice that reads the whole context. Base images are replaced where the course says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...findings import Finding, Location, Mismatch, Unverified
from ...messages import Message, _
from ...submission.dockerfiles.dockerfile import Dockerfile
from ...submission.dockerfiles.instructions import Instruction
from ...submission.dockerfiles.taken_images import TakenImage, images_taken, what_it_runs
from ...submission.submission import Submission
from .base_images import replacement
from .refusals import require_allowed
from .stages import needless_lines

__all__ = ["BuildPlan", "plan_build"]

# https://docs.docker.com/reference/dockerfile/#syntax: a comment among the first lines
_SYNTAX = re.compile(r"#\s*syntax\s*=", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*\w+\s*=")
_FROM_FLAG = re.compile(r"--from=(?:\"[^\"]*\"|'[^']*'|\S+)")
# Only BuildKit gives these a value: https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
_PLATFORM = re.compile(r"(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)")
_PLATFORM_USE = re.compile(rf"\$\{{?{_PLATFORM.pattern}\b")
# What the classic builder lacks: https://docs.docker.com/build/buildkit/
_BUILDKIT_FLAG = re.compile(
    r"--(mount|network|security|device|link|parents|exclude|keep-git-dir|checksum|chmod|unpack)\b"
)
_MAX_ARGS = 64 * 1024
"""Characters of all build arguments: they travel in one line, and of a longer one the engine breaks the connection."""


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
    """Those of the stages that are needed; the lines of the others are empty comments."""
    buildkit: Location | None
    """The first thing that the classic builder cannot do."""
    taken: tuple[TakenImage, ...]
    """The images of elsewhere that it is made of, but those that the course has put there."""
    courses: tuple[str, ...]
    """The images that the course has put there."""
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
        """The student's line of a line of :meth:`content`, both from 1; our labels are their FROM's."""
        ends = sorted(each.end_line for each in self.instructions if each.name == "FROM")
        return sent - sum(1 for ours, end in enumerate(ends, start=1) if end + ours <= sent)

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
    given = {key: value for key, value in (args or {}).items() if not key.upper().startswith("BUILDKIT_")}
    size = sum(len(key) + len(value) for key, value in given.items())
    if size > _MAX_ARGS:
        raise Unverified(
            _("the build arguments of {name} take {size} characters; at most {limit} are sent",
              name=name, size=size, limit=_MAX_ARGS),
            _("COPY a file instead"),
        )  # fmt: skip
    needless = needless_lines(read, target, given)
    instructions = tuple(each for each in read.instructions if each.line not in needless)
    for instruction in instructions:
        require_allowed(instruction, Location(dockerfile, instruction.line))
    lines = list(read.lines)
    frontends = _without_frontends(lines)
    remarks: list[Message] = [
        _("{place}: a custom frontend is not used", place=str(Location(dockerfile, number))) for number in frontends
    ]
    for each in read.instructions:
        if each.name == "FROM" and each.end_line > each.line:
            # on one line: a backslash in front of the file's last empty lines would take our labels in
            _write(lines, each, " ".join(("FROM", *each.flags, *each.values)))
    replaced = list(_replacements(read, given, images or {}))
    for change in replaced:
        place = str(Location(dockerfile, change.instruction.line))
        remarks.append(
            _(
                "{place}: {old} is replaced by {new}, as the course file says",
                place=place,
                old=change.old,
                new=change.new,
            )
        )
        _write(lines, change.instruction, _replaced_text(change))
    for number in needless:
        lines[number - 1] = "#"
    buildkit = next((Location(dockerfile, each.line) for each in instructions if _wants_buildkit(each)), None)
    changed = {change.instruction.line for change in replaced}
    taken = tuple(
        each for each in images_taken(read, given) if each.instruction.line not in changed | needless
    )  # fmt: skip
    return BuildPlan(
        name=name,
        dockerfile=dockerfile,
        context=context,
        target=target,
        args=given,
        lines=tuple(lines),
        instructions=instructions,
        buildkit=buildkit,
        taken=taken,
        courses=tuple(change.new for change in replaced if change.instruction.line not in needless),
        remarks=tuple(remarks),
    )


def _read(submission: Submission, path: str) -> Dockerfile:
    if not submission.tree.exists(path):
        raise Mismatch(
            Finding(_("{path} is in the repository", path=path), _("no such file"), None,
                    _("write where the Dockerfile is: dockerfile: is relative to context:"))
        )  # fmt: skip
    read = submission.dockerfile(path)
    for problem in read.problems():
        raise Mismatch(problem)
    return read


def _flags(instruction: Instruction) -> tuple[str, ...]:
    return tuple(flag for each in what_it_runs(instruction) for flag in each.flags)


def _without_frontends(lines: list[str]) -> list[int]:
    """Take the lines out that name a frontend; returns their numbers.

    A directive is a comment above everything that is none, but one line with the interpreter of a script. What stays
    of them moves up, because the first comment that is no directive ends them.
    """
    first = 1 if lines[0].startswith("#!") else 0
    last = next((at for at in range(first, len(lines)) if not _DIRECTIVE.match(lines[at].strip())), len(lines))
    found = [at for at in range(first, last) if _SYNTAX.match(lines[at].strip())]
    kept = [lines[at] for at in range(first, last) if at not in found]
    lines[first:last] = [*kept, *["#"] * len(found)]
    return [at + 1 for at in found]


def _wants_buildkit(instruction: Instruction) -> bool:
    if instruction.heredocs:
        return True
    if instruction.name == "FROM":
        return any(map(_PLATFORM_USE.search, (*instruction.flags, *instruction.values)))
    if instruction.name == "ARG":
        return any(map(_PLATFORM.fullmatch, instruction.values))
    return instruction.name in ("RUN", "COPY", "ADD", "ONBUILD") and any(map(_BUILDKIT_FLAG.match, _flags(instruction)))


@dataclass(frozen=True, slots=True)
class _Replaced:
    instruction: Instruction
    old: str
    new: str


def _replacements(read: Dockerfile, args: Mapping[str, str], images: Mapping[str, str]) -> Iterator[_Replaced]:
    for taken in images_taken(read, args):
        new = replacement(taken.name, images)
        if new is not None and taken.instruction.name in ("FROM", "COPY", "ADD"):
            yield _Replaced(taken.instruction, taken.name, new)


def _replaced_text(replaced: _Replaced) -> str:
    instruction = replaced.instruction
    if instruction.name == "FROM":
        return " ".join(("FROM", *instruction.flags, replaced.new, *instruction.values[1:]))
    return _FROM_FLAG.sub(lambda _match: f"--from={replaced.new}", instruction.original, count=1)


def _write(lines: list[str], instruction: Instruction, text: str) -> None:
    """Write an instruction anew; one over several lines becomes one line and empty comments."""
    span = slice(instruction.line - 1, instruction.end_line)
    lines[span] = [text, *["#"] * (instruction.end_line - instruction.line)]
