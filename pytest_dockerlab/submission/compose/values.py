"""What compose interpolates: the values of the example env file, and neutral ones where it has none."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from ...findings import Location
from ..budget import reading
from ..text.envfile import EnvFile
from ..text.interpolation import Use
from ..text.yamldoc import YamlDoc
from . import neutral
from .project import VariableUse

__all__ = ["Values", "is_composes"]

_AMBIENT = ("HOME", "PWD")  # every shell sets them
# A student's own variables that are called like compose's; all others of this prefix may be known to some compose.
_NOT_COMPOSES = re.compile(
    r"COMPOSE_(?:(?:[A-Z]+_)?(?:USER|USER_?NAME|LOGIN|PORT|TAG|REV)|(?:UI|POST|COMMENT|MONGO|DB|APP)_\w+)"
)


class Values:
    """The values of a project's variables.

    ``given`` are all of them, ``neutral`` those that stand in no file of the submission.
    """

    def __init__(self, docs: Sequence[YamlDoc], env: EnvFile | None, folder: str, elsewhere: frozenset[str]) -> None:
        self.neutral: dict[str, str] = {}
        self.undefined: list[str] = []
        self.placeholders: list[str] = []
        self.profiles: list[str] = []
        known = env.variables if env is not None else {}
        for name, variable in known.items():
            if name == "COMPOSE_PROFILES":
                self.profiles = [each.strip() for each in (variable.value or "").split(",") if each.strip()]
        theirs = {name: each.value for name, each in known.items() if each.value is not None and not is_composes(name)}
        wanted: dict[str, neutral.Place] = {}
        found: dict[str, list[tuple[Use, Location]]] = {}
        for use, place, location in _uses(docs):
            found.setdefault(use.name, []).append((use, location))
            if is_composes(use.name) or use.name in _AMBIENT or use.name in elsewhere:
                continue  # compose, the shell, or the env file of an include sets those
            if use.name in known and not known[use.name].is_placeholder:
                continue
            if use.has_default and not theirs.get(use.name):
                continue
            wanted[use.name] = min(place, wanted.get(use.name, place))
        self.uses = {name: _together(name, uses) for name, uses in found.items()}
        ports = itertools.count(neutral.FIRST_PORT)
        for name, place in wanted.items():
            (self.placeholders if name in known else self.undefined).append(name)
            value = neutral.value(place, ports)
            if value or name in known:  # what nobody defines stays so where nothing will do
                self.neutral[name] = value
        self.given = theirs | self.neutral | {"PWD": folder}

    def use(self, name: str) -> VariableUse:
        """A variable's use; one that only compose sees has no place."""
        return self.uses.get(name) or VariableUse(name, False, False, ())


def _together(name: str, found: Sequence[tuple[Use, Location]]) -> VariableUse:
    has_default = all(use.has_default for use, _at in found)
    is_required = any(use.is_required for use, _at in found)
    return VariableUse(name, has_default, is_required, tuple(at for _use, at in found))


def is_composes(name: str) -> bool:
    """Whether a variable may be compose's own, such as COMPOSE_FILE: those change what is read."""
    return name.startswith("COMPOSE_") and not _NOT_COMPOSES.fullmatch(name)


def _uses(docs: Sequence[YamlDoc]) -> Iterator[tuple[Use, neutral.Place, Location]]:
    for doc in docs:
        for scalar in doc.scalars():
            if "$" in scalar.text:
                at = Location(doc.path, scalar.line)
                with reading(at):
                    found = list(neutral.places(scalar.path, scalar.text))
                for use, place in found:
                    yield use, place, at
