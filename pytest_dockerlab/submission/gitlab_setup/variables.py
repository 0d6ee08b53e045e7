"""The values that a submission gives to variables of Ansible, Terraform, shell and compose: texts, never computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...findings import Location
from ..text.yamldoc import Node
from .templates import Template, default_of, name_of

__all__ = ["Variable", "Variables", "expand_shell"]

_SHELL = re.compile(r"\$\{(\w{1,100})(?::?([-?+])([^{}]{0,500}))?\}|\$([A-Za-z_]\w{0,100})")
_MOST = 2_000
_MOST_OF_ONE_NAME = 30
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable is set to, and where. ``template`` is the text that its value is a part of."""

    node: Node
    at: Location
    template: Template


@dataclass(slots=True)
class Variables:
    """Variables of Ansible by name; of several with one name the one whose file lies nearest counts."""

    _known: dict[str, list[Variable]] = field(default_factory=dict)
    _count: int = 0
    _left: int = 20_000
    """How many more are replaced: what replaces one may have hundreds in it."""

    def add(self, node: Node, path: str, first_line: int, template: Template) -> None:
        """Take the pairs of a mapping."""
        for key, value in node.entries():
            known = self._known.setdefault(key.text, [])
            if self._count < _MOST and len(known) < _MOST_OF_ONE_NAME:
                self._count += 1
                known.append(Variable(value, Location(path, first_line + key.line - 1), template))

    def find(self, name: str, path: str) -> Variable | None:
        """The variable of this name that a file at ``path`` sees."""
        known = self._known.get(name, ())
        return max(known, key=lambda each: _shared(each.at.file, path), default=None)

    def place_of(self, text: str) -> Location | None:
        """Where a variable is set to just this text."""
        known = (each for variables in self._known.values() for each in variables)
        return next((each.at for each in known if each.node.kind == "scalar" and each.node.text == text), None)

    def text(self, template: Template, text: str, path: str, depth: int = 0) -> str:
        """A text with its Jinja variables replaced as far as their values are texts."""

        def value_of(expression: str) -> str | None:
            name = name_of(expression)
            self._left -= 1
            found = self.find(name, path) if name is not None and depth < _DEPTH and self._left > 0 else None
            if found is not None and found.node.kind == "scalar":
                return self.text(found.template, found.node.text, found.at.file, depth + 1)[:_MOST]
            return default_of(expression)

        return template.restore(text, value_of)

    def whole(self, template: Template, node: Node, path: str) -> tuple[Node, Template] | None:
        """The value of what is one variable and nothing else; ``None`` where it is more, or nobody sets it."""
        for _turn in range(_DEPTH):
            expression = template.only(node.text) if node.kind == "scalar" else None
            if expression is None:
                return node, template
            name = name_of(expression)
            found = self.find(name, path) if name is not None else None
            if found is None:
                return None
            node, template = found.node, found.template
        return None


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common."""
    count = 0
    for mine, yours in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if mine != yours:
            break
        count += 1
    return count


def expand_shell(text: str, values: Mapping[str, str]) -> str:
    """``$NAME`` and ``${NAME:-default}`` replaced where there is a value, and left where there is none."""

    def value(match: re.Match[str]) -> str:
        known = values.get(match[1] or match[4])
        if match[2] == "-":
            return known if known is not None else match[3]
        if match[2] == "+" or known is None:  # what is said to be missing, or put in its place, is not the value
            return f"${{{match[1]}}}" if match[2] else match[0]
        return known

    return _SHELL.sub(value, text)
