"""Dockerfiles by BuildKit's own parser: stages, instructions with lines, and what the final image says of itself."""

from __future__ import annotations

import functools
import posixpath
import re
from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import LimitExceeded
from ...findings import Finding, Location, Mismatch, Unverified
from ...messages import Message, _
from ..budget import LIMITS, reading
from ..files.tree import Tree
from ..text.interpolation import expand, uses
from .refusals import is_image, refusals
from .source_lines import escape_of, line_of_mistake, lines_of_values

__all__ = ["Dockerfile", "DockerfileError", "Image", "Instruction", "Setting", "Stage", "Step", "refuse_beyond_limits"]

# What BuildKit declares by itself: https://docs.docker.com/reference/dockerfile/#from
_OF_PLATFORM = tuple(
    f"{which}{what}" for which in ("TARGET", "BUILD") for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
_ANYTHING = "\0"
"""The value of what is given elsewhere: it may be right."""
_WORD_PARTS = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|(?:\\.|[^'"\\])+|.""", re.DOTALL)


class DockerfileError(Mismatch):
    """The file is no Dockerfile that BuildKit would build."""

    def __init__(self, reason: Message | str, at: Location) -> None:
        super().__init__(_does_not_parse(reason, at))


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. ``values`` are its words as they stand there; a JSON list is one without its quotes."""

    name: str
    values: tuple[str, ...]
    line: int
    end_line: int
    flags: tuple[str, ...] = ()
    is_json: bool = False
    original: str = ""
    heredocs: tuple[str, ...] = ()
    triggers: str | None = None
    """The instruction behind ONBUILD."""
    value_lines: tuple[int, ...] = ()
    """Where each of the values stands."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What begins with a FROM."""

    base: str
    name: str | None
    instructions: tuple[Instruction, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction, and the variables it sees: a view that only holds until the next step is asked for."""

    instruction: Instruction
    values: Mapping[str, str]

    def expand(self, text: str) -> str:
        """A word without its quotes, with its variables replaced; one without a value stays as it is."""
        return _word(text, self.values, keep=True)


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


class Dockerfile:
    """One Dockerfile."""

    def __init__(self, path: str, content: str) -> None:
        """Raise :class:`DockerfileError` where it does not parse, ``Unverified`` where the parser is missing."""
        try:
            import dockerfile
        except ImportError:
            raise Unverified(
                _("the Dockerfile parser is not installed"),
                _("there is no wheel of it for this machine: check the repository on another one"),
            ) from None
        self.path = path
        content = content.removeprefix("\ufeff").replace("\r\n", "\n")
        if "\0" in content:  # the parser would take it for the end of the file
            at = content.count("\n", 0, content.index("\0")) + 1
            raise DockerfileError(_("a NUL byte: this is not a text file"), Location(path, at))
        self.lines: tuple[str, ...] = tuple(content.split("\n"))
        refuse_beyond_limits(path, content)  # before the parser, which nothing can interrupt
        try:
            commands = _parsed(content)
        except dockerfile.GoParseError as error:
            raise DockerfileError(str(error), Location(path, line_of_mistake(self.lines, _parses))) from None
        self.escape = escape_of(self.lines)
        self.instructions: tuple[Instruction, ...] = tuple(
            Instruction(
                (each.cmd or "").upper(),
                each.value,
                each.start_line,
                each.end_line,
                each.flags,
                each.json,
                each.original,
                tuple(heredoc.content for heredoc in each.heredocs),
                (each.sub_cmd or "").upper() or None,
                lines_of_values(self.lines, self.escape, each.start_line, each.end_line, each.value),
            )
            for each in commands
        )
        if len(self.instructions) > LIMITS.instructions:
            first = Location(path, self.instructions[LIMITS.instructions].line)
            raise LimitExceeded(_("more than {limit} instructions", limit=LIMITS.instructions), at=first)
        self.stages: tuple[Stage, ...] = tuple(self._stages())
        self._parents = dict(self._parents_of_stages())

    @classmethod
    def read(cls, tree: Tree, path: str) -> Dockerfile:
        """The Dockerfile at ``path``; also raises what ``tree`` raises."""
        return cls(path, tree.text(path).content)

    def image(self, target: str | None = None, build_args: Mapping[str, str] | None = None) -> Image:
        """The image of the final stage, or of stage ``target``, with what it takes over from stages it is made of."""
        state = self._state(build_args)
        for _step in self._steps(self.line_of(target), state):
            pass
        return Image(state.environment, state.workdir, tuple(state.exposed), state.entrypoint, state.command)

    def steps(self, target: str | None = None, build_args: Mapping[str, str] | None = None) -> Iterator[Step]:
        """The instructions that make the final image, or that of stage ``target``, in their order, without FROM."""
        return self._steps(self.line_of(target), self._state(build_args))

    def all_steps(self) -> Iterator[Step]:
        """The instructions of every stage, those whose image is thrown away too, in the order of the file."""
        for stage in self.stages:
            here = {each.line for each in stage.instructions}
            line = self._line_of(stage)
            yield from (step for step in self._steps(line, self._state(None)) if step.instruction.line in here)

    def line_of(self, target: str | None = None) -> list[Stage]:
        """The stages whose layers are in the final image, or in that of stage ``target``, the first one first."""
        stage = self._stage(target) if target else None
        if stage is None and self.stages:
            stage = self.stages[-1]
        return self._line_of(stage)

    def bases(self, build_args: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """The image that each stage begins with, with these build arguments."""
        arguments = self._global_arguments(build_args or {})
        starts = [each for each in self.instructions if each.name == "FROM"]
        return tuple(_word(each.values[0], arguments) if each.values else "" for each in starts)

    def problems(self) -> list[Finding]:
        """Why BuildKit would refuse a file that it can read."""
        return list(self._problems)

    @functools.cached_property
    def _problems(self) -> tuple[Finding, ...]:
        return tuple(
            _does_not_parse(each.why, Location(self.path, self._line_with(each.instruction, each.word)))
            for each in refusals(self.instructions, self.escape)
        )

    def unnamed_bases(self, given: Collection[str]) -> list[Finding]:
        """The FROMs that name no image once their variables are replaced; ``given`` are the build arguments.

        Both builders say "base name ($B) should not be blank", or "invalid reference format".
        """
        unknown = dict.fromkeys(_OF_PLATFORM, _ANYTHING)
        arguments = unknown | self._global_arguments(unknown | dict.fromkeys(given, _ANYTHING))
        stages = {each.name.lower() for each in self.stages if each.name}
        found = []
        for each in self.instructions:
            written = each.values[0] if each.name == "FROM" and each.values else ""
            with reading(Location(self.path, each.line)):
                image = _word(written, arguments)
            variables = [use.name for use in uses(written)]
            if not variables or _ANYTHING in image or "$" in image or image.lower() in stages or is_image(image):
                continue
            found.append(
                Finding(
                    _("FROM names an image"),
                    _("{text} is {image}, which is no name of an image", text=written, image=image)
                    if image
                    else _("{text} is empty", text=written),
                    Location(self.path, each.line),
                    _("give it a value above the first FROM: ARG {variable}=…", variable=variables[0]),
                )
            )
        return found

    def _line_with(self, instruction: Instruction | None, word: str) -> int:
        if instruction is None:
            return 1
        numbers = range(instruction.line, instruction.end_line + 1)
        return next((number for number in numbers if word and word in self.lines[number - 1]), instruction.line)

    def _state(self, build_args: Mapping[str, str] | None) -> _State:
        return _State(self._global_arguments(build_args or {}), build_args or {})

    def _steps(self, stages: list[Stage], state: _State) -> Iterator[Step]:
        for stage in stages:
            state.enter()
            for instruction in stage.instructions:
                yield Step(instruction, state.values)
                with reading(Location(self.path, instruction.line)):
                    state.take(instruction)

    def _stages(self) -> Iterator[Stage]:
        starts = [at for at, each in enumerate(self.instructions) if each.name == "FROM"]
        arguments = self._global_arguments({})
        for start, end in zip(starts, [*starts[1:], len(self.instructions)], strict=False):
            words = self.instructions[start].values
            name = words[2] if len(words) >= 3 and words[1].lower() == "as" else None
            with reading(Location(self.path, self.instructions[start].line)):
                base = expand(words[0], arguments).text if words else ""
            yield Stage(base, name, self.instructions[start + 1 : end], self.instructions[start].line)

    def _stage(self, name: str) -> Stage | None:
        if name.isdigit() and int(name) < len(self.stages):
            return self.stages[int(name)]
        return next((each for each in self.stages if each.name and each.name.lower() == name.lower()), None)

    def _line_of(self, stage: Stage | None) -> list[Stage]:
        """The stages this one is made of, the first one first. A stage only knows those above it."""
        line: list[Stage] = []
        while stage is not None:
            line.append(stage)
            stage = self._parents.get(stage.line)
        return line[::-1]

    def _parents_of_stages(self) -> Iterator[tuple[int, Stage]]:
        """The stage that each one begins with, by its line: the first one above it with that name."""
        known: dict[str, Stage] = {}
        for stage in self.stages:
            if parent := known.get(stage.base.lower()):
                yield stage.line, parent
            if stage.name:
                known.setdefault(stage.name.lower(), stage)

    def _global_arguments(self, build_args: Mapping[str, str]) -> dict[str, str]:
        arguments: dict[str, str] = {}
        for each in self.instructions:
            if each.name == "FROM":
                break
            if each.name == "ARG":
                with reading(Location(self.path, each.line)):
                    for name, default in _arguments(each):
                        arguments[name] = build_args.get(name, _word(default, arguments))
        return arguments


class _State:
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
        match instruction.name:
            case "ARG":
                for name, default in _arguments(instruction):
                    value = _word(default, self.values) or self._global_arguments.get(name, "")
                    self._arguments[name] = self._build_args.get(name, value)
            case "ENV":
                words = instruction.values
                # All of one ENV see the values before it, not each other's.
                pairs = [(name, _word(each, self.values)) for name, each in zip(words[::2], words[1::2], strict=False)]
                for (name, value), line in zip(pairs, instruction.value_lines[::2], strict=False):
                    self.environment[name] = Setting(value, line)
                    self._plain[name] = value
            case "WORKDIR" if instruction.values:
                value = _word(instruction.values[0], self.values)
                before = self.workdir.value if self.workdir else "/"
                self.workdir = Setting(posixpath.normpath(posixpath.join(before, value)), instruction.line)
            case "EXPOSE":
                self.exposed += [_word(value, self.values) for value in instruction.values]
            case "ENTRYPOINT":
                # It takes away the CMD of the image that the stage begins with, not one of the same stage.
                self.entrypoint = _program(instruction)
                self.command = self.command if self._is_commands_stage else None
            case "CMD":
                self.command, self._is_commands_stage = _program(instruction), True


def refuse_beyond_limits(path: str, content: str) -> None:
    """Raise :class:`LimitExceeded` for a text that no parser and no linter is given."""
    if len(content) > LIMITS.dockerfile_bytes:
        at = content.count("\n", 0, LIMITS.dockerfile_bytes) + 1
        raise LimitExceeded(_("larger than {limit} bytes", limit=LIMITS.dockerfile_bytes), at=Location(path, at))
    if content.count("\n") >= LIMITS.dockerfile_lines:
        at = LIMITS.dockerfile_lines + 1
        raise LimitExceeded(_("more than {limit} lines", limit=LIMITS.dockerfile_lines), at=Location(path, at))


def _parsed(text: str) -> Any:
    """What BuildKit's parser makes of it. What ends the process in the middle of it is no trouble of the parser's.

    In its C code a signal's exception comes out as the cause of a SystemError (dockerfile 3.4.0).
    """
    import dockerfile

    try:
        return dockerfile.parse_string(text)
    except SystemError as error:
        cause: BaseException | None = error
        while isinstance(cause, SystemError):
            cause = cause.__cause__
        raise cause or error from None


def _parses(text: str) -> bool:
    import dockerfile

    try:
        _parsed(text)
    except dockerfile.GoParseError:
        return False
    return True


def _does_not_parse(why: str | Message, at: Location) -> Finding:
    hint = _("Docker's own parser refuses the file: correct it at this place")
    return Finding(_("the Dockerfile can be parsed"), why, at, hint)


def _arguments(instruction: Instruction) -> Iterator[tuple[str, str]]:
    for word in instruction.values:
        name, _equals, default = word.partition("=")
        yield name, default


def _program(instruction: Instruction) -> tuple[str, ...]:
    return instruction.values if instruction.is_json else ("/bin/sh", "-c", " ".join(instruction.values))


def _word(text: str, values: Mapping[str, str], *, keep: bool = False) -> str:
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
