"""What the words of one text stand for, by the variables that the submission sets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...findings import Location
from .definitions import Setting
from .sources import Source
from .templates import Template
from .variables import Variables

__all__ = ["Resolver", "assigned"]

_ONE = re.compile(
    r"\{\{-?\s{0,9}(\w{1,100})(?:\s{0,9}\|[^{}]{0,200})?\s{0,9}-?\}\}"
    r"|\$[{(]?\s{0,9}((?:var\.)?\w{1,100})\s{0,9}[)}]?"
)
_MOST_LINES = 60
_USES = re.compile(r"\$[{(]\s{0,9}((?:var\.)?\w{1,100})\s{0,9}[)}]|\$(\w{1,100})")
_ASSIGNED = re.compile(
    r"\s{0,40}(?:export\s{1,9})?(\w{1,100})\s{0,3}[:?]{0,2}=\s{0,3}([\"']?)([^\"'\s$`()]{0,500})\2\s*"
)


@dataclass(frozen=True, slots=True)
class Resolver:
    """Of one text: its Jinja, the variables of Ansible, and those of its own shell or of Terraform (``var.name``)."""

    source: Source
    variables: Variables
    template: Template
    settings: Mapping[str, Setting]

    def shown(self, text: str) -> str:
        """The text with the values that are known."""

        def value(match: re.Match[str]) -> str:
            known = self.settings.get(match[1] or match[2])
            return known.value if known is not None else match[0]

        return _USES.sub(value, self.variables.text(self.template, text, self.source.path))

    def value(self, text: str) -> tuple[str, Location | None]:
        """The same, and where it is set if it is one variable and nothing else."""
        one = _ONE.fullmatch(self.template.restore(text).strip().strip("\"'"))
        if one is None:
            return self.shown(text), None
        if one[2]:
            known = self.settings.get(one[2])
            return (known.value, known.at) if known is not None else (text, None)
        variable = self.variables.find(one[1], self.source.path)
        return self.shown(text), variable.at if variable is not None else None

    def place(self, text: str, at: Location) -> Location:
        """Where a word of a command that begins at ``at`` stands: maybe some lines below."""
        first = (at.line or 1) - self.source.line
        for number, line in enumerate(self.source.text.split("\n")[first : first + _MOST_LINES], start=first + 1):
            if text and text in line:
                return self.source.location(number)
        return (self.variables.place_of(text) if text else None) or at


def assigned(source: Source) -> dict[str, Setting]:
    """The variables that a script, or the commands of a README, set to plain text, with their lines."""
    found: dict[str, Setting] = {}
    for number, line in enumerate(source.text.split("\n"), start=1):
        match = _ASSIGNED.fullmatch(line[:1_000])
        if match is not None and match[3]:
            found.setdefault(match[1], Setting(match[3], source.location(number)))
    return found
