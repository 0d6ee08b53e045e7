"""Env files: variables with their lines, and what compose would not take as one."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import Message, _
from ..files.tree import Tree
from .interpolation import expand

__all__ = ["EnvFile", "EnvProblem", "EnvVariable"]

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACEHOLDER = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class EnvVariable:
    """One variable. ``value`` is ``None`` where the line has only a name."""

    name: str
    value: str | None
    line: int

    @property
    def is_placeholder(self) -> bool:
        """Whether the value is nothing yet: empty, or something like ``<USERNAME>``."""
        return not self.value or _PLACEHOLDER.fullmatch(self.value.strip()) is not None


@dataclass(frozen=True, slots=True)
class EnvProblem:
    """A line that defines nothing, or a name that compose cannot use."""

    name: str
    line: int
    reason: Message


class EnvFile:
    """An env file of a submission. A value may use the variables above it, and nothing else: never our environment."""

    def __init__(self, path: str, content: str) -> None:
        from dotenv.parser import parse_stream

        self.path = path
        variables: dict[str, EnvVariable] = {}
        problems: list[EnvProblem] = []
        for binding in parse_stream(io.StringIO(content.replace("\r\n", "\n"))):
            source = binding.original.string
            line = binding.original.line + source[: len(source) - len(source.lstrip())].count("\n")
            if binding.error:
                problems.append(EnvProblem("", line, _("the line is no NAME=value")))
            elif binding.key is None:
                continue  # a comment or an empty line
            elif not _KEY.fullmatch(binding.key):
                reason = _("a name holds letters, digits and _ and does not begin with a digit")
                problems.append(EnvProblem(binding.key, line, reason))
            else:
                value = binding.value
                if value is not None and not source.partition("=")[2].lstrip().startswith("'"):
                    value = expand(value, {name: known.value or "" for name, known in variables.items()}).text
                variables[binding.key] = EnvVariable(binding.key, value, line)
        self.variables: Mapping[str, EnvVariable] = variables
        self.problems: tuple[EnvProblem, ...] = tuple(problems)

    @classmethod
    def read(cls, tree: Tree, path: str) -> EnvFile:
        """The env file at ``path``; raises what ``tree`` raises."""
        return cls(path, tree.text(path).content)

    @classmethod
    def find(cls, tree: Tree, path: str) -> EnvFile | None:
        """The env file at ``path``; ``None`` where nobody may read it."""
        try:
            return cls.read(tree, path)
        except (RefusedPath, LimitExceeded):
            return None

    def location(self, name: str) -> Location:
        """Where a variable is set, else the file."""
        variable = self.variables.get(name)
        return Location(self.path, variable.line if variable else None)
