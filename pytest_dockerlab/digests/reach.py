"""What of our code an item's check may come to, found by reading it: nothing is run.

It errs on the side of too much. A module that is imported counts, but an import inside a function only where that
function may be called; a function may be called where anything that counts has its name, whoever's it is. Types that
are imported for annotations count where an annotation that counts has them: fixtures hand over objects, and the
annotation is what says whose. Fixtures count where a check or a fixture asks for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from .code import Module, Unit

__all__ = ["Reached", "reach"]


@dataclass(slots=True)
class Reached:
    """What counts: units by module and function, names of data files, and all names that are mentioned."""

    units: dict[tuple[str, str], list[Unit]] = field(default_factory=dict)
    data: set[str] = field(default_factory=set)
    mentions: set[str] = field(default_factory=set)
    fixtures: set[str] = field(default_factory=set)

    def digest(self, data: Mapping[str, str]) -> str:
        """Over all of it. ``data`` are the digests of data files, by name."""
        whole = sha256()
        for (module, name), units in sorted(self.units.items()):
            for digest in sorted(unit.digest for unit in units):
                whole.update(f"{module}:{name} {digest}\n".encode())
        for name in sorted(self.data & data.keys()):
            whole.update(f"{name} {data[name]}\n".encode())
        return whole.hexdigest()


def reach(
    module: str,
    check: str,
    modules: Mapping[str, Module],
    fixtures: Sequence[str],
    homeworks: frozenset[str],
    behind: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Reached:
    """Everything from the function ``check`` of ``module``.

    ``fixtures`` are the modules with fixtures that are there for it. Of ``homeworks``, the packages with the lists of
    items, only what is imported by name counts: a new item is no change of another. ``behind`` has, by fixture, modules
    that count with it.
    """
    return _Walk(modules, fixtures, homeworks, behind).from_check(module, check)


class _Walk:
    def __init__(
        self,
        modules: Mapping[str, Module],
        fixtures: Sequence[str],
        homeworks: frozenset[str],
        behind: Mapping[str, Sequence[str]],
    ) -> None:
        self._modules, self._homeworks, self._behind = modules, homeworks, behind
        self._fixtures = {
            name: module
            for module in fixtures
            if module in modules
            for name, units in modules[module].units.items()
            if any(unit.is_fixture for unit in units)
        }
        self._joined: set[str] = set()
        self._waiting: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        """By name: functions of modules that count, which nobody has mentioned yet."""
        self._todo: list[tuple[str, str]] = []
        self.found = Reached()

    def from_check(self, module: str, check: str) -> Reached:
        self._join(module)
        units = self._modules[module].units
        for function in [check] if check in units else [*units]:  # a check that was made, and not written there
            self._todo.append((module, function))
            self._ask(units[function])
        while self._todo:
            self._count(*self._todo.pop())
        return self.found

    def _join(self, name: str) -> None:
        """The module is imported: what is outside of functions runs, and of the packages that it is in."""
        if name in self._joined or name not in self._modules:
            return
        self._joined.add(name)
        parent = name.rpartition(".")[0]
        if parent not in self._homeworks:
            self._join(parent)
        for function, units in self._modules[name].units.items():
            is_on = any(unit.is_always_on for unit in units)
            if is_on or (function in self.found.mentions and not _are_fixtures(units)):
                self._todo.append((name, function))
            elif not _are_fixtures(units):  # these are asked for
                self._waiting[function].append((name, function))

    def _count(self, module: str, function: str) -> None:
        if (module, function) in self.found.units:
            return
        units = self._modules[module].units[function]
        self.found.units[module, function] = units
        types = self._modules[module].typing
        for unit in units:
            for name in unit.mentions - self.found.mentions:
                self._todo += self._waiting.pop(name, ())
            self.found.mentions |= unit.mentions
            self.found.data |= unit.data | unit.strings
            for imported in (*unit.imports, *(types[name] for name in unit.mentions & types.keys())):
                self._join(imported)
            if unit.is_fixture or "getfixturevalue" in unit.mentions:
                self._ask([unit])

    def _ask(self, units: Sequence[Unit]) -> None:
        """The fixtures that a check or a fixture asks for, by an argument or by name."""
        names = {name for unit in units for name in unit.arguments}
        names |= {name for unit in units if "getfixturevalue" in unit.mentions for name in unit.strings}
        for name in names & self._fixtures.keys() - self.found.fixtures:
            self.found.fixtures.add(name)
            self._join(self._fixtures[name])
            self._todo.append((self._fixtures[name], name))
            for module in self._behind.get(name, ()):
                self._join(module)


def _are_fixtures(units: Sequence[Unit]) -> bool:
    return any(unit.is_fixture for unit in units)
