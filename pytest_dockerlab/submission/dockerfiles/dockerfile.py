"""Dockerfiles: their stages, and which instructions make the final image, or that of a stage."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ...findings import Finding, Location
from ...messages import _
from ..budget import reading
from ..files.tree import Tree
from ..text.interpolation import expand, uses
from .image import Image, ImageState, Step, arguments_of, word
from .instructions import Instruction, does_not_parse, instructions_of
from .refusals import is_image, refusals
from .source_lines import escape_of

__all__ = ["Dockerfile", "Stage"]

# What BuildKit declares by itself: https://docs.docker.com/reference/dockerfile/#from
_OF_PLATFORM = tuple(
    f"{which}{what}" for which in ("TARGET", "BUILD") for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
_ANYTHING = "\0"
"""The value of what is given elsewhere: it may be right."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What begins with a FROM."""

    base: str
    name: str | None
    instructions: tuple[Instruction, ...]
    line: int


class Dockerfile:
    """One Dockerfile."""

    def __init__(self, path: str, content: str) -> None:
        """Raise :class:`DockerfileError` where it does not parse, ``Unverified`` where the parser is missing."""
        self.path = path
        self.lines: tuple[str, ...] = tuple(content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"))
        self.instructions: tuple[Instruction, ...] = instructions_of(path, self.lines)
        self.escape = escape_of(self.lines)
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
        return tuple(word(each.values[0], arguments) if each.values else "" for each in starts)

    def problems(self) -> list[Finding]:
        """Why BuildKit would refuse a file that it can read."""
        return list(self._problems)

    @functools.cached_property
    def _problems(self) -> tuple[Finding, ...]:
        return tuple(
            does_not_parse(each.why, Location(self.path, self._line_with(each.instruction, each.word)))
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
                image = word(written, arguments)
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

    def _state(self, build_args: Mapping[str, str] | None) -> ImageState:
        return ImageState(self._global_arguments(build_args or {}), build_args or {})

    def _steps(self, stages: list[Stage], state: ImageState) -> Iterator[Step]:
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
                    for name, default in arguments_of(each):
                        arguments[name] = build_args.get(name, word(default, arguments))
        return arguments
